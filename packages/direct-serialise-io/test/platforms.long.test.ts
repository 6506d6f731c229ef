// Windows, macOS and other runtimes than Node.js, injected into the process. None of this ran on the real system.
import { spawn } from 'node:child_process';
import type * as fs from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
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
import { printedBy } from './support/scripts.js';
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
/** Of the repository, with the modules. */
const root = fileURLToPath(new URL('../../..', import.meta.url));

afterEach(() => {
  windows.files = false;
});

test('on Windows a key file is made, replaced and read without opening its directory, and no mode is checked', async () => {
  const toy = toyAlgorithm(MLockedBytes);
  const path = fileName();
  onPlatform('win32');
  windows.files = true;
  const file = await KeyFile.open(path, toy, { create: () => ({ key: toy.generate(1) }) });
  await file.write({ period: 1 });
  await file.close();
  real.chmodSync(path, 0o666);
  const again = await KeyFile.open(path, toy);
  expect(again.key.period).toBe(1);
  await again.close();
});

/** The permission model had another option before Node.js 22.13. */
const PERMISSION = process.allowedNodeEnvironmentFlags.has('--permission')
  ? '--permission'
  : '--experimental-permission';

test('under the permission model of Node.js nothing is written, and the error says what is needed', async () => {
  const toy = toyAlgorithm(MLockedBytes);
  const path = fileName();
  await (await KeyFile.open(path, toy, { create: () => ({ key: toy.generate(1) }) })).close();
  const content = real.readFileSync(path);
  const script = `
    const { withKeyFile, writeDurably } = await import('@evolock/direct-serialise-io/files');
    const toy = (${toyAlgorithm.toString()})(MLockedBytes);
    const create = () => ({ key: toy.generate(1) });
    const path = ${JSON.stringify(path)};
    const told = [];
    for (const work of [
      () => io.KeyFile.open(path, toy),
      () => io.KeyFile.open(path + '.new', toy, { create }),
      () => io.eraseFile(path),
      () => writeDurably(path, new Uint8Array(3), { secret: true, replace: true }),
      () => withKeyFile(path, {}, ({ header }) => header.name),
    ])
      try {
        told.push(await work());
      } catch ({ code, reason, path, message }) {
        told.push({ code, reason, path, message });
      }
    console.log(JSON.stringify(told));
  `;
  const refused = (file: string) => ({
    code: 'ERR_EVOLOCK_IO_FILE',
    reason: 'permission-model',
    path: file,
    message: expect.stringMatching(/--permission: .* --allow-fs-read; .* without --permission/),
  });
  const run = (...allowed: string[]) =>
    printedBy(script, { flags: ['--no-warnings', PERMISSION, '--allow-addons', ...allowed] });
  const writes = [refused(path), refused(`${path}.new`), refused(path), refused(path)];
  // Whatever is allowed, files are not flushed. Reading works.
  const everything = ['--allow-fs-read=*', '--allow-fs-write=*', '--allow-worker'];
  expect(await run(...everything)).toEqual([...writes, 'toy']);
  const program = [root, '/etc/alpine-release'].map((each) => `--allow-fs-read=${each}`);
  expect(await run(...program)).toEqual([...writes, refused(path)]);
  expect(await run(...program, `--allow-fs-read=${dirname(path)}/*`)).toEqual([...writes, 'toy']);
  expect(real.readFileSync(path)).toEqual(content);
  expect(real.readdirSync(dirname(path))).toEqual(['key']);
  // Without the option the same file opens.
  const file = await KeyFile.open(path, toy);
  await file.close();
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
  const error = await rejectionOf(directSerialiseToSocket(socket, lockedCopy(content)));
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
      () => directSerialiseToSocket(socket, value),
      () => directSerialiseToChild(child, 0, value),
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
