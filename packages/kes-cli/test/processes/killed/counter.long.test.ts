/** `kes counter set`, killed at any call to the file system, leaves the old or the new counter. */
import { once } from 'node:events';
import { readdirSync, rmSync } from 'node:fs';
import { readCounter } from '@evolock/cardano-kes';
import { expect, test } from 'vitest';
import { makeColdKey } from '../../support/files.js';
import { inFolder } from '../../support/folder.js';
import { kes } from '../../support/kes.js';
import { startRun } from '../../support/processes/stopped-run.js';

test('killed at any call, the counter is the old or the new one, and the next run succeeds', async () => {
  const path = inFolder('cold.counter');
  const set = ['counter', 'set', path, '--next', '1', '--force'];
  const seen = new Set<bigint>();
  for (let call = 1, isKilled = true; isKilled; call += 1) {
    for (const name of readdirSync(inFolder())) rmSync(inFolder(name));
    makeColdKey(inFolder());
    const child = startRun(set, call, 'SIGKILL');
    for (const stream of child.stdio) stream?.on('data', () => undefined);
    const [, signal] = (await once(child, 'close')) as [unknown, NodeJS.Signals | null];
    isKilled = signal === 'SIGKILL';
    seen.add(readCounter(path).next);
    expect(await kes(set)).toMatchObject({ code: 0, stderr: '' });
    expect(readCounter(path).next).toBe(1n);
    expect(readdirSync(inFolder()).filter((name) => name.startsWith('.'))).toEqual([]);
  }
  expect(seen).toEqual(new Set([3n, 1n]));
});
