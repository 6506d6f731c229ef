import { directDeserialiseBufChecked } from '@evolock/direct-serialise';
import { MLockedSeed } from '@evolock/kes-single';
import { codeOf, seedOf, serialised } from '@evolock/test-support';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compactSumKesOfDepth, ed25519, sumKesOfDepth, type KesAlgorithm } from '../src/index.js';
import { unsoundUnchecked } from '../src/unsound.js';

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
      sumKesOfDepth(ed25519, DEPTH).generateKey(seed, { keptLevels: keptLevels as never });
    expect(codeOf(make)).toBe(code);
  }
});
