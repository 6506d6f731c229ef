/** Files that are no key: one clear error each, the documented exit code, nothing written. */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  lstatSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename } from 'node:path';
import { writeColdSigningKey, writeKesVerificationKey } from '@evolock/cardano-kes';
import { ed25519 } from '@evolock/kes-sum';
import { asOrdinaryUser, whyNoOrdinaryUser } from '@evolock/test-support/ordinary-user';
import { describe, expect, it } from 'vitest';
import { inFolder } from './support/folder.js';
import { kes, program, type RunOptions } from './support/kes.js';
import { seedOf } from './support/own-header.js';
import { makeKey } from './support/test-key.js';

type Envelope = Record<string, unknown>;

/** Makes a sound key file, and one in which something is wrong. */
function spoiled(spoil: (text: string) => string | Uint8Array): string {
  const path = inFolder('kes.skey');
  makeKey(path);
  writeFileSync(path, spoil(readFileSync(path, 'utf8')));
  return path;
}

/** The same for one member of the envelope. */
function member(change: (envelope: Envelope) => Envelope): string {
  return spoiled((text) => JSON.stringify(change(JSON.parse(text) as Envelope)));
}

const hexOf = (envelope: Envelope): string => envelope['cborHex'] as string;

/** What is wrong, how it is made, the exit code, and what the error says. */
const CASES: readonly (readonly [name: string, make: () => string, code: number, says: RegExp])[] =
  [
    ['truncated JSON', () => spoiled((text) => text.slice(0, 700)), 1, /no text envelope/],
    ['an empty file', () => spoiled(() => ''), 1, /no text envelope/],
    ['no JSON at all', () => spoiled(() => Buffer.alloc(608, 7)), 1, /no text envelope/],
    ['another value of JSON', () => spoiled(() => '[1, 2, 3]'), 1, /no text envelope/],
    ['something behind the JSON', () => spoiled((text) => `${text}{}`), 1, /no text envelope/],
    [
      'odd hex',
      () => member((key) => ({ ...key, cborHex: hexOf(key).slice(1) })),
      1,
      /odd number of digits/,
    ],
    [
      'no hex',
      () => member((key) => ({ ...key, cborHex: `zz${hexOf(key).slice(2)}` })),
      1,
      /hexadecimal digits/,
    ],
    ['a missing member', () => member(({ cborHex: _, ...key }) => key), 1, /is missing/],
    ['a member too many', () => member((key) => ({ ...key, more: '' })), 1, /another member/],
    [
      'the wrong type',
      () => member((key) => ({ ...key, type: 'StakePoolSigningKey_ed25519' })),
      1,
      /another type|length/,
    ],
    [
      'the type of a verification key',
      () => member((key) => ({ ...key, type: 'KesVerificationKey_ed25519_kes_2^6' })),
      1,
      /another type|length/,
    ],
    [
      'an unknown type',
      () => member((key) => ({ ...key, type: 'Nothing' })),
      1,
      /another type|does not know/,
    ],
    [
      'a wrong length',
      () => member((key) => ({ ...key, cborHex: `59025f${hexOf(key).slice(6, -2)}` })),
      1,
      /length/,
    ],
    [
      'truncated CBOR',
      () => member((key) => ({ ...key, cborHex: hexOf(key).slice(0, -2) })),
      1,
      /ends too early/,
    ],
    [
      'trailing CBOR',
      () => member((key) => ({ ...key, cborHex: `${hexOf(key)}00` })),
      1,
      /bytes follow/,
    ],
    [
      'a longer head than needed',
      () => member((key) => ({ ...key, cborHex: `5a00000260${hexOf(key).slice(6)}` })),
      1,
      /head of its CBOR/,
    ],
    [
      'a key that contradicts itself',
      () =>
        member((key) => ({
          ...key,
          cborHex: `${hexOf(key).slice(0, -2)}${hexOf(key).endsWith('00') ? '01' : '00'}`,
        })),
      1,
      /level/,
    ],
    ['a huge file', () => spoiled((text) => text + ' '.repeat(10_000_000)), 3, /too large/],
    ['a symbolic link to itself', link, 3, /symbolic link/],
    ['a directory', directory, 3, /not a regular file/],
    ['a missing file', () => inFolder('kes.skey'), 3, /no such file/],
    ['a mode that lets others in', openMode, 3, /chmod 600/],
    ['a pipe', pipe, 3, /not a regular file/],
  ];

function link(): string {
  symlinkSync('kes.skey', inFolder('kes.skey'));
  return inFolder('kes.skey');
}

function directory(): string {
  mkdirSync(inFolder('kes.skey'));
  return inFolder('kes.skey');
}

function pipe(): string {
  execFileSync('mkfifo', ['-m', '600', inFolder('kes.skey')]);
  return inFolder('kes.skey');
}

function openMode(): string {
  const path = inFolder('kes.skey');
  makeKey(path);
  chmodSync(path, 0o640);
  return path;
}

/** Everything in the folder, with what it holds. */
function snapshot(): Record<string, string> {
  const entries = readdirSync(inFolder()).map((name) => {
    const path = inFolder(name);
    return [name, lstatSync(path).isFile() ? readFileSync(path, 'latin1') : 'no file'] as const;
  });
  return Object.fromEntries(entries);
}

/** Every command that takes a signing key. */
const COMMANDS: readonly (readonly [name: string, args: (path: string) => string[]])[] = [
  ['inspect', (path) => ['inspect', path]],
  ['vkey', (path) => ['vkey', path, '--out', inFolder('new.vkey')]],
  ['evolve', (path) => ['evolve', path, '--to', '5', '--leave-node']],
  ['sign', (path) => ['sign', '--skey', path, '--out', inFolder('new.sig')]],
];

async function refused(
  args: string[],
  code: number,
  says: RegExp,
  options?: RunOptions,
): Promise<void> {
  const before = snapshot();
  const ended = await kes(args, options);
  expect(ended).toMatchObject({ code, stdout: '' });
  const [line = '', ...rest] = ended.stderr.split('\n');
  expect(line).toMatch(/^kes: error: /);
  expect(line).toMatch(says);
  expect(rest).toEqual(['']);
  expect(snapshot()).toEqual(before);
}

describe.each(COMMANDS)('kes %s', (command, args) => {
  // What is shown may come through a pipe, when it is no key.
  const cases = CASES.filter(([what]) => what !== 'a pipe' || command !== 'inspect');
  it.each(cases)('refuses %s', async (_name, make, code, says) => {
    const path = make();
    await refused(args(path), code, new RegExp(`error: ${path}: .*${says.source}`));
  });

  const reason = whyNoOrdinaryUser({ command: [process.execPath, program, '--version'] });
  it.skipIf(reason !== undefined)(
    `refuses a file without permission${reason === undefined ? '' : ` (skipped: ${reason})`}`,
    async () => {
      const path = inFolder('kes.skey');
      makeKey(path);
      chmodSync(path, process.getuid?.() === 0 ? 0o600 : 0o000);
      chmodSync(inFolder(), 0o777);
      const code = 3;
      await refused(args(path), code, /permi/, { before: asOrdinaryUser(8_192), cwd: '/' });
    },
  );
});

/** 2^64, in nine bytes under the tag of large numbers. */
const BEYOND = 'c249010000000000000000';

describe('kes opcert and kes header', () => {
  it.each([
    ['no JSON', 'nothing', 1, /no text envelope/],
    ['a key', undefined, 1, /another type/],
  ])('refuse %s for a certificate', async (_name, text, code, says) => {
    const path = inFolder('node.cert');
    makeKey(path);
    if (text !== undefined) writeFileSync(path, text);
    for (const command of ['verify', 'inspect']) {
      await refused(['opcert', command, path], code, says);
    }
    await refused(['status', '--cert', path, '--network', 'mainnet'], code, says);
  });

  it('refuse a certificate with a number of 2^64', async () => {
    const [key, signature, cold] = [32, 64, 32].map((size) => '07'.repeat(size));
    const path = inFolder('node.cert');
    for (const numbers of [`${BEYOND}00`, `00${BEYOND}`]) {
      const cborHex = `82845820${key}${numbers}5840${signature}5820${cold}`;
      const type = 'NodeOperationalCertificate';
      writeFileSync(path, JSON.stringify({ type, description: '', cborHex }));
      const says = /node\.cert: its CBOR has another shape/;
      const status = ['status', '--cert', path, '--network', 'mainnet'];
      for (const args of [['inspect', path], ['opcert', 'verify', path], status])
        await refused(args, 1, says);
    }
  });

  it('refuse a counter with a number of 2^64, and write nothing', async () => {
    const seed = seedOf(5);
    const coldKey = ed25519.generateKey(seed);
    const cold = Buffer.from(coldKey.deriveVerificationKey()).toString('hex');
    writeColdSigningKey(inFolder('cold.skey'), coldKey);
    for (const each of [seed, coldKey]) each.release();
    writeKesVerificationKey(inFolder('kes.vkey'), makeKey(inFolder('kes.skey')));
    const [type, path] = ['NodeOperationalCertificateIssueCounter', inFolder('cold.counter')];
    const cborHex = `82${BEYOND}5820${cold}`;
    writeFileSync(path, JSON.stringify({ type, description: '', cborHex }));
    const says = /cold\.counter: its CBOR has another shape/;
    const keys = ['--kes-vkey', inFolder('kes.vkey'), '--cold-skey', inFolder('cold.skey')];
    const more = ['--counter', path, '--start-period', '1', '--out', inFolder('node.cert')];
    for (const args of [
      ['inspect', path],
      ['opcert', 'issue', ...keys, ...more],
    ])
      await refused(args, 1, says);
  });

  it('name a path that cannot be read, and say of an empty directory and of other bytes that there is no header', async () => {
    writeFileSync(inFolder('file'), '');
    mkdirSync(inFolder('empty'));
    const verify = ['header', 'verify', '--network', 'mainnet'];
    const unread = await kes([...verify, inFolder('missing'), inFolder('file', 'inner')]);
    expect({ code: unread.code, stderr: unread.stderr }).toEqual({ code: 3, stderr: '' });
    expect(unread.stdout).toMatch(/missing {2}not read: there is no such file/);
    expect(unread.stdout).toMatch(/inner {2}not read: a part of its path is no directory/);
    const empty = await kes([...verify, inFolder('empty')]);
    expect(empty.code).toBe(4);
    expect(empty.stdout).toContain('there is no header in what was given');
    expect(empty.stdout).not.toContain('NOT checked');
    const names = Object.entries({ empty: '', text: 'zz', binary: '\xff' }).map(
      ([name, content]) => {
        const path = inFolder(`${name}.header`);
        writeFileSync(path, Buffer.from(content, 'latin1'));
        return path;
      },
    );
    const { code, stdout, stderr } = await kes([...verify, ...names]);
    expect({ code, stderr }).toEqual({ code: 4, stderr: '' });
    for (const name of names)
      expect(stdout).toMatch(new RegExp(`${basename(name)}(:1)? {2}not a header`));
  });
});
