// Windows, macOS and other runtimes than Node.js, injected into the process. None of this ran on the real system.
import { spawn } from 'node:child_process';
import type * as fs from 'node:fs';
import { join } from 'node:path';
import { errorOf, rejectionOf } from '@evolock/test-support';
import { inRuntime, onPlatform } from '@evolock/test-support/on-platform';
import { MLockedBytes } from '@evolock/mlocked-bytes';
import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import {
  directDeserialiseFromFile,
  directSerialiseToChild,
  directSerialiseToFile,
  directSerialiseToSocket,
  LockedConnection,
} from '../src/index.js';
import { listening, socketPair } from './support/connections.js';
import { directory } from './support/files.js';
import { contentOf, lockedCopy, pattern } from './support/values.js';

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
const type = MLockedBytes.type(32);

afterEach(() => {
  windows.files = false;
});

describe('files on Windows', () => {
  test('are written, replaced and read without opening their directory', () => {
    onPlatform('win32');
    windows.files = true;
    const path = join(directory(), 'key');
    directSerialiseToFile(path, 32, lockedCopy(pattern(32, 9)));
    directSerialiseToFile(path, 32, lockedCopy(content), { replace: true });
    expect(contentOf(directDeserialiseFromFile(path, 32, type))).toEqual(content);
  });

  test('have no mode that is checked', () => {
    const path = join(directory(), 'key');
    real.writeFileSync(path, content);
    real.chmodSync(path, 0o666);
    const error = errorOf(() => directDeserialiseFromFile(path, 32, type));
    expect(error).toMatchObject({ code: 'ERR_EVOLOCK_IO_FILE' });
    onPlatform('win32');
    expect(contentOf(directDeserialiseFromFile(path, 32, type))).toEqual(content);
  });
});

test('on macOS a directory that cannot be flushed is an error', () => {
  onPlatform('darwin');
  windows.files = true;
  const path = join(directory(), 'key');
  const error = errorOf(() => directSerialiseToFile(path, 32, lockedCopy(content)));
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

describe.each([
  ['bun', '1.4.5', 'Bun 1.4.5'],
  ['deno', '2.9.6', 'Deno 2.9.6'],
] as const)('in %s', (name, version, words) => {
  const refused = {
    code: 'ERR_EVOLOCK_IO_STREAM',
    message: `sockets cannot be used from locked memory in ${words}: use Node.js, or a file or a blocking descriptor`,
  };

  test('no socket sends or receives, and the error says why', async () => {
    const [socket, peer] = await socketPair('tcp');
    const { target } = await listening('tcp');
    inRuntime(name, version);
    const value = lockedCopy(content);
    expect(await rejectionOf(directSerialiseToSocket(socket, 32, value))).toMatchObject(refused);
    expect(errorOf(() => LockedConnection.takeOver(peer))).toMatchObject(refused);
    expect(await rejectionOf(LockedConnection.connect(target))).toMatchObject(refused);
    expect(socket.bytesWritten).toBe(0);
  });

  test('nothing is sent to a child process', async () => {
    const child = spawn(process.execPath, ['--version'], { stdio: ['pipe', 'ignore', 'inherit'] });
    onTestFinished(() => void child.kill());
    inRuntime(name, version);
    const sent = directSerialiseToChild(child, 0, 32, lockedCopy(content));
    expect(await rejectionOf(sent)).toMatchObject(refused);
  });

  test('files are written and read', () => {
    inRuntime(name, version);
    const path = join(directory(), 'key');
    directSerialiseToFile(path, 32, lockedCopy(content));
    expect(contentOf(directDeserialiseFromFile(path, 32, type))).toEqual(content);
  });
});
