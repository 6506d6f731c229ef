/** Clients that never say what the agent waits for. */
import { expect, onTestFinished, test } from 'vitest';
import { pool } from '../support/agent-key.js';
import { connected, expectServes, installNew, opened } from '../support/clients/plain-client.js';
import { startAgent } from '../support/processes/processes.js';
import { u32 } from '../../src/wire/bytes.js';
import { encodeChoice, readOffer } from '../../src/wire/handshake.js';

const PERIOD = 4;

test('a client that does not answer is closed after the time limit; one that may wait is not', async () => {
  const agent = await startAgent({ period: PERIOD });
  const { paths } = agent;
  await installNew(paths.control, pool, { start: PERIOD });
  // The first use of each part allocates what stays.
  await expectServes(paths, PERIOD, { evolution: 0, counter: 0 });
  const before = await agent.stateWithoutClients();

  const handshakes = await Promise.all(Object.values(paths).map((path: string) => connected(path)));
  const command = await opened(paths.control, 'Control:3.0');
  const request = await opened(paths.sign, 'Sign:1.0');
  await request.write(u32(0));
  const answer = await connected(paths.service);
  await readOffer(answer);
  await answer.write(encodeChoice('Service:2.0'));
  const silent = [...handshakes, command, request, answer];
  const idle = await opened(paths.sign, 'Sign:1.0');
  onTestFinished(() => [...silent, idle].forEach((each) => each.destroy()));

  for (const _each of silent) {
    await agent.next('client-closed', { code: 'ERR_EVOLOCK_IO_TIMEOUT' });
  }
  expect(idle.socket.destroyed).toBe(false);
  idle.destroy();
  await expectServes(paths, PERIOD, { evolution: 0, counter: 0 });
  expect(await agent.stateWithoutClients()).toEqual(before);
});
