import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { keyOf } from '@evolock/test-keys';
import { seedOf } from '@evolock/test-support';
import { expect, test } from 'vitest';
import { compactSumKesOfDepth, ed25519, sumKesOfDepth, type KesAlgorithm } from '../src/index.js';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

const DEPTH = 5;
/** So many that a buffer of somebody else's is little in comparison. */
const KEYS = 60;
const PATH = 64 * DEPTH;

/** Bytes outside locked memory, of everything that is larger than a public key: those lie among the objects. */
async function ordinaryBytes(): Promise<number> {
  for (let turn = 0; turn < 2; turn += 1) {
    collect();
    await setImmediate();
  }
  return process.memoryUsage().arrayBuffers;
}

/** What one key keeps, when it was made and when it has moved on to a period. */
async function keptBytes(algorithm: KesAlgorithm, keptLevels: number, period: number) {
  const before = await ordinaryBytes();
  const keys = Array.from({ length: KEYS }, () => keyOf(algorithm, seedOf(1), { keptLevels }));
  const made = await ordinaryBytes();
  for (const key of keys) key.updateTo(period);
  const moved = await ordinaryBytes();
  for (const key of keys) key.release();
  return [(made - before) / KEYS, (moved - before) / KEYS] as const;
}

test.each([
  // The tail of a sum signature is the path.
  ['sum', sumKesOfDepth(ed25519, DEPTH) as KesAlgorithm, 0],
  ['compact', compactSumKesOfDepth(ed25519, DEPTH) as KesAlgorithm, PATH],
])(
  'a %s key keeps its signature, the table of the levels that it was told, and its path once',
  async (_name, algorithm, pathBytes) => {
    await keptBytes(algorithm, 0, 1);
    for (const keptLevels of [0, 2, DEPTH]) {
      const isWhole = keptLevels === DEPTH;
      const expected =
        algorithm.signatureSize + 64 * (2 ** keptLevels - 1) + (isWhole ? 0 : pathBytes);
      for (const bytes of await keptBytes(algorithm, keptLevels, 20)) {
        expect(Math.abs(bytes - expected), `${keptLevels} levels`).toBeLessThan(PATH / 2);
      }
    }
  },
);

test.each([DEPTH, 4])(
  'a clone has the table of the %i levels that it keeps in common with its key, also when both have moved on',
  async (keptLevels) => {
    const algorithm = sumKesOfDepth(ed25519, DEPTH) as KesAlgorithm;
    using key = keyOf(algorithm, seedOf(1), { keptLevels });
    key.clone().release();
    const before = await ordinaryBytes();
    const clones = Array.from({ length: KEYS }, () => key.clone());
    for (const each of [key, ...clones]) each.updateTo(5);
    const bytes = ((await ordinaryBytes()) - before) / KEYS;
    for (const clone of clones) clone.release();
    expect(Math.abs(bytes - algorithm.signatureSize)).toBeLessThan(PATH / 2);
  },
);
