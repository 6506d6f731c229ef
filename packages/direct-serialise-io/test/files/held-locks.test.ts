import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { runInNewContext } from 'node:vm';
import { Worker } from 'node:worker_threads';
import { MLockedBytes } from '@evolock/mlocked-bytes';
import { errorOf } from '@evolock/test-support';
import { expect, onTestFinished, test } from 'vitest';
import {
  holdLockFile,
  lockStateOf,
  withLockFile,
  writeDurably,
  type HeldLock,
} from '../../src/files/index.js';
import { fileName } from '../support/files.js';
import { exitOf, firstWordOf, runScript } from '../support/scripts.js';

function lockOf(path: string): string {
  return join(dirname(path), `.${basename(path)}.evolock-lock`);
}

function hold(path: string): HeldLock {
  const lock = holdLockFile(path);
  onTestFinished(() => lock.release());
  return lock;
}

/** A process that takes the lock and prints a word, then does what `afterwards` says. */
function holder(path: string, afterwards: string) {
  return runScript(`
    const { holdLockFile } = await import('@evolock/direct-serialise-io/files');
    const lock = holdLockFile(${JSON.stringify(path)});
    console.log('held');
    ${afterwards}
  `);
}

const FOR_EVER = 'setInterval(() => undefined, 1_000_000);';

test('a lock is held across turns of the event loop until its release', async () => {
  const path = fileName();
  const lock = hold(path);
  await new Promise(setImmediate);
  // Ends abandoned runs.
  MLockedBytes.newZeroed(1).release();
  expect(lock.isCurrent()).toBe(true);
  // The lock, and on most file systems of Linux the socket beside it.
  const [name = '', ...sockets] = readdirSync(dirname(path)).sort();
  expect(name).toBe(basename(lockOf(path)));
  expect(sockets.every((each) => each.startsWith(`${name}.`))).toBe(true);
  lock.release();
  expect(readdirSync(dirname(path))).toEqual([]);
  expect(lock.isCurrent()).toBe(false);
});

test('a lock is released once: a second release leaves the next lock', () => {
  const path = fileName();
  const lock = hold(path);
  lock.release();
  const next = hold(path);
  lock.release();
  lock[Symbol.dispose]();
  expect(next.isCurrent()).toBe(true);
  expect(errorOf(() => holdLockFile(path))).toMatchObject({ reason: 'locked' });
});

test('within a call that has the lock, it cannot be held longer than the call', () => {
  const path = fileName();
  withLockFile(path, () => {
    expect(errorOf(() => holdLockFile(path))).toMatchObject({ reason: 'locked' });
    withLockFile(path, () => undefined);
    expect(existsSync(lockOf(path))).toBe(true);
  });
  expect(existsSync(lockOf(path))).toBe(false);
});

test('another thread is refused', async () => {
  const path = fileName();
  hold(path);
  const worker = new Worker(
    `const { parentPort, workerData } = require('node:worker_threads');
     void import('@evolock/direct-serialise-io/files').then(({ withLockFile }) => {
       try { withLockFile(workerData, () => parentPort.postMessage('worked')); }
       catch (error) { parentPort.postMessage(error.reason); }
     });`,
    { eval: true, workerData: path, execArgv: [] },
  );
  expect(await once(worker, 'message')).toEqual(['locked']);
  await worker.terminate();
});

test('a held lock refuses a second holder and other work of this thread, between its turns, and admits its own', async () => {
  const path = fileName();
  const lock = hold(path);
  const refused = () => {
    for (const again of [path, join(dirname(path), '.', basename(path))])
      for (const take of [
        () => withLockFile(again, () => expect.unreachable()),
        () => holdLockFile(again),
      ])
        expect(errorOf(take)).toMatchObject({
          code: 'ERR_EVOLOCK_IO_FILE',
          reason: 'locked',
          path: lockOf(path),
          message: expect.stringContaining(`process ${String(process.pid)}`),
        });
  };
  refused();
  await new Promise(setImmediate);
  const worked = () => withLockFile(path, () => 'worked');
  expect(lock.within(() => lock.within(worked) + worked())).toBe('workedworked');
  lock.within(() => writeDurably(path, new Uint8Array(32), { secret: true }));
  expect(readFileSync(path).byteLength).toBe(32);
  refused();
  expect(errorOf(() => lock.within(() => JSON.parse('{')))).toBeInstanceOf(SyntaxError);
  expect(errorOf(() => lock.within(async () => undefined))['code']).toBe(
    'ERR_EVOLOCK_ARGUMENT_TYPE',
  );
  refused();
  // A call that is ended from outside runs no `finally`.
  const stopped = () =>
    runInNewContext(
      'within(() => within(() => { for (;;); }))',
      { within: lock.within.bind(lock) },
      { timeout: 20 },
    );
  expect(errorOf(stopped)['code']).toBe('ERR_SCRIPT_EXECUTION_TIMEOUT');
  await new Promise(setImmediate);
  refused();
  expect(lock.isCurrent()).toBe(true);
  lock.release();
  const lost = { reason: 'lock-lost', path: lockOf(path) };
  expect(errorOf(() => lock.within(() => expect.unreachable()))).toMatchObject(lost);
  expect(worked()).toBe('worked');
});

test('work within a held lock that was taken away does not begin, or reports it, and the lock of the other is kept', () => {
  const path = fileName();
  const lock = hold(path);
  const lost = { reason: 'lock-lost', path: lockOf(path) };
  const takeAway = () => writeFileSync(lockOf(path), 'of another');
  expect(errorOf(() => lock.within(takeAway))).toMatchObject(lost);
  expect(lock.isCurrent()).toBe(false);
  expect(errorOf(() => lock.within(() => expect.unreachable()))).toMatchObject(lost);
  lock.release();
  expect(readFileSync(lockOf(path), 'utf8')).toBe('of another');
});

test('a held lock does not keep a process alive, and is stale when the process has ended', async () => {
  const path = fileName();
  expect(await exitOf(holder(path, ''))).toBe(0);
  expect(existsSync(lockOf(path))).toBe(true);
  withLockFile(path, () => undefined);
  expect(existsSync(lockOf(path))).toBe(false);
});

test('a lock in a missing folder is refused', () => {
  const path = join(fileName(), 'file');
  expect(errorOf(() => holdLockFile(path))).toMatchObject({ reason: 'no-folder', path });
});

test('the lock of a running process is refused and says who has it, and after SIGKILL the next takes it over', async () => {
  const path = fileName();
  expect(lockStateOf(path)).toBeUndefined();
  expect(lockStateOf(join(path, 'no', 'folder'))).toBeUndefined();
  const child = holder(path, FOR_EVER);
  const exit = exitOf(child);
  await firstWordOf(child);
  const { pid } = child;
  const words = `process ${String(pid)}`;
  expect(errorOf(() => holdLockFile(path))).toMatchObject({
    reason: 'locked',
    message: expect.stringContaining(words),
  });
  expect(lockStateOf(path)).toEqual({ pid, state: 'running', words });
  child.kill('SIGKILL');
  expect(await exit).toBe('SIGKILL');
  expect(lockStateOf(path)).toEqual({ pid, state: 'ended', words });
  const lock = hold(path);
  expect(lock.isCurrent()).toBe(true);
  lock.release();
  expect(readdirSync(dirname(path))).toEqual([]);
  writeFileSync(lockOf(path), 'not a holder');
  expect(lockStateOf(path)).toBeUndefined();
});
