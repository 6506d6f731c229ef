/** Two runs on one key file exclude each other; a lock that a killed run left is recognised as stale. */
import { once } from 'node:events';
import {
  existsSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
  mkdirSync,
} from 'node:fs';
import { join } from 'node:path';
import { waitUntilStopped } from '@evolock/memory-scan';
import { describe, expect, it } from 'vitest';
import { lockPlaceOf } from '../src/files/key-lock.js';
import { inFolder } from './support/folder.js';
import { kes } from './support/kes.js';
import { periodOf, startRun } from './support/stopped-run.js';
import { makeKey } from './support/test-key.js';

function locksIn(path: string): string[] {
  const { folder, name } = lockPlaceOf(path);
  return readdirSync(folder)
    .filter((file) => file.startsWith(`${name}#`))
    .map((file) => join(folder, file));
}

describe.runIf(process.platform === 'linux')('a run that holds the lock', () => {
  it('makes another fail at once, which says who holds it', async () => {
    const path = inFolder('kes.skey');
    const verificationKey = makeKey(path);
    const first = startRun(['evolve', path, '--to', '5'], 'renameSync', 'SIGSTOP');
    try {
      await waitUntilStopped(first.pid!, { timeout: 30_000 });
      expect(locksIn(path)).toHaveLength(1);
      const second = await kes(['evolve', path, '--to', '7']);
      expect(second).toMatchObject({ code: 3, stdout: '' });
      expect(second.stderr).toBe(
        `kes: error: ${path}: another run of kes (process ${first.pid}) is changing it: wait until it has finished\n`,
      );
      expect(periodOf(path, verificationKey)).toBe(0);
      // Another way to the same file is no way around the lock.
      mkdirSync(inFolder('other'));
      symlinkSync(inFolder(), inFolder('other', 'way'));
      const around = await kes(['evolve', inFolder('other', 'way', 'kes.skey'), '--to', '7']);
      expect(around.code).toBe(3);
      first.kill('SIGCONT');
      await once(first, 'close');
      expect(periodOf(path, verificationKey)).toBe(5);
      expect(locksIn(path)).toEqual([]);
    } finally {
      first.kill('SIGKILL');
    }
  });
});

it('of many runs at once each evolves the key or says why not, and the key is whole', async () => {
  const path = inFolder('kes.skey');
  const verificationKey = makeKey(path);
  const targets = [3, 9, 12, 27, 40, 63];
  const runs = await Promise.all(targets.map((to) => kes(['evolve', path, '--to', String(to)])));
  // Another run held the lock, or had taken the key further already.
  for (const { code, stderr } of runs) {
    if (code !== 0) expect(stderr).toMatch(/another run of kes|cannot go back/);
  }
  const reached = targets.filter((_to, index) => runs[index]?.code === 0);
  expect(periodOf(path, verificationKey)).toBe(Math.max(0, ...reached));
  expect(readdirSync(inFolder())).toEqual(['kes.skey']);
});

describe('a lock that was left', () => {
  /** Leaves the lock of a process, which began at some time. */
  function leave(path: string, pid: number, began: string): string {
    const { folder, name } = lockPlaceOf(path);
    const lock = join(folder, `${name}#${pid}.lock`);
    writeFileSync(lock, began);
    return lock;
  }

  it('by a process that has ended is stale', async () => {
    const path = inFolder('kes.skey');
    const verificationKey = makeKey(path);
    // Process ids end well below this one.
    const lock = leave(path, 4_194_999, 'Sun Mar  1 12:00:00 2026');
    expect(await kes(['evolve', path, '--to', '5'])).toMatchObject({ code: 0, stderr: '' });
    expect(periodOf(path, verificationKey)).toBe(5);
    expect(existsSync(lock)).toBe(false);
  });

  it('is stale where its process id is that of another process now, which began later', async () => {
    const path = inFolder('kes.skey');
    const verificationKey = makeKey(path);
    const lock = leave(path, process.pid, 'Sun Mar  1 12:00:00 2020');
    expect(await kes(['evolve', path, '--to', '5'])).toMatchObject({ code: 0, stderr: '' });
    expect(periodOf(path, verificationKey)).toBe(5);
    expect(existsSync(lock)).toBe(false);
  });

  it('is not stale while its process lives', async () => {
    const path = inFolder('kes.skey');
    const verificationKey = makeKey(path);
    const { LockFile } = await import('@rushstack/node-core-library/lib/LockFile');
    const { folder, name } = lockPlaceOf(path);
    const lock = LockFile.tryAcquire(folder, name);
    try {
      expect(readFileSync(lock!.filePath, 'utf8')).not.toBe('');
      const { code, stderr } = await kes(['evolve', path, '--to', '5']);
      expect(code).toBe(3);
      expect(stderr).toContain(`(process ${process.pid})`);
      expect(periodOf(path, verificationKey)).toBe(0);
    } finally {
      lock?.release();
    }
  });
});
