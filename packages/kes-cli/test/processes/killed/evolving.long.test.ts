/** `kes evolve`, killed at any call, leaves a whole key: the old one or the new one. */
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { makeKey, periodOf } from '../../support/files.js';
import { inFolder } from '../../support/folder.js';
import { evolve, type Interruption } from '../../support/processes/stopped-run.js';

/** Restores the folder: the old key and nothing else. */
function putBack(path: string, old: Uint8Array): void {
  for (const name of readdirSync(inFolder())) rmSync(inFolder(name));
  writeFileSync(path, old, { mode: 0o600 });
}

test('a whole key remains, killed before any call and in the middle of any write', async () => {
  const path = inFolder('kes.skey');
  const verificationKey = makeKey(path);
  const old = readFileSync(path);
  const calls: string[] = [];
  const periods: number[] = [];
  const killed = async (call: number, interruption: Interruption): Promise<string | undefined> => {
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
