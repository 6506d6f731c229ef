/** Sealers in processes that signals end. */
import { execFileSync } from 'node:child_process';
import { appendFileSync, readFileSync, renameSync } from 'node:fs';
import { inFolder } from '@evolock/command-line/testing/folder';
import { running, type Running } from '@evolock/command-line/testing/process';
import { expect, test } from 'vitest';
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

test.each(['follow', 'write'])('%s ends when the thread of its sealer dies', async (command) => {
  const preload = `data:text/javascript,${encodeURIComponent(DYING)}`;
  const args = ['--import', preload, program, command, inFolder('audit.log'), ...SEALING];
  const dying = running(process.execPath, args, { HOME: inFolder('home') });
  // Its input stays open.
  expect(await dying.ended).toEqual([3, null]);
  expect(dying.text.stderr).toMatch(/: the thread of the sealer ended\n$/);
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

test('write refuses a pipe that is planted in the place of a log that was rotated', async () => {
  const log = inFolder('audit.log');
  const writing = started('write', log);
  writing.child.stdin.write('one\n');
  while (!isThere(log)) await new Promise((resolve) => setImmediate(resolve));
  renameSync(log, `${log}-1`);
  execFileSync('mkfifo', [log]);
  // More than a pipe holds. The program ends without reading all of it.
  writing.child.stdin.on('error', () => undefined).end('two\n'.repeat(100_000));
  expect(await writing.ended).toEqual([3, null]);
  expect(writing.text.stderr).toContain('it is not a regular file');
});

function isThere(log: string): boolean {
  try {
    return readFileSync(log, 'utf8').includes('one');
  } catch {
    return false;
  }
}
