/** Sealers in processes that signals end. */
import { execFileSync, spawnSync } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
} from 'node:fs';
import { join } from 'node:path';
import { inFolder } from '@evolock/command-testing/folder';
import { running, type Running } from '@evolock/command-testing/process';
import { expect, onTestFinished, test } from 'vitest';
import { program, sealedLog } from './sealed-log.js';

const SEALING = ['--origin', 'example.com/audit', '--depth', '4', '--interval', '1h'];

function started(...args: readonly string[]): Running {
  const environment = { HOME: inFolder('home') };
  return running(process.execPath, [program, ...args, ...SEALING], environment);
}

/** Resolves when the process told something on standard error. */
async function told({ child, text }: Running, words: RegExp): Promise<void> {
  while (!words.test(text.stderr))
    await new Promise((resolve) => child.stderr.once('data', resolve));
}

/** The entries that the last seal covers, and how the log verifies. */
async function sealed(log: string) {
  const environment = { HOME: inFolder('home') };
  const { stdout } = await sealedLog(['status', log, '--json'], { environment });
  const { verifierKey, sealedEntries } = JSON.parse(stdout) as {
    readonly verifierKey: string;
    readonly sealedEntries: number;
  };
  const { code } = await sealedLog(['verify', log, '--key', verifierKey]);
  return { sealedEntries, code };
}

test.each(['SIGTERM', 'SIGINT'] as const)(
  'follow seals the last entries at %s, also after SIGKILL',
  async (signal) => {
    const log = inFolder('audit.log');
    const killed = started('follow', log);
    await told(killed, /seal 0/);
    appendFileSync(log, 'one\n');
    killed.child.kill('SIGKILL');
    await killed.ended;
    const again = started('follow', log);
    await told(again, /seal 1/);
    appendFileSync(log, 'two\n');
    again.child.kill(signal);
    expect(await again.ended).toEqual([0, null]);
    expect(await sealed(log)).toEqual({ sealedEntries: 2, code: 0 });
  },
);

test('a quiet sealer whose messages are in the log that it seals adds no entry to it', async () => {
  const log = inFolder('audit.log');
  appendFileSync(log, 'one\n');
  const line = [
    process.execPath,
    program,
    'follow',
    log,
    '--quiet',
    '--origin',
    'example.com/audit',
  ];
  const times = ['--depth', '4', '--interval', '10ms', '--heartbeat', '10ms'];
  const shell = ['-c', 'exec "$@" 2>> "$0"', log, ...line, ...times];
  const { child, ended } = running('sh', shell, { HOME: inFolder('home') });
  // A seal without a new entry is told like every other.
  while (countOf(`${log}.seals`) < 8) await new Promise((resolve) => setImmediate(resolve));
  child.kill('SIGTERM');
  expect(await ended).toEqual([0, null]);
  expect(readFileSync(log, 'utf8')).toBe('one\n');
  expect(await sealed(log)).toEqual({ sealedEntries: 1, code: 0 });
});

/** The number of lines of a file, which may be missing. */
function countOf(path: string): number {
  return existsSync(path) ? readFileSync(path, 'utf8').split('\n').length - 1 : 0;
}

test('follow --stay tells at once that a log is refused, and ends at the signal', async () => {
  const log = inFolder('audit.log');
  appendFileSync(`${log}.seals`, 'no seal\n');
  const follow = started('follow', log, '--stay');
  await told(follow, /error: .*\n/);
  follow.child.kill('SIGTERM');
  const [code] = await follow.ended;
  expect([1, 2]).toContain(code);
  expect(follow.text.stderr.match(/error: /g)).toHaveLength(1);
});

test('write ends at SIGTERM, though its input goes on, and leaves SIGINT to the writer', async () => {
  const log = inFolder('audit.log');
  const writing = started('write', log);
  writing.child.stdin.write('one\n');
  // The entry is in the log when the process has begun to read.
  while (!isThere(log)) await new Promise((resolve) => setImmediate(resolve));
  writing.child.kill('SIGINT');
  writing.child.stdin.write('two\n');
  while (!readFileSync(log, 'utf8').includes('two'))
    await new Promise((resolve) => setImmediate(resolve));
  writing.child.kill('SIGTERM');
  expect(await writing.ended).toEqual([0, null]);
  expect(readFileSync(log, 'utf8')).toBe('one\ntwo\n');
  expect(await sealed(log)).toEqual({ sealedEntries: 2, code: 0 });
});

/** Sends the thread of a sealer, when it is ready, a call that ends it. */
const DYING = `
  process.once('worker', (worker) =>
    worker.on('message', ({ kind }) => {
      if (kind === 'opened') worker.postMessage({ id: 1000, call: 'no call', end: false });
    }));`;

function dying(command: string, log: string): Running {
  const preload = `data:text/javascript,${encodeURIComponent(DYING)}`;
  const args = ['--import', preload, program, command, log, ...SEALING];
  return running(process.execPath, args, { HOME: inFolder('home') });
}

test('follow ends when the thread of its sealer dies', async () => {
  const follow = dying('follow', inFolder('audit.log'));
  expect(await follow.ended).toEqual([3, null]);
  expect(follow.text.stderr).toMatch(/: the thread of the sealer ended\n$/);
});

test('write appends to the end of its input when the thread of its sealer dies', async () => {
  const log = inFolder('audit.log');
  const write = dying('write', log);
  await told(write, /and not sealed/);
  write.child.stdin.end('one\ntwo\n');
  expect(await write.ended).toEqual([3, null]);
  expect(write.text.stderr).toMatch(/: the thread of the sealer ended\n/);
  expect(readFileSync(log, 'utf8')).toBe('one\ntwo\n');
});

test('write takes what is in the pipe at SIGTERM, and no line is cut', async () => {
  const log = inFolder('audit.log');
  const writing = started('write', log);
  writing.child.stdin.write('one\n');
  while (!isThere(log)) await new Promise((resolve) => setImmediate(resolve));
  writing.child.kill('SIGSTOP');
  writing.child.stdin.write('two\nthree');
  writing.child.kill('SIGTERM');
  writing.child.kill('SIGCONT');
  expect(await writing.ended).toEqual([0, null]);
  expect(readFileSync(log, 'utf8')).toBe('one\ntwo\nthree\n');
  expect(await sealed(log)).toEqual({ sealedEntries: 3, code: 0 });
});

/** Sends SIGTERM until the process ends: signals that come at once are one. */
async function endedBySignals({ child, ended }: Running): Promise<void> {
  const sending = setInterval(() => child.kill('SIGTERM'), 1);
  await ended.finally(() => clearInterval(sending));
}

const HUGE = 8 * 2 ** 40;

test.each(['follow', 'write'])(
  'one signal ends the start of %s, while it reads 8 TiB',
  async (command) => {
    const log = inFolder('audit.log');
    appendFileSync(log, 'one\n');
    truncateSync(log, HUGE);
    const starting = started(command, log);
    await told(starting, /verifier key/);
    starting.child.kill('SIGTERM');
    expect(await starting.ended).toEqual([3, null]);
    expect(starting.text.stderr).toContain('a signal came before all entries were read');
    truncateSync(log, 'one\n'.length);
    const again = started('follow', log);
    await told(again, /seal \d/);
    again.child.kill('SIGTERM');
    expect(await again.ended).toEqual([0, null]);
    expect(await sealed(log)).toEqual({ sealedEntries: 1, code: 0 });
  },
);

test('a second signal ends a sealer whose log became 8 TiB long', async () => {
  const log = inFolder('audit.log');
  const follow = started('follow', log);
  await told(follow, /seal 0/);
  appendFileSync(log, 'one\n');
  truncateSync(log, HUGE);
  follow.child.kill('SIGTERM');
  await endedBySignals(follow);
  expect(await follow.ended).toEqual([3, null]);
  expect(follow.text.stderr).toContain('a second signal came before all entries were read');
});

/** Mounts a file system that is full, and returns what makes space. Only root can. */
function fullDisk(folder: string): (() => void) | undefined {
  mkdirSync(folder);
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'none', folder], { stdio: 'ignore' });
  } catch {
    return undefined;
  }
  onTestFinished(() => void execFileSync('umount', ['--lazy', folder]));
  return () => rmSync(join(folder, 'filler'));
}

test('write stops reading on a full disk, says so once, and goes on', async (context) => {
  const folder = inFolder('disk');
  const makeSpace = fullDisk(folder);
  if (makeSpace === undefined) return context.skip('a file system can only be mounted by root');
  const log = join(folder, 'audit.log');
  const writing = started('write', log);
  writing.child.stdin.write('one\n');
  while (!isThere(log)) await new Promise((resolve) => setImmediate(resolve));
  spawnSync('dd', ['if=/dev/zero', `of=${join(folder, 'filler')}`, 'bs=4k'], { stdio: 'ignore' });
  const text = 'a line of some length\n'.repeat(2000);
  writing.child.stdin.write(text);
  await told(writing, /the disk is full/);
  makeSpace();
  await told(writing, /it goes on/);
  writing.child.stdin.end();
  expect(await writing.ended).toEqual([0, null]);
  expect(readFileSync(log, 'utf8')).toBe(`one\n${text}`);
  expect(writing.text.stderr.match(/the disk is full/g)).toHaveLength(1);
  expect(await sealed(log)).toEqual({ sealedEntries: 2001, code: 0 });
});

test('a second signal ends the waiting for a full disk, and says what is lost', async (context) => {
  const folder = inFolder('disk');
  const makeSpace = fullDisk(folder);
  if (makeSpace === undefined) return context.skip('a file system can only be mounted by root');
  const log = join(folder, 'audit.log');
  const writing = started('write', log);
  writing.child.stdin.write('one\n');
  while (!isThere(log)) await new Promise((resolve) => setImmediate(resolve));
  spawnSync('dd', ['if=/dev/zero', `of=${join(folder, 'filler')}`, 'bs=4k'], { stdio: 'ignore' });
  writing.child.stdin.write('a line of some length\n'.repeat(1000));
  await told(writing, /the disk is full/);
  writing.child.kill('SIGTERM');
  await told(writing, /a second signal/);
  await endedBySignals(writing);
  expect(await writing.ended).toEqual([3, null]);
  expect(writing.text.stderr).toMatch(/\d+ bytes of the input are not in it/);
});

test('write goes on in the new file after a rotation by renaming', async () => {
  const log = inFolder('audit.log');
  const writing = started('write', log);
  writing.child.stdin.write('one\n');
  while (!isThere(log)) await new Promise((resolve) => setImmediate(resolve));
  renameSync(log, `${log}-1`);
  appendFileSync(log, '');
  writing.child.stdin.end('two\n');
  await writing.ended;
  expect(readFileSync(`${log}-1`, 'utf8')).toBe('one\n');
  expect(readFileSync(log, 'utf8')).toBe('two\n');
});

test('write says that its lines wait for an old file that grows, and status says it after it', async () => {
  const log = inFolder('audit.log');
  appendFileSync(log, 'one\n');
  const first = started('write', log);
  first.child.stdin.end();
  expect(await first.ended).toEqual([0, null]);
  renameSync(log, `${log}-1`);
  const growing = setInterval(() => appendFileSync(`${log}-1`, 'late\n'), 20);
  const rotated = ['--rotated', 'audit.log-*'];
  try {
    const writing = started('write', log, ...rotated, '--settle', '500ms');
    writing.child.stdin.end('two\n');
    expect(await writing.ended).toEqual([3, null]);
    expect(writing.text.stderr).toContain(`${log}-1: 1 entry waits`);
  } finally {
    clearInterval(growing);
  }
  const environment = { HOME: inFolder('home') };
  const { code, stdout } = await sealedLog(['status', log, ...rotated], { environment });
  expect([code, stdout.replaceAll(/\s+/g, ' ')]).toEqual([
    3,
    expect.stringContaining('1 entry waits'),
  ]);
  const last = started('write', log, ...rotated, '--settle', '10ms');
  last.child.stdin.end();
  expect(await last.ended).toEqual([0, null]);
  expect((await sealedLog(['status', log, ...rotated], { environment })).code).toBe(0);
});

test('write refuses a pipe that is planted in the place of a log that was rotated', async () => {
  const log = inFolder('audit.log');
  const writing = started('write', log);
  writing.child.stdin.write('one\n');
  while (!isThere(log)) await new Promise((resolve) => setImmediate(resolve));
  renameSync(log, `${log}-1`);
  execFileSync('mkfifo', [log]);
  // More than a pipe holds.
  writing.child.stdin.end('two\n'.repeat(100_000));
  expect(await writing.ended).toEqual([3, null]);
  expect(writing.text.stderr).toContain('it is not a regular file');
  expect(readFileSync(`${log}-1`, 'utf8')).toBe(`one\n${'two\n'.repeat(100_000)}`);
});

function isThere(log: string): boolean {
  try {
    return readFileSync(log, 'utf8').includes('one');
  } catch {
    return false;
  }
}
