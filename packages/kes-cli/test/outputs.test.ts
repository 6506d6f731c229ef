/** What is written is there, or the exit code says that it is not; and nothing irreplaceable goes for it. */
import { spawnSync } from 'node:child_process';
import {
  closeSync,
  existsSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { ed25519, MLockedSeed } from '@evolock/kes-sum';
import { writeColdSigningKey, writeCounter, writeKesVerificationKey } from '@evolock/cardano-kes';
import { beforeEach, describe, expect, it } from 'vitest';
import { KIND_IN_WORDS, refuseExisting, type FileKind } from '../src/files/replaceable.js';
import { inFolder } from './support/folder.js';
import { kes, program } from './support/kes.js';
import { makeKey, testSeed } from './support/test-key.js';

describe('--force', () => {
  beforeEach(() => {
    writeKesVerificationKey(inFolder('kes.vkey'), makeKey(inFolder('kes.skey')));
    const seed = MLockedSeed.fromBytes(testSeed());
    const coldKey = ed25519.generateKey(seed);
    writeColdSigningKey(inFolder('cold.skey'), coldKey);
    const coldVerificationKey = coldKey.deriveVerificationKey();
    writeCounter(inFolder('cold.counter'), { next: 3n, coldVerificationKey });
    for (const each of [seed, coldKey]) each.release();
  });

  it.each([
    [['vkey', 'kes.skey', '--out', 'kes.skey'], /kes\.skey: it is a KES signing key/],
    [['sign', '--skey', 'kes.skey', '--out', 'kes.skey', '-'], /it is a KES signing key/],
    [['sign', '--skey', 'kes.skey', '--out', 'cold.counter', '-'], /a counter of certificates/],
    [['keygen', '--skey', 'cold.skey', '--vkey', 'kes.vkey'], /it is a cold signing key/],
    [['keygen', '--skey', 'new.skey', '--vkey', 'kes.skey'], /it is a KES signing key/],
    [issue('cold.skey'), /it is a cold signing key/],
    [issue('cold.counter'), /it is a counter of certificates/],
  ])('does not replace by something else what nobody can make again: %j', async (args, says) => {
    const names = ['kes.skey', 'cold.skey', 'cold.counter', 'kes.vkey'];
    const before = names.map((name) => readFileSync(inFolder(name), 'utf8'));
    const { code, stdout, stderr } = await kes([...args, '--force'], { cwd: inFolder() });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(says);
    expect(names.map((name) => readFileSync(inFolder(name), 'utf8'))).toEqual(before);
    expect(existsSync(inFolder('new.skey'))).toBe(false);
  });

  /** Everything that writes to a file, to one that stands there already. */
  const writing: readonly (readonly [name: string, args: (to: string) => string[]])[] = [
    ['sign', (to) => ['sign', '--skey', 'kes.skey', '--out', to, '-']],
    ['sign --binary', (to) => ['sign', '--skey', 'kes.skey', '--out', to, '--binary', '-']],
    ['vkey', (to) => ['vkey', 'kes.skey', '--out', to]],
    ['keygen --skey', (to) => ['keygen', '--skey', to, '--vkey', 'new.vkey']],
    ['keygen --vkey', (to) => ['keygen', '--skey', 'new.skey', '--vkey', to]],
    ['opcert issue', issue],
  ];

  async function leftAlone(args: string[], names: string[], code: number, says: RegExp) {
    const before = names.map((name) => readFileSync(inFolder(name)));
    const ended = await kes([...args, '--force'], { cwd: inFolder(), input: 'message' });
    expect(ended).toMatchObject({ code, stdout: '' });
    expect(ended.stderr).toMatch(says);
    expect(names.map((name) => readFileSync(inFolder(name)))).toEqual(before);
    for (const made of ['new.skey', 'new.vkey']) expect(existsSync(inFolder(made))).toBe(false);
  }

  describe.each(writing)('of %s', (_name, args) => {
    it.each(['cold.skey', 'message.txt'])('follows no link to %s, nor replaces it', async (to) => {
      writeFileSync(inFolder('message.txt'), 'message');
      symlinkSync(to, inFolder('link'));
      await leftAlone(args('link'), [to, 'cold.counter'], 3, /link: it is a symbolic link/);
      expect(lstatSync(inFolder('link')).isSymbolicLink()).toBe(true);
    });

    it('does not replace a key of another kind', async () => {
      const key = envelope('VrfSigningKey_PraosVRF', `5840${'07'.repeat(64)}`);
      writeFileSync(inFolder('there'), key, { mode: 0o600 });
      const says = /a signing key \(VrfSigningKey_PraosVRF\)/;
      await leftAlone(args('there'), ['there', 'cold.counter'], 2, says);
    });
  });

  it.each(foreign())('does not replace %s', async (_what, content, says) => {
    for (const [, args] of writing.filter(([name]) => /^sign$|--skey/.test(name))) {
      writeFileSync(inFolder('there'), content, { mode: 0o600 });
      await leftAlone(args('there'), ['there'], 2, says);
    }
  });

  it.each(writing)('of %s replaces its own kind, and what is empty', async (name, args) => {
    for (const content of ['', ownKind(name)]) {
      writeFileSync(inFolder('there'), content);
      const options = { cwd: inFolder(), input: 'message' };
      const ended = await kes([...args('there'), '--force'], options);
      expect(ended, name).toMatchObject({ code: 0, stderr: '' });
    }
  });

  it.each(writing)('of %s leaves the old file whole to who has it open', async (name, args) => {
    const old = ownKind(name);
    writeFileSync(inFolder('there'), old, { mode: 0o600 });
    const fd = openSync(inFolder('there'), 'r');
    try {
      const ended = await kes([...args('there'), '--force'], { cwd: inFolder(), input: 'message' });
      expect(ended).toMatchObject({ code: 0, stderr: '' });
      // A key that is replaced is erased.
      const erased = '\0'.repeat(old.length);
      expect(readFileSync(fd, 'utf8')).toBe(name === 'keygen --skey' ? erased : old);
      expect(readdirSync(inFolder()).filter((each) => each.startsWith('.'))).toEqual([]);
    } finally {
      closeSync(fd);
    }
  });

  it.each([
    [['sign', '--skey', 'kes.skey', '--out', 'node.cert', '-'], /an operational certificate, and/],
    [['vkey', 'kes.skey', '--out', 'cold.vkey'], /a cold verification key, and --force replaces/],
    [issue('kes.vkey'), /a KES verification key, and --force replaces only an operational/],
  ])('replaces no public file of another kind: %j', async (args, says) => {
    const names = ['node.cert', 'cold.vkey', 'kes.vkey'];
    writeFileSync(inFolder('node.cert'), publicTexts()['operational-certificate']);
    writeFileSync(inFolder('cold.vkey'), publicTexts()['cold-verification-key']);
    await leftAlone(args, [...names, 'cold.counter'], 2, says);
  });

  it('replaces every kind by its own only', () => {
    for (const [there, content] of Object.entries(publicTexts())) {
      writeFileSync(inFolder('there'), content);
      for (const kind of Object.keys(KIND_IN_WORDS) as FileKind[]) {
        const attempt = () => refuseExisting(inFolder('there'), true, kind);
        if (kind === there) attempt();
        else expect(attempt, `${kind} over ${there}`).toThrow(/--force replaces only/);
      }
    }
    // Of the size of a signature, or nearly, and none.
    for (const content of ['x'.repeat(896), 'aa'.repeat(447), 'a text']) {
      writeFileSync(inFolder('there'), content);
      const attempt = () => refuseExisting(inFolder('there'), true, 'kes-signature');
      expect(attempt).toThrow(/something that kes did not write/);
    }
  });
});

/** What a command that writes may replace. */
function ownKind(name: string): string {
  const texts = publicTexts();
  if (name.startsWith('sign')) return texts['kes-signature'];
  if (name.startsWith('opcert')) return texts['operational-certificate'];
  return name.endsWith('--skey')
    ? readFileSync(inFolder('kes.skey'), 'utf8')
    : texts['kes-verification-key'];
}

function publicTexts() {
  const key = `5820${'07'.repeat(32)}`;
  return {
    'kes-signature': `${'aa'.repeat(448)}\n`,
    'kes-verification-key': envelope('KesVerificationKey_ed25519_kes_2^6', key),
    'cold-verification-key': envelope('StakePoolVerificationKey_ed25519', key),
    'operational-certificate': envelope(
      'NodeOperationalCertificate',
      `8284${key}00005840${'07'.repeat(64)}${key}`,
    ),
  };
}

function envelope(type: string, cborHex: string): string {
  return JSON.stringify({ type, description: '', cborHex }, undefined, 4);
}

/** Keys and counters that kes does not read: of other kinds, and with something wrong in them. */
function foreign(): [what: string, content: string, says: RegExp][] {
  const key = envelope('KesSigningKey_ed25519_kes_2^6', `590260${'07'.repeat(608)}`);
  const type = 'NodeOperationalCertificateIssueCounter';
  const counter = envelope(type, `82075820${'07'.repeat(32)}`);
  const payment = envelope('PaymentSigningKeyShelley_ed25519', `5820${'07'.repeat(32)}`);
  return [
    ['a payment key', payment, /a signing key \(Payment/],
    ['a KES key with bytes behind it', `${key}\n00`, /signing key with something wrong/],
    ['a KES key that is cut off', key.slice(0, 700), /signing key with something wrong/],
    ['a counter with a member too many', counter.replace('{', '{"more": 1,'), /perhaps.*counter/],
    ['a counter that is cut off', counter.slice(0, -20), /perhaps.*counter/],
    ['a large file', 'x'.repeat(20_000), /larger than anything/],
  ];
}

function issue(out: string): string[] {
  const keys = ['--kes-vkey', 'kes.vkey', '--cold-skey', 'cold.skey', '--counter', 'cold.counter'];
  return ['opcert', 'issue', ...keys, '--start-period', '1', '--out', out];
}

describe('keygen makes no key where the pair cannot be complete', () => {
  it.each([
    ['one file for both', 'kes.skey', 2, /the same file/],
    ['two ways to one file', 'inner/../kes.skey', 2, /the same file/],
    [
      'no folder for the verification key',
      'nowhere/kes.vkey',
      3,
      /nowhere\/kes\.vkey: its folder nowhere does not/,
    ],
  ])('%s', async (_name, vkey, expected, says) => {
    mkdirSync(inFolder('inner'));
    const args = ['keygen', '--skey', 'kes.skey', '--vkey', vkey];
    const { code, stdout, stderr } = await kes(args, { cwd: inFolder() });
    expect({ code, stdout }).toEqual({ code: expected, stdout: '' });
    expect(stderr).toMatch(says);
    expect(existsSync(inFolder('kes.skey'))).toBe(false);
  });
});

describe.runIf(existsSync('/dev/full'))('a full disk', () => {
  /** Runs with both outputs, or one, to a device that is always full. */
  function intoFull(args: string[], full: 'stdout' | 'stderr'): { code: unknown; stderr: string } {
    const fd = openSync('/dev/full', 'w');
    try {
      const [stdout, stderr] = full === 'stdout' ? [fd, 'pipe' as const] : ['pipe' as const, fd];
      const ended = spawnSync(process.execPath, [program, ...args], {
        stdio: ['ignore', stdout, stderr],
        encoding: 'utf8',
      });
      return { code: ended.status, stderr: ended.stderr };
    } finally {
      closeSync(fd);
    }
  }

  it('behind standard output is an error', () => {
    makeKey(inFolder('kes.skey'));
    expect(intoFull(['vkey', inFolder('kes.skey')], 'stdout')).toEqual({
      code: 3,
      stderr: 'kes: error: standard output: the disk is full: make room and try again\n',
    });
  });

  it('behind standard error changes no exit code', () => {
    expect(intoFull(['nonsense'], 'stderr').code).toBe(2);
  });
});

describe('standard input', () => {
  it.each([
    [['header', 'verify', '--network', 'mainnet', '-', '-'], '80'],
    [['status', '--genesis', '-', '--slot', '0', '--cert', '-'], genesis()],
  ])('is refused for two things at once: %j', async (args, input) => {
    const { code, stdout, stderr } = await kes(args, { input });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/cannot both be standard input/);
  });
});

function genesis(): string {
  return JSON.stringify({ networkMagic: 42, slotsPerKESPeriod: 100, maxKESEvolutions: 60 });
}
