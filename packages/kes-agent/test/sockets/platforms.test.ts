// Windows, macOS and other runtimes than Node.js, injected into the process. None of this ran on the real system.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { mainnet } from '@evolock/cardano-kes';
import { errorOf, rejectionOf } from '@evolock/test-support';
import { inRuntime, onPlatform } from '@evolock/test-support/on-platform';
import { expect, test } from 'vitest';
import { receiveKeys } from '../../src/client/service-client.js';
import { listen } from '../../src/sockets/listener.js';
import { folder, PASSIVE } from '../support/sockets.js';

const listening = (path: string) => listen(path, PASSIVE);

test('on Windows nothing listens, and the error says why', async () => {
  onPlatform('win32');
  const base = folder();
  const error = await rejectionOf(listening(join(base, 'new', 'socket')));
  expect(error).toMatchObject({ code: 'ERR_EVOLOCK_AGENT_SOCKET', reason: 'windows' });
  expect(error.message).toMatch(/Windows has no sockets whose mode keeps other users out/);
  expect(readdirSync(base)).toEqual([]);
});

test.each([
  ['bun', '1.4.5', 'Bun 1.4.5'],
  ['deno', '2.9.6', 'Deno 2.9.6'],
] as const)(
  'in %s nothing listens and no client receives keys, and the errors say why',
  async (name, version, words) => {
    inRuntime(name, version);
    const base = folder();
    const error = await rejectionOf(listening(join(base, 'new', 'socket')));
    expect(error).toMatchObject({ code: 'ERR_EVOLOCK_AGENT_SOCKET', reason: 'other-runtime' });
    expect(error.message).toContain('run the agent in Node.js');
    expect(error.message).toContain(`(${words})`);
    expect(readdirSync(base)).toEqual([]);
    const options = { coldVerificationKey: new Uint8Array(32), parameters: mainnet };
    expect(errorOf(() => receiveKeys(join(base, 'socket'), options))).toMatchObject({
      code: 'ERR_EVOLOCK_IO_STREAM',
      message: `keys cannot be received into locked memory in ${words}: use Node.js`,
    });
  },
);

test('on macOS a path has at most 103 bytes', async () => {
  onPlatform('darwin');
  const base = folder();
  const longest = join(base, 'x'.repeat(103 - base.length - 1));
  const error = await rejectionOf(listening(`${longest}x`));
  expect(error).toMatchObject({ reason: 'path-too-long' });
  expect(error.message).toContain('104 bytes, at most 103');
  const listener = await listening(longest);
  await listener.close();
});
