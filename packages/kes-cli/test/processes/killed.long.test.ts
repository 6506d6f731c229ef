/** A command that is killed at any call to the file system leaves each file old or new, and the next run succeeds. */
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { readCounter } from '@evolock/cardano-kes';
import { describe, expect, test } from 'vitest';
import { makeCertificate, makeColdKey, makeKey, periodOf, testSeed } from '../support/files.js';
import { inFolder } from '@evolock/command-line/testing/folder';
import { kes, kesJson } from '../support/kes.js';
import {
  atEachCall,
  endOf,
  evolve,
  type Interruption,
} from '../support/processes/interruptions.js';

function emptyFolder(): void {
  for (const name of readdirSync(inFolder())) rmSync(inFolder(name));
}

test.each([
  // The call, and the key file afterwards.
  ['fsyncSync', 'none'],
  ['linkSync:.evolock-new', 'none'],
  ['unlinkSync:.evolock-new', 'whole'],
] as const)(
  'kes keygen: killed before %s, the key file is %s, and the next run leaves only a whole one',
  async (call, found) => {
    const [path, vkey, seed] = [inFolder('kes.skey'), inFolder('kes.vkey'), inFolder('seed')];
    writeFileSync(seed, testSeed(), { mode: 0o600 });
    const make = ['keygen', '--skey', path, '--vkey', vkey, '--seed-file', seed];
    expect(await endOf(make, call, 'SIGKILL')).toMatchObject({ signal: 'SIGKILL' });
    // The temporary file remains in any case.
    expect(readdirSync(inFolder()).filter((name) => name.endsWith('.evolock-new'))).toHaveLength(1);
    expect(existsSync(path) ? 'whole' : 'none').toBe(found);

    if (found === 'none') expect(await kes(make)).toMatchObject({ code: 0, stderr: '' });
    expect(await kes(['evolve', path, '--to', '5', '--leave-node'])).toMatchObject({
      code: 0,
      stderr: '',
    });
    const { stdout } = await kes(['vkey', path]);
    expect(periodOf(path, Buffer.from(stdout.trim(), 'hex'))).toBe(5);
    expect(readdirSync(inFolder()).filter((name) => name.includes('kes.skey'))).toEqual([
      'kes.skey',
    ]);
  },
);

test('kes cold keygen: the key is whole or absent, the other files can be made of it, and no second name is left', async () => {
  const [skey, vkey, counter] = ['skey', 'vkey', 'counter'].map((each) => inFolder(`cold.${each}`));
  if (skey === undefined || vkey === undefined || counter === undefined)
    return expect.unreachable();
  const make = ['cold', 'keygen', '--skey', skey, '--vkey', vkey, '--counter', counter];
  const seen = new Set<boolean>();
  await atEachCall([...make, '--offline'], emptyFolder, async (what) => {
    const isThere = existsSync(skey);
    seen.add(isThere);
    if (isThere) expect(statSync(skey).mode & 0o777, what).toBe(0o400);
    const again = await kesJson([...make, '--offline']);
    expect(again.code, what).toBe(isThere ? 2 : 0);
    if (isThere) {
      const { json } = await kesJson(['vkey', skey]);
      const key = json.coldVerificationKey as string;
      if (!existsSync(vkey)) expect((await kes(['vkey', skey, '--out', vkey])).code).toBe(0);
      const missing = ['counter', 'new', '--cold-vkey', key, '--out', counter];
      if (!existsSync(counter)) expect((await kes(missing)).code).toBe(0);
    }
    expect(statSync(skey).nlink, what).toBe(1);
    expect(readCounter(counter).next, what).toBe(0n);
    const keys = readdirSync(inFolder()).filter((name) => name.includes('skey'));
    expect(keys, what).toEqual(['cold.skey']);
  });
  expect(seen).toEqual(new Set([true, false]));
});

test('kes counter set: killed at any call, the counter is the old or the new one, and the next run succeeds', async () => {
  const path = inFolder('cold.counter');
  const set = ['counter', 'set', path, '--next', '1', '--force'];
  const seen = new Set<bigint>();
  for (let call = 1, isKilled = true; isKilled; call += 1) {
    emptyFolder();
    makeColdKey(inFolder());
    isKilled = (await endOf(set, call, 'SIGKILL')).signal === 'SIGKILL';
    seen.add(readCounter(path).next);
    expect(await kes(set)).toMatchObject({ code: 0, stderr: '' });
    expect(readCounter(path).next).toBe(1n);
    expect(readdirSync(inFolder()).filter((name) => name.startsWith('.'))).toEqual([]);
  }
  expect(seen).toEqual(new Set([3n, 1n]));
});

const OLD = '# HELP kes_certificate_valid Of the run before.\n';

test.each([
  // The call, and the metrics afterwards.
  ['linkSync', 'SIGKILL', 'old'],
  ['writeSync', 'half', 'old'],
  ['fsyncSync', 'SIGKILL', 'old'],
  ['renameSync', 'SIGKILL', 'old'],
  ['exit', 'SIGKILL', 'new'],
] as const)(
  'kes status: killed at %s (%s), the metrics are the %s ones, and the next run succeeds',
  async (call, interruption, left) => {
    const [cert, path] = [inFolder('node.cert'), inFolder('kes.prom')];
    makeCertificate(cert, new Uint8Array(32), 1080n);
    writeFileSync(path, OLD);
    const status = ['status', cert, '--network', 'mainnet', '--at', '2024-11-15', '--prometheus'];
    expect(await endOf([...status, path], call, interruption)).toMatchObject({ signal: 'SIGKILL' });

    const { stdout: whole } = await kes([...status, '-']);
    expect(readFileSync(path, 'utf8')).toBe(left === 'old' ? OLD : whole);
    // The collector reads no file that a killed run leaves.
    const read = readdirSync(inFolder()).filter((name) => name.endsWith('.prom'));
    expect(read).toEqual(['kes.prom']);

    expect(await kes([...status, path])).toMatchObject({ code: 0, stderr: '' });
    expect(readFileSync(path, 'utf8')).toBe(whole);
    expect(readdirSync(inFolder()).sort()).toEqual(['kes.prom', 'node.cert']);
  },
);

describe('kes evolve', () => {
  /** Restores the folder: the old key and nothing else. */
  function putBack(path: string, old: Uint8Array): void {
    emptyFolder();
    writeFileSync(path, old, { mode: 0o600 });
  }

  test('a whole key remains, killed before any call and in the middle of any write', async () => {
    const path = inFolder('kes.skey');
    const verificationKey = makeKey(path);
    const old = readFileSync(path);
    const calls: string[] = [];
    const periods: number[] = [];
    const killed = async (
      call: number,
      interruption: Interruption,
    ): Promise<string | undefined> => {
      putBack(path, old);
      const ending = await evolve(path, call, interruption);
      // The run has fewer calls, and was not interrupted.
      if (ending.signal === null) {
        expect(ending).toMatchObject({ code: 0, stderr: '' });
        expect(periodOf(path, verificationKey)).toBe(5);
        return undefined;
      }
      expect(ending.signal).toBe('SIGKILL');
      periods.push(periodOf(path, verificationKey));
      return ending.call;
    };
    for (let call = 1; ; call += 1) {
      const name = await killed(call, 'SIGKILL');
      if (name === undefined) break;
      calls.push(name);
      if (name === 'writeSync') await killed(call, 'half');
    }
    // Without these calls nothing would be tested.
    for (const name of ['openSync', 'writeSync', 'fsyncSync', 'renameSync']) {
      expect(calls).toContain(name);
    }
    // After the new key is in place, the old one never returns.
    expect(periods).toEqual([...periods].sort((a, b) => a - b));
    expect(new Set(periods)).toEqual(new Set([0, 5]));
  });

  test('the next run removes the files that killed runs left', async () => {
    const path = inFolder('kes.skey');
    const verificationKey = makeKey(path);
    // A lock and half a temporary file; then a lock and a whole one.
    for (const [call, interruption] of [
      ['fsyncSync', 'SIGKILL'],
      ['renameSync', 'SIGKILL'],
    ] as const) {
      const before = readdirSync(inFolder()).length;
      expect(await evolve(path, call, interruption)).toMatchObject({ signal: 'SIGKILL' });
      expect(readdirSync(inFolder()).length).toBeGreaterThanOrEqual(Math.max(before, 3));
    }
    expect(await evolve(path, 0, 'SIGKILL')).toMatchObject({ code: 0, stderr: '' });
    expect(periodOf(path, verificationKey)).toBe(5);
    expect(readdirSync(inFolder())).toEqual(['kes.skey']);
  });
});
