/** What is written is there, or the exit code says that it is not; and nothing irreplaceable goes for it. */
import { spawnSync } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { ed25519, MLockedSeed } from '@evolock/kes-sum';
import { writeColdSigningKey, writeCounter } from '@evolock/cardano-kes';
import { beforeEach, describe, expect, it } from 'vitest';
import { inFolder } from './support/folder.js';
import { kes, program } from './support/kes.js';
import { makeKey, testSeed } from './support/test-key.js';

describe('--force', () => {
  beforeEach(() => {
    makeKey(inFolder('kes.skey'));
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
    await kes(['vkey', 'kes.skey', '--out', 'kes.vkey'], { cwd: inFolder() });
    const names = ['kes.skey', 'cold.skey', 'cold.counter', 'kes.vkey'];
    const before = names.map((name) => readFileSync(inFolder(name), 'utf8'));
    const { code, stdout, stderr } = await kes([...args, '--force'], { cwd: inFolder() });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(says);
    expect(names.map((name) => readFileSync(inFolder(name), 'utf8'))).toEqual(before);
    expect(existsSync(inFolder('new.skey'))).toBe(false);
  });
});

function issue(out: string): string[] {
  const keys = ['--kes-vkey', 'kes.vkey', '--cold-skey', 'cold.skey', '--counter', 'cold.counter'];
  return ['opcert', 'issue', ...keys, '--start-period', '1', '--out', out];
}

describe('keygen makes no key where the pair cannot be complete', () => {
  it.each([
    ['one file for both', 'kes.skey', 2, /the same file/],
    ['two ways to one file', 'inner/../kes.skey', 2, /the same file/],
    ['no folder for the verification key', 'nowhere/kes.vkey', 3, /nowhere: there is no such file/],
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
