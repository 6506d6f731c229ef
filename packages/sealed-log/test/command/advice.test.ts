/** What a command prints to be pasted is pasted into a shell, in another folder, and does what it says. */
import { execFileSync } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Sealer } from '@evolock/sealed-log';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { SealerError, type SealerErrorReason } from '../../src/errors.js';
import { optionsInWords } from '../../src/command/sealing/sealing.js';
import { sealedLog } from './sealed-log.js';

let folder = '';
beforeEach(() => {
  const made = mkdtempSync(join(tmpdir(), 'sealed-advice-'));
  folder = made;
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
});

/** The words of a line, as a shell splits them, behind the name of the command. */
const pasted = (line: string): string[] =>
  execFileSync('sh', ['-c', `printf '%s\\0' ${line}`], { encoding: 'utf8' })
    .split('\0')
    .slice(1, -1);

const printedLines = (text: string): string[] =>
  [...text.matchAll(/^ {2}(sealed-log .*)$/gm)].map(([, line = '']) => line);

/** Follows a log until its first seal. */
async function followed(args: readonly string[]): Promise<string> {
  const signals = new EventEmitter();
  const onErrors = (part: string): void => {
    if (/seal \d/.test(part)) signals.emit('SIGTERM');
  };
  const { code, stderr } = await sealedLog(args, { signals, onErrors });
  expect([code, stderr]).toEqual([0, expect.stringContaining('seal 1: 2 entries')]);
  return stderr;
}

test.each([
  ['nothing but a name', []],
  [
    'every option',
    [
      ...['--depth', '4', '--key-file', 'the state/a.key', '--rotated', "it's.log*"],
      ...['--checkpoint-file', 'out/a.note', '--checkpoint-every', '2', '--note-key', 'keys/n.key'],
    ],
  ],
])('the lines that init prints with %s seal the log and verify it', async (_, options) => {
  const inFolder = (word: string): string => (word.includes('/') ? join(folder, word) : word);
  mkdirSync(join(folder, 'out'));
  mkdirSync(join(folder, 'logs of $HOME'));
  const log = join(folder, 'logs of $HOME', "it's.log");
  writeFileSync(log, 'one\n');
  const origin = "example.com/it's-$HOME;x";
  const made = ['init', log, '--origin', origin, ...options.map(inFolder)];
  const begun = await sealedLog(made, { environment: { HOME: folder } });
  expect(begun.code).toBe(0);
  const [follow = '', verify = ''] = printedLines(begun.stdout);
  for (const option of made.filter((word) => word.startsWith('--')))
    expect(follow).toContain(option);
  expect(verify.includes('--rotated')).toBe(made.includes('--rotated'));
  writeFileSync(log, 'one\ntwo\n');
  // Not the environment in which the log was begun.
  await followed(pasted(follow));
  expect((await sealedLog(pasted(verify))).code).toBe(0);
});

test('a log that the library sealed is found by its key file alone', async () => {
  const [log, keyFile] = [join(folder, 'a.log'), join(folder, 'state', 'a.key')];
  writeFileSync(log, 'one\n');
  const sealer = await Sealer.open(log, { origin: 'example.com/library', keyFile, depth: 3 });
  await sealer.close();
  const status = await sealedLog(['status', log, '--key-file', keyFile]);
  expect([status.code, status.stdout]).toEqual([0, expect.stringContaining('over 1 entry')]);
  writeFileSync(log, 'one\ntwo\n');
  await followed(['follow', log, '--key-file', keyFile]);
  expect(readFileSync(`${keyFile}.verifier`, 'utf8')).toBe(`${sealer.verifierKey}\n`);
});

test('a renewal whose key could not be kept goes on, and no start is sent to begin another', async () => {
  const [log, keyFile] = [join(folder, 'a.log'), join(folder, 'state', 'a.key')];
  writeFileSync(log, 'one\n');
  const place = [log, '--key-file', keyFile];
  await sealedLog(['init', ...place, '--origin', 'example.com/old', '--depth', '3']);
  const kept = `${keyFile}.verifier`;
  const old = readFileSync(kept);
  rmSync(kept);
  mkdirSync(kept);
  const renew = [
    'renew',
    ...place,
    '--origin',
    'example.com/new',
    '--reason',
    'a test',
    '--stolen',
  ];
  expect((await sealedLog(renew)).code).toBe(3);
  rmSync(kept, { recursive: true });
  // As a run leaves it that is killed here.
  writeFileSync(kept, old);
  const start = await sealedLog(['follow', ...place]);
  expect([start.code, start.stderr]).toEqual([
    1,
    expect.stringContaining('run sealed-log renew again'),
  ]);
  expect((await sealedLog(renew)).code).toBe(0);
  expect(readFileSync(kept, 'utf8')).toMatch(/^example\.com\/new\+/);
  expect((await sealedLog(['write', ...place], { input: 'two\n' })).code).toBe(0);
  expect((await sealedLog(['verify', log, '--key', readFileSync(kept, 'utf8').trim()])).code).toBe(
    0,
  );
});

test('a message names each option as the command does', async () => {
  const log = join(folder, 'a.log');
  const place = [log, '--key-file', join(folder, 'state', 'a.key')];
  await sealedLog(['init', ...place, '--origin', 'example.com/old', '--depth', '3']);
  const key = readFileSync(join(folder, 'state', 'a.key.verifier'), 'utf8').trim();
  const renew = ['renew', ...place, '--origin', 'example.com/new', '--reason', 'a test'];
  const { code, stderr } = await sealedLog([...renew, '--old-key', key, '--without-old-key']);
  expect([code, stderr]).toEqual([2, expect.stringContaining('absent with --old-key')]);
});

const REASONS: readonly SealerErrorReason[] = [
  'no-key',
  'other-log',
  'damaged-key',
  'wrong-line',
  'earlier-key',
  'lost-successor',
  'no-seals',
  'damaged-seals',
  'missing-seals',
  'missing-entries',
  'changed-entries',
  'old-folder',
  'fork',
  'renewing',
  'unknown-key',
  'unproved-key',
];

test.each(REASONS)('%s names no command or call that begins a new log when pasted', (reason) => {
  const { message } = new SealerError(reason);
  expect(message).not.toMatch(/sealed-log|--\w/);
  const words = optionsInWords(message);
  expect(words).not.toMatch(/\brenewLog\b|\bthe option\b|sealed-log renew .*(--|\.log)/);
});
