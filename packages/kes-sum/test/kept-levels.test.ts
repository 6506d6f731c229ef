import { directDeserialiseBufChecked } from '@evolock/direct-serialise';
import { MLockedSeed } from '@evolock/kes-single';
import { keyFrom, keyOf, serialised } from '@evolock/test-keys';
import { codeOf, seedOf, toyDsign, wrongly } from '@evolock/test-support';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  compactSumKesOfDepth,
  ed25519,
  sumKesOfDepth,
  type KesAlgorithm,
  type KesSigningKey,
} from '../src/index.js';
import { completeSigningKey, unsoundUnchecked } from '../src/unsound.js';

const DEPTH = 5;
const families: readonly (readonly [string, KesAlgorithm])[] = [
  ['sum', sumKesOfDepth(ed25519, DEPTH)],
  ['compact', compactSumKesOfDepth(ed25519, DEPTH)],
];
const message = new TextEncoder().encode('message');

/** Any number of levels, more than there are included. */
const levels = fc.integer({ min: 0, max: DEPTH + 2 });
/** A way through a key's life: how far each step goes. */
const steps = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 12 });

describe.each(families)('%s', (_family, algorithm) => {
  test('what a key keeps of its tree changes nothing but its cost', () => {
    fc.assert(
      fc.property(levels, steps, fc.boolean(), (keptLevels, way, inOneStep) => {
        using seed = MLockedSeed.fromBytes(seedOf(3));
        using whole = algorithm.generateKey(seed);
        using key = algorithm.generateKey(seed, { keptLevels });
        for (const step of way) {
          const target = whole.period + step;
          if (target >= algorithm.totalPeriods) break;
          whole.updateTo(target);
          if (inOneStep) key.updateTo(target);
          else while (key.period < target) key.update();
          expect(serialised(key)).toEqual(serialised(whole));
          const signature = key.sign(message);
          expect(signature).toEqual(whole.sign(message));
          expect(algorithm.verify(key.deriveVerificationKey(), target, message, signature)).toBe(
            true,
          );
        }
      }),
      { numRuns: 40 },
    );
  });

  test('a key that was read keeps what it is told to, checked or not, and so does its clone', () => {
    fc.assert(
      fc.property(
        levels,
        fc.integer({ min: 0, max: algorithm.totalPeriods - 2 }),
        fc.boolean(),
        (keptLevels, period, checked) => {
          using seed = MLockedSeed.fromBytes(seedOf(4));
          using whole = algorithm.generateKey(seed);
          whole.updateTo(period);
          const bytes = serialised(whole);
          const type = checked ? algorithm : unsoundUnchecked(algorithm);
          using key = directDeserialiseBufChecked(bytes, type, { keptLevels });
          using clone = key.clone();
          expect(serialised(clone)).toEqual(bytes);
          for (let next = period + 1; next < algorithm.totalPeriods; next += 1) {
            whole.update();
            for (const one of [key, clone]) {
              one.update();
              expect(one.sign(message)).toEqual(whole.sign(message));
            }
          }
          expect(serialised(key)).toEqual(serialised(whole));
        },
      ),
      { numRuns: 20 },
    );
  });
});

test('levels are a number of levels', () => {
  using seed = MLockedSeed.newZeroed(32);
  for (const [keptLevels, code] of [
    [-1, 'ERR_EVOLOCK_ARGUMENT_VALUE'],
    [1.5, 'ERR_EVOLOCK_ARGUMENT_TYPE'],
    ['all', 'ERR_EVOLOCK_ARGUMENT_TYPE'],
    [null, 'ERR_EVOLOCK_ARGUMENT_TYPE'],
  ] as const) {
    const make = () =>
      sumKesOfDepth(ed25519, DEPTH).generateKey(seed, { keptLevels: wrongly(keptLevels) });
    expect(codeOf(make)).toBe(code);
  }
});

/** How many leaves an action makes. */
function counting(depth: number) {
  let leaves = 0;
  const dsign = toyDsign((operation) => {
    if (operation === 'generate') leaves += 1;
  });
  const leavesOf = (run: () => void) => {
    leaves = 0;
    run();
    return leaves;
  };
  return { algorithm: sumKesOfDepth(dsign, depth) as KesAlgorithm, leavesOf };
}

test('a step within what is kept costs one leaf; one that leaves it costs the subtree that it enters, and one', () => {
  const depth = 4;
  const { algorithm, leavesOf } = counting(depth);
  for (let keptLevels = 0; keptLevels <= depth + 1; keptLevels += 1) {
    using original = keyOf(algorithm, seedOf(6), { keptLevels });
    using read = keyFrom(algorithm, serialised(original), { keptLevels });
    using clone = read.clone();
    for (const key of [original, read, clone]) {
      while (key.period + 1 < algorithm.totalPeriods) {
        const level = Math.log2((key.period + 1) & -(key.period + 1));
        const stays = level < Math.max(1, keptLevels);
        const leaves = leavesOf(() => key.update());
        expect(leaves, `${keptLevels} levels, to period ${key.period}`).toBe(
          stays ? 1 : 2 ** level + 1,
        );
      }
    }
  }
});

test('a key is computed once when it is made, from its period on when it is read, and not again when it is checked', () => {
  const { algorithm, leavesOf } = counting(3);
  const live: KesSigningKey[] = [];
  expect(leavesOf(() => live.push(keyOf(algorithm, seedOf(6))))).toBe(8);
  const [original] = live as [KesSigningKey];
  original.updateTo(5);
  const bytes = serialised(original);
  expect(leavesOf(() => live.push(keyFrom(algorithm, bytes)))).toBe(2);
  const unchecked = unsoundUnchecked(algorithm);
  expect(leavesOf(() => live.push(directDeserialiseBufChecked(bytes, unchecked)))).toBe(0);
  expect(leavesOf(() => completeSigningKey(live[2]!))).toBe(2);
  for (const key of live) expect(leavesOf(() => completeSigningKey(key))).toBe(0);
  for (const key of live) expect(leavesOf(() => key.update())).toBe(1);
  for (const key of live) key.release();
});
