/** Evolving a key file is crash-safe: killed at any call, a whole key remains, the old or the new. */
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { inFolder } from './support/folder.js';
import { evolve, periodOf, type Meddling } from './support/stopped-run.js';
import { makeKey } from './support/test-key.js';

/** Puts the folder back: the old key and nothing else. */
function putBack(path: string, old: Uint8Array): void {
  for (const name of readdirSync(inFolder())) rmSync(inFolder(name));
  writeFileSync(path, old, { mode: 0o600 });
}

it(
  'leaves a whole key, the old or the new, killed before any call and in the middle of any writing',
  { timeout: 600_000 },
  async () => {
    const path = inFolder('kes.skey');
    const verificationKey = makeKey(path);
    const old = readFileSync(path);
    const calls: string[] = [];
    const periods: number[] = [];
    const killed = async (call: number, meddling: Meddling): Promise<string | undefined> => {
      putBack(path, old);
      const ending = await evolve(path, call, meddling);
      // A run with fewer calls than that comes to its end.
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
    // What has to be among them, or nothing was tested.
    for (const name of ['openSync', 'writeSync', 'fsyncSync', 'renameSync']) {
      expect(calls).toContain(name);
    }
    // Once it is the new key, it is never the old one again.
    expect(periods).toEqual([...periods].sort((a, b) => a - b));
    expect(new Set(periods)).toEqual(new Set([0, 5]));
  },
);

it('clears up what killed runs have left', async () => {
  const path = inFolder('kes.skey');
  const verificationKey = makeKey(path);
  // A lock and half a temporary file; then a lock and a whole one.
  for (const [call, meddling] of [
    ['fsyncSync', 'SIGKILL'],
    ['renameSync', 'SIGKILL'],
  ] as const) {
    const before = readdirSync(inFolder()).length;
    expect(await evolve(path, call, meddling)).toMatchObject({ signal: 'SIGKILL' });
    expect(readdirSync(inFolder()).length).toBeGreaterThanOrEqual(Math.max(before, 3));
  }
  expect(await evolve(path, 0, 'SIGKILL')).toMatchObject({ code: 0, stderr: '' });
  expect(periodOf(path, verificationKey)).toBe(5);
  expect(readdirSync(inFolder())).toEqual(['kes.skey']);
});
