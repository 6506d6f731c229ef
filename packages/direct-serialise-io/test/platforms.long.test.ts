// Windows, macOS and other runtimes than Node.js, injected into the process. None of this ran on the real system.
import { spawn } from 'node:child_process';
import type * as fs from 'node:fs';
import { errorOf, rejectionOf } from '@evolock/test-support';
import { inRuntime, onPlatform } from '@evolock/test-support/on-platform';
import { MLockedBytes } from '@evolock/mlocked-bytes';
import { afterEach, expect, onTestFinished, test, vi } from 'vitest';
import { writeDurably } from '../src/files/index.js';
import {
  directSerialiseToChild,
  directSerialiseToSocket,
  KeyFile,
  LockedConnection,
} from '../src/index.js';
import { listening, socketPair } from './support/connections.js';
import { fileName } from './support/files.js';
import { toyAlgorithm } from './support/toy-key.js';
import { lockedCopy, pattern } from './support/values.js';

/** Whether the file system is that of Windows: a directory cannot be opened, and two flags of `open` do not exist. */
const windows = vi.hoisted(() => ({ files: false }));

vi.mock('node:fs', async (importOriginal) => {
  const actual = await importOriginal<typeof fs>();
  const flag = (name: 'O_NOFOLLOW' | 'O_NONBLOCK') => ({
    get: () => (windows.files ? undefined : actual.constants[name]),
  });
  return {
    ...actual,
    constants: Object.defineProperties(
      { ...actual.constants },
      { O_NOFOLLOW: flag('O_NOFOLLOW'), O_NONBLOCK: flag('O_NONBLOCK') },
    ),
    openSync(path: string, ...others: [fs.OpenMode, fs.Mode?]) {
      const isDirectory = actual.statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
      if (windows.files && isDirectory) {
        throw Object.assign(new Error('refused by the test'), { code: 'EPERM' });
      }
      return actual.openSync(path, ...others);
    },
  };
});

const real = await vi.importActual<typeof fs>('node:fs');
const content = pattern(32);

afterEach(() => {
  windows.files = false;
});

test('on Windows a key file is made, replaced and read without opening its directory, and no mode is checked', async () => {
  const toy = toyAlgorithm(MLockedBytes);
  const path = fileName();
  onPlatform('win32');
  windows.files = true;
  const file = await KeyFile.open(path, toy, { create: () => ({ key: toy.generate(1) }) });
  await file.updateTo(1);
  await file.close();
  real.chmodSync(path, 0o666);
  const again = await KeyFile.open(path, toy);
  expect(again.key.period).toBe(1);
  await again.close();
});

test('on macOS a directory that cannot be flushed is an error', () => {
  onPlatform('darwin');
  windows.files = true;
  const error = errorOf(() => writeDurably(fileName(), content, { secret: true }));
  expect(error).toMatchObject({ code: 'ERR_EVOLOCK_IO_FILE' });
});

test('on Windows a socket sends no locked memory, and the error says why', async () => {
  const [socket] = await socketPair('tcp');
  const handle = (socket as unknown as { _handle: object })._handle;
  Object.defineProperty(handle, 'fd', { value: -1 });
  onPlatform('win32');
  const error = await rejectionOf(directSerialiseToSocket(socket, 32, lockedCopy(content)));
  expect(error).toMatchObject({
    code: 'ERR_EVOLOCK_IO_STREAM',
    message: 'sockets have no descriptor on Windows, so locked memory cannot be sent: use a file',
  });
});

test.each([
  ['bun', '1.4.5', 'Bun 1.4.5'],
  ['deno', '2.9.6', 'Deno 2.9.6'],
] as const)(
  'in %s no socket sends or receives, and the error says why',
  async (name, version, words) => {
    const [socket, peer] = await socketPair('tcp');
    const { target } = await listening('tcp');
    const child = spawn(process.execPath, ['--version'], { stdio: ['pipe', 'ignore', 'inherit'] });
    onTestFinished(() => void child.kill());
    inRuntime(name, version);
    const value = lockedCopy(content);
    const uses = [
      () => directSerialiseToSocket(socket, 32, value),
      () => directSerialiseToChild(child, 0, 32, value),
      async () => LockedConnection.takeOver(peer),
      () => LockedConnection.connect(target),
    ];
    for (const use of uses)
      expect(await rejectionOf(use())).toMatchObject({
        code: 'ERR_EVOLOCK_IO_STREAM',
        message: `sockets cannot be used from locked memory in ${words}: use Node.js, or a file or a blocking descriptor`,
      });
    expect(socket.bytesWritten).toBe(0);
  },
);
