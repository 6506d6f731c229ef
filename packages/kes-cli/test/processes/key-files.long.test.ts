/** Runs exclude each other, keep a file that another program put there, and lose no part of a pair and no number when killed. */
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { readCertificate, readCounter } from '@evolock/cardano-kes';
import { waitUntilStopped } from '@evolock/memory-scan';
import { describe, expect, test } from 'vitest';
import { issuing, makeKey, makeOtherKey, makePool, periodOf } from '../support/files.js';
import { inFolder } from '@evolock/command-testing/folder';
import { kes, kesJson } from '../support/kes.js';
import { atEachCall, endOf, leftovers, startRun } from '../support/processes/interruptions.js';
import { kesProcess, program } from '../support/processes/process.js';

const lock = (): string => inFolder('.kes.skey.evolock-lock');

function locks(): string[] {
  return readdirSync(inFolder()).filter((file) => file.includes('evolock-lock'));
}

describe.runIf(process.platform === 'linux')('a run that holds the lock', () => {
  test('makes a second run fail at once with the holder in the message', async () => {
    const path = inFolder('kes.skey');
    const verificationKey = makeKey(path);
    const first = startRun(['evolve', path, '--to', '5', '--leave-node'], 'renameSync', 'SIGSTOP');
    try {
      await waitUntilStopped(first.pid!, { signal: AbortSignal.timeout(30_000) });
      expect(locks()).toHaveLength(1);
      const second = await kesProcess(['evolve', path, '--to', '7', '--leave-node']);
      expect(second).toMatchObject({ code: 3, stdout: '' });
      expect(second.stderr.startsWith(`kes: error: ${lock()}: `)).toBe(true);
      expect(second.stderr).toContain(`(process ${first.pid})`);
      expect(periodOf(path, verificationKey)).toBe(0);
      first.kill('SIGCONT');
      await once(first, 'close');
      expect(periodOf(path, verificationKey)).toBe(5);
      expect(locks()).toEqual([]);
    } finally {
      first.kill('SIGKILL');
    }
  });
});

test('of two runs that issue, the number that each has judged is the one that it takes', async () => {
  makePool(inFolder());
  let second = '';
  let next: bigint | undefined;
  const first = await kes([...issuing('new.cert'), '--on-chain', '3'], {
    onOutput: (part) => {
      // The number was judged, and is not taken.
      if (!part.startsWith('Issuing')) return;
      next ??= readCounter(inFolder('cold.counter')).next;
      second = String(spawnSync(process.execPath, [program, ...issuing('other.cert')]).stderr);
    },
  });
  expect([first.code, next]).toEqual([0, 4n]);
  expect(readCertificate(inFolder('new.cert')).certificate.sequenceNumber).toBe(4n);
  expect(second).toMatch(/cold\.counter\.evolock-lock: .*\(process \d+\)/);
  expect(existsSync(inFolder('other.cert'))).toBe(false);
});

const otherKey = new URL('../support/processes/other-key.mjs', import.meta.url).href;

test('a key that another program puts in the place of the file meanwhile is kept', async () => {
  const [path, other] = [inFolder('kes.skey'), inFolder('other.skey')];
  makeKey(path);
  makeOtherKey(other);
  const text = readFileSync(other, 'utf8');
  const { code, stdout, stderr } = await kesProcess(['evolve', path, '--to', '5', '--leave-node'], {
    node: ['--import', otherKey],
    environment: { KES_TEST_AT: '.evolock-new', KES_TEST_KEY: path, KES_TEST_OTHER: other },
  });
  expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
  expect(stderr.startsWith(`kes: error: ${path}: it was changed`)).toBe(true);
  expect(readFileSync(path, 'utf8')).toBe(text);
  expect(readdirSync(inFolder())).toEqual(['kes.skey']);
});

// Other pairs are those of `kes rotate`.
test('kes cold keygen: the key is whole or absent, the other files can be made of it, and no second name is left', async () => {
  const [skey, vkey, counter] = [inFolder('cold.skey'), inFolder('vkey'), inFolder('counter')];
  const make = ['cold', 'keygen', '--skey', skey, '--vkey', vkey, '--counter', counter];
  const emptyFolder = () => {
    for (const name of readdirSync(inFolder())) rmSync(inFolder(name));
  };
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

test('kes opcert issue: when the certificate cannot be written, the message names the number and the next step', async () => {
  makePool(inFolder());
  const issue = issuing('new.cert');
  // Only a complete certificate is truncated to its length.
  const { code, stderr } = await endOf(issue, 'ftruncateSync', 'EIO');
  expect(code).toBe(3);
  expect(stderr).toMatch(
    /^kes: error: .*new\.cert.*number 4 is used up.*number: kes opcert issue .*--reuse-number 4\n$/,
  );
  expect(readCounter(inFolder('cold.counter')).next).toBe(5n);
  const again = await kes([...issue, '--reuse-number', '4']);
  expect(again).toMatchObject({ code: 0, stderr: '' });
  expect(readCertificate(inFolder('new.cert')).certificate.sequenceNumber).toBe(4n);
  expect(readCounter(inFolder('cold.counter')).next).toBe(5n);
  expect(leftovers()).toEqual([]);
});
