/** `follow` tells systemd that it is ready, once and when the log is sealed, and needs nothing of it. */
import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { readFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { inFolder } from '@evolock/command-testing/folder';
import { running, type Running } from '@evolock/command-testing/process';
import { expect, test } from 'vitest';
import { program } from './sealed-log.js';

const posix = process.platform === 'win32' ? 'Windows has no systemd' : undefined;

/** Resolves when the process told something on standard error. */
async function told({ child, text }: Running, words: RegExp): Promise<void> {
  while (!words.test(text.stderr))
    await new Promise((resolve) => child.stderr.once('data', resolve));
}

/** A sealer beside a program systemd-notify that does this. */
function started(script: string | undefined, environment: Readonly<Record<string, string>>) {
  const bin = inFolder('bin');
  mkdirSync(bin, { recursive: true });
  const notify = join(bin, 'systemd-notify');
  if (script !== undefined) {
    writeFileSync(notify, `#!/bin/sh\n${script}\n`);
    chmodSync(notify, 0o755);
  }
  const log = inFolder('audit.log');
  writeFileSync(log, 'one\n');
  const PATH = script === undefined ? bin : `${bin}${delimiter}${process.env['PATH'] ?? ''}`;
  const line = [
    'follow',
    log,
    '--origin',
    'example.com/ready',
    '--depth',
    '4',
    '--interval',
    '100ms',
  ];
  const sealer = running(process.execPath, [program, ...line], {
    ...{ HOME: inFolder('home'), PATH },
    ...environment,
  });
  return { sealer, log };
}

/** Seals another entry, and ends. */
async function goesOn({ sealer, log }: ReturnType<typeof started>): Promise<void> {
  await told(sealer, /seal 0: 1 entry/);
  appendFileSync(log, 'two\n');
  await told(sealer, /seal 1: 2 entries/);
  sealer.child.kill('SIGTERM');
  expect(await sealer.ended).toEqual([0, null]);
}

const SOCKET = { NOTIFY_SOCKET: '/run/systemd/notify' };

test.skipIf(posix !== undefined)(
  'it is told once, with the socket, when the log is sealed',
  async () => {
    const calls = inFolder('calls');
    const seals = `${inFolder('audit.log')}.seals`;
    const pipe = inFolder('pipe');
    execFileSync('mkfifo', [pipe]);
    const script = `echo "$1 $NOTIFY_SOCKET $(wc -l < '${seals}')" >> '${calls}'; echo told > '${pipe}'`;
    const run = started(script, SOCKET);
    expect(await readFile(pipe, 'utf8')).toBe('told\n');
    await goesOn(run);
    expect(readFileSync(calls, 'utf8')).toMatch(/^--ready \/run\/systemd\/notify [12]\n$/);
    expect(run.sealer.text.stderr).not.toContain('systemd');
  },
);

test.skipIf(posix !== undefined)('nothing is run where nobody waits for it', async () => {
  const calls = inFolder('calls');
  const run = started(`echo called > '${calls}'`, { NOTIFY_SOCKET: '' });
  await goesOn(run);
  expect(existsSync(calls)).toBe(false);
});

test.skipIf(posix !== undefined).each([
  ['fails', 'exit 7', /systemd-notify ends with 7/],
  ['is not there', undefined, /systemd-notify cannot be run: .*ENOENT/],
])('a program that %s is told, and the log is sealed', async (_, script, words) => {
  const run = started(script, SOCKET);
  await told(run.sealer, words);
  await goesOn(run);
});
