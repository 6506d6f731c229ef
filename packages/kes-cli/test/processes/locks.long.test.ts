/** Two runs on one key file exclude each other. No run replaces a file that another program put in its place. */
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { waitUntilStopped } from '@evolock/memory-scan';
import { describe, expect, test } from 'vitest';
import { makeKey, makeOtherKey, periodOf } from '../support/files.js';
import { inFolder } from '@evolock/command-line/testing/folder';
import { kesProcess } from '../support/processes/process.js';
import { startRun } from '../support/processes/interruptions.js';

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
      await waitUntilStopped(first.pid!, { timeout: 30_000 });
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
