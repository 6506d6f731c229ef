/** Input files: where they may come from, and what happens when they are damaged. */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename } from 'node:path';
import { writeCounter, writeKesVerificationKey } from '@evolock/cardano-kes';
import { beforeEach, describe, expect, test } from 'vitest';
import {
  type Envelope,
  envelopeIn,
  envelopeText,
  makeCertificate,
  makeColdKey,
  makeKey,
  testSeed,
} from '../support/files.js';
import { inFolder } from '../support/folder.js';
import { kes, kesJson } from '../support/kes.js';

const ISSUE = [
  'opcert',
  'issue',
  '--cold-skey',
  'cold.skey',
  '--unchecked',
  '--start-period',
  '500',
];
const ISSUE_ALL = [...ISSUE, '--counter', 'cold.counter', '--kes-vkey', 'kes.vkey'];

/** Runs in the folder of the test. */
function here(args: readonly string[], input?: string | Uint8Array) {
  return kes(args, { cwd: inFolder(), ...(input === undefined ? {} : { input }) });
}

describe('standard input', () => {
  beforeEach(() => {
    makeColdKey(inFolder());
    writeKesVerificationKey(inFolder('kes.vkey'), makeKey(inFolder('kes.skey')));
    writeFileSync(inFolder('seed'), testSeed(), { mode: 0o600 });
    writeFileSync(inFolder('message'), 'a message');
  });

  test('can be the verification key of a certificate to issue or to verify', async () => {
    const key = readFileSync(inFolder('kes.vkey'));
    const issue = [...ISSUE, '--counter', 'cold.counter', '--kes-vkey', '-', '--out', 'node.cert'];
    expect(await here(issue, key)).toMatchObject({ code: 0, stderr: '' });
    const verify = ['inspect', 'node.cert'];
    for (const [option, name] of [
      ['--kes-vkey', 'kes.vkey'],
      ['--cold-vkey', 'cold.vkey'],
    ] as const) {
      const { code, stdout } = await here([...verify, option, '-'], readFileSync(inFolder(name)));
      expect(code).toBe(0);
      expect(stdout).toContain('that of standard input');
    }
    const wrong = await here([...verify, '--kes-vkey', '-'], readFileSync(inFolder('cold.vkey')));
    expect(wrong).toMatchObject({ code: 1, stdout: '' });
    expect(wrong.stderr).toMatch(/^kes: error: standard input: .*another type.*\n$/);
    const cold = readFileSync(inFolder('cold.vkey'));
    const both = await here([...verify, '--kes-vkey', '-', '--cold-vkey', '-'], cold);
    expect(both).toMatchObject({ code: 2, stdout: '' });
  });

  test('can be the verification key of a signature', async () => {
    await here(['sign', '--skey', 'kes.skey', '--out', 'sig', 'message']);
    const verify = ['verify', '--vkey', '-', '--period', '0', '--signature', 'sig', 'message'];
    expect(await here(verify, readFileSync(inFolder('kes.vkey')))).toMatchObject({ code: 0 });
    expect(await here(verify, readFileSync(inFolder('cold.vkey')))).toMatchObject({ code: 1 });
  });

  test.each([
    [['header', 'verify', '--network', 'mainnet', '-', '-'], '80'],
    [
      ['status', '--genesis', '-', '--slot', '0', '--cert', '-'],
      '{"networkMagic": 42, "slotsPerKESPeriod": 100, "maxKESEvolutions": 60}',
    ],
  ])('cannot be two arguments: %j', async (args, input) => {
    const { code, stdout, stderr } = await kes(args, { input });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/only one argument can be standard input/);
  });

  test('cannot be a signing key, and a signing key on it is refused', async () => {
    const input = readFileSync(inFolder('kes.skey'));
    for (const args of [
      ['inspect'],
      ['dmq', 'inspect'],
      ['status', '--network', 'mainnet', '--pools'],
      ['sign', '--skey', 'kes.skey'],
    ]) {
      const { code, stdout, stderr } = await here([...args, '-'], input);
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      expect(stderr).toMatch(/looks like the file of a signing key|another type/);
    }
  });

  test.each([
    [['sign', '--skey', 'kes.skey', '--out', '-', 'message'], /--out -: without --out/],
    [['sign', '--skey', 'kes.skey', '--out', '-', '--force', 'message'], /--out -: without --out/],
    [['vkey', 'kes.skey', '--out', '-'], /--out -: without --out/],
    [[...ISSUE_ALL, '--out', '-'], /--out -: the certificate is written to a file/],
    [
      [...ISSUE, '--kes-vkey', 'kes.vkey', '--counter', '-', '--out', 'node.cert'],
      /--counter -: .*give the file/,
    ],
    [['keygen', '--skey', '-', '--vkey', 'new.vkey'], /--skey -: .*to a file only/],
    [['keygen', '--skey', 'new.skey', '--vkey', '-'], /--vkey -: .*to a file/],
    [
      ['keygen', '--skey', 'new.skey', '--vkey', 'new.vkey', '--seed-file', '-'],
      /--seed-file -: .*from a file only/,
    ],
  ])(
    'is refused for secrets and for output, before anything is written: %j',
    async (args, says) => {
      const before = readdirSync(inFolder());
      const { code, stdout, stderr } = await here(args, readFileSync(inFolder('seed')));
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      expect(stderr).toMatch(says);
      expect(stderr.trimEnd().split('\n')).toHaveLength(1);
      expect(readdirSync(inFolder())).toEqual(before);
      const { json } = await kesJson(['inspect', inFolder('cold.counter')]);
      expect(json.next).toBe('3');
    },
  );
});

describe('a symbolic link', () => {
  beforeEach(() => {
    makeColdKey(inFolder());
    writeKesVerificationKey(inFolder('kes.vkey'), makeKey(inFolder('kes.skey')));
    writeFileSync(inFolder('seed'), testSeed(), { mode: 0o600 });
  });

  test('to a public file is followed', async () => {
    symlinkSync('cold.counter', inFolder('link'));
    const expected = await here(['inspect', 'cold.counter', '--json']);
    expect(await here(['inspect', 'link', '--json'])).toEqual(expected);
    const input = readFileSync(inFolder('cold.counter'));
    expect(await here(['inspect', '-', '--json'], input)).toEqual(expected);
  });

  test('to a signing key is followed for reading, and not for writing', async () => {
    symlinkSync('kes.skey', inFolder('link.skey'));
    symlinkSync('cold.counter', inFolder('link.counter'));
    symlinkSync('seed', inFolder('link.seed'));
    expect(await here(['vkey', 'link.skey'])).toMatchObject({ code: 0, stderr: '' });
    const seeded = ['keygen', '--skey', 'k', '--vkey', 'v', '--seed-file', 'link.seed'];
    expect(await here(seeded)).toMatchObject({ code: 0, stderr: '' });
    const issue = [...ISSUE, '--kes-vkey', 'kes.vkey', '--counter', 'link.counter', '--out', 'new'];
    const evolve = ['evolve', 'link.skey', '--leave-node', '--to'];
    for (const args of [[...evolve, '0'], [...evolve, '1'], issue]) {
      const { code, stderr } = await here(args);
      expect(code).toBe(3);
      expect(stderr).toMatch(/: link\..*: it is a symbolic link/);
    }
    expect(lstatSync(inFolder('link.skey')).isSymbolicLink()).toBe(true);
    expect(existsSync(inFolder('new'))).toBe(false);
  });
});

/** Makes a key file, and damages its text. */
function damaged(damage: (text: string) => string | Uint8Array): string {
  const path = inFolder('kes.skey');
  makeKey(path);
  writeFileSync(path, damage(readFileSync(path, 'utf8')));
  return path;
}

/** Makes a key file with other members. */
function changed(change: (envelope: Envelope) => object): string {
  return damaged((text) => JSON.stringify(change(JSON.parse(text) as Envelope)));
}

/** Makes a key file with other CBOR. */
function withCbor(change: (cborHex: string) => string): string {
  return changed((key) => ({ ...key, cborHex: change(key.cborHex) }));
}

/** The problem, the file, the exit code, and the message. */
const CASES: readonly (readonly [name: string, make: () => string, code: number, says: RegExp])[] =
  [
    ['truncated JSON', () => damaged((text) => text.slice(0, 700)), 1, /text envelope/],
    ['an empty file', () => damaged(() => ''), 1, /text envelope/],
    ['binary data', () => damaged(() => Buffer.alloc(608, 7)), 1, /text envelope/],
    ['another JSON value', () => damaged(() => '[1, 2, 3]'), 1, /text envelope/],
    ['text after the JSON', () => damaged((text) => `${text}{}`), 1, /text envelope/],
    ['odd hex', () => withCbor((hex) => hex.slice(1)), 1, /odd number of digits/],
    ['text that is not hex', () => withCbor((hex) => `zz${hex.slice(2)}`), 1, /hexadecimal/],
    ['a missing member', () => changed(({ cborHex: _, ...key }) => key), 1, /missing/],
    ['an extra member', () => changed((key) => ({ ...key, more: '' })), 1, /member other than/],
    ['the wrong type', () => ofType('StakePoolSigningKey_ed25519'), 1, /another type|length/],
    [
      'the type of a verification key',
      () => ofType('KesVerificationKey_ed25519_kes_2^6'),
      1,
      /another type|length/,
    ],
    ['an unknown type', () => ofType('Nothing'), 1, /another type|does not know/],
    ['a wrong length', () => withCbor((hex) => `59025f${hex.slice(6, -2)}`), 1, /length/],
    ['truncated CBOR', () => withCbor((hex) => hex.slice(0, -2)), 1, /ends too early/],
    ['bytes after the CBOR', () => withCbor((hex) => `${hex}00`), 1, /bytes follow/],
    ['a long CBOR head', () => withCbor((hex) => `5a00000260${hex.slice(6)}`), 1, /head/],
    [
      'a key that contradicts itself',
      () => withCbor((hex) => `${hex.slice(0, -2)}${hex.endsWith('00') ? '01' : '00'}`),
      1,
      /level.*damaged/,
    ],
    ['a huge file', () => damaged((text) => text + ' '.repeat(10_000_000)), 3, /too large/],
    ['a symbolic link to itself', link, 3, /symbolic link/],
    ['a directory', directory, 3, /not a regular file/],
    ['a missing file', () => inFolder('kes.skey'), 3, /no such file/],
    ['a mode that lets others in', openMode, 3, /chmod 600/],
    ['a pipe', pipe, 3, /not a regular file/],
  ];

function ofType(type: string): string {
  return changed((key) => ({ ...key, type }));
}

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

/** Every file of the folder with its content. */
function snapshot(): Record<string, string> {
  const entries = readdirSync(inFolder()).map((name) => {
    const path = inFolder(name);
    return [name, lstatSync(path).isFile() ? readFileSync(path, 'latin1') : 'not a file'] as const;
  });
  return Object.fromEntries(entries);
}

/** Every command that reads a signing key. */
const COMMANDS: readonly (readonly [name: string, args: (path: string) => string[]])[] = [
  ['inspect', (path) => ['inspect', path]],
  ['vkey', (path) => ['vkey', path, '--out', inFolder('new.vkey')]],
  ['evolve', (path) => ['evolve', path, '--to', '5', '--leave-node']],
  ['sign', (path) => ['sign', '--skey', path, '--out', inFolder('new.sig')]],
  ['dmq sign', signMessage],
];

function signMessage(path: string): string[] {
  makeCertificate(inFolder('node.cert'), new Uint8Array(32), 500n);
  const message = ['--cert', inFolder('node.cert'), '--out', inFolder('new.dmq')];
  return ['dmq', 'sign', '--network', 'mainnet', '--skey', path, ...message];
}

async function refused(args: string[], code: number, says: RegExp): Promise<void> {
  const before = snapshot();
  const ended = await kes(args);
  expect(ended).toMatchObject({ code, stdout: '' });
  const [line = '', ...rest] = ended.stderr.split('\n');
  expect(line).toMatch(/^kes: error: /);
  expect(line).toMatch(says);
  expect(rest).toEqual(['']);
  expect(snapshot()).toEqual(before);
}

describe.each(COMMANDS)('kes %s', (command, args) => {
  // `inspect` reads public files from a pipe.
  const cases = CASES.filter(([what]) => what !== 'a pipe' || command !== 'inspect');
  test.each(cases)('refuses %s, and writes nothing', async (_name, make, code, says) => {
    const path = make();
    await refused(args(path), code, new RegExp(`error: ${path}: .*${says.source}`));
  });
});

/** 2^64 in CBOR: nine bytes under the tag of large numbers. */
const BEYOND = 'c249010000000000000000';

describe('a certificate or a counter', () => {
  test.each([
    ['that is not JSON', 'nothing', 1, /text envelope/],
    ['that is a key', undefined, 1, /another type/],
  ])('%s is refused', async (_name, text, code, says) => {
    const path = inFolder('node.cert');
    makeKey(path);
    if (text !== undefined) writeFileSync(path, text);
    const verify = ['verify', '--cert', path, '--period', '0', '--signature', path];
    await refused(verify, code, says);
    await refused(['status', '--cert', path, '--network', 'mainnet'], code, says);
  });

  test('with a number of 2^64 is refused, and nothing is written', async () => {
    const [key, signature, cold] = [32, 64, 32].map((size) => '07'.repeat(size));
    const path = inFolder('node.cert');
    for (const numbers of [`${BEYOND}00`, `00${BEYOND}`]) {
      const cborHex = `82845820${key}${numbers}5840${signature}5820${cold}`;
      writeFileSync(path, envelopeText('NodeOperationalCertificate', cborHex));
      const says = /node\.cert: its CBOR does not have the shape/;
      const status = ['status', '--cert', path, '--network', 'mainnet'];
      for (const args of [['inspect', path], status]) await refused(args, 1, says);
    }
    makeColdKey(inFolder());
    writeKesVerificationKey(inFolder('kes.vkey'), makeKey(inFolder('kes.skey')));
    const counter = inFolder('cold.counter');
    const coldKey = envelopeIn(inFolder('cold.vkey')).cborHex;
    const type = 'NodeOperationalCertificateIssueCounter';
    writeFileSync(counter, envelopeText(type, `82${BEYOND}${coldKey}`));
    const keys = ['--kes-vkey', inFolder('kes.vkey'), '--cold-skey', inFolder('cold.skey')];
    const more = [
      '--counter',
      counter,
      '--unchecked',
      '--start-period',
      '1',
      '--out',
      inFolder('new.cert'),
    ];
    for (const args of [
      ['inspect', counter],
      ['opcert', 'issue', ...keys, ...more],
    ])
      await refused(args, 1, /cold\.counter: its CBOR does not have the shape/);
  });

  test('of another cold key is refused, and the message names the counter', async () => {
    makeColdKey(inFolder());
    writeKesVerificationKey(inFolder('kes.vkey'), makeKey(inFolder('kes.skey')));
    rmSync(inFolder('cold.counter'));
    const coldVerificationKey = new Uint8Array(32).fill(1);
    writeCounter(inFolder('cold.counter'), { next: 3n, coldVerificationKey });
    const issue = [...ISSUE_ALL, '--out', 'node.cert'];
    const { code, stderr } = await here(issue);
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /: cold\.counter: .*cold\.counter is of pool1\w+, and cold\.skey is of pool1/,
    );
  });
});

describe('kes header verify', () => {
  test('names a path that cannot be read, and says when there is no header', async () => {
    writeFileSync(inFolder('file'), '');
    mkdirSync(inFolder('empty'));
    const verify = ['header', 'verify', '--network', 'mainnet'];
    const unread = await kes([...verify, inFolder('missing'), inFolder('file', 'inner')]);
    expect({ code: unread.code, stderr: unread.stderr }).toEqual({ code: 3, stderr: '' });
    expect(unread.stdout).toMatch(/missing {2}not read: there is no such file/);
    expect(unread.stdout).toMatch(/inner {2}not read: a part of its path is not a directory/);
    const empty = await kes([...verify, inFolder('empty')]);
    expect(empty.code).toBe(4);
    expect(empty.stdout).toContain('no header was found');
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
