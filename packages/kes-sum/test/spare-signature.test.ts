import { keyAt, keyOf } from '@evolock/test-keys';
import { seedOf, toyDsign } from '@evolock/test-support';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { KeyBusyError, type KesSigningKey } from '../src/index.js';
import { freshAlgorithm, small } from './algorithms.js';

const message = Uint8Array.of(1, 2, 3);
const KEYS = 3;

// A key that moves on takes the spare signature of its algorithm, and leaves its old one behind as the next spare.
describe.each(small)('$name', (algorithm) => {
  test('keys that move on in turn, in any order, sign as each would alone', () => {
    const last = algorithm.totalPeriods - 1;
    const alone = Array.from({ length: KEYS }, (_, number) =>
      Array.from({ length: last + 1 }, (_, period) => {
        using key = keyAt(algorithm, seedOf(number), period);
        return key.sign(message);
      }),
    );
    const step = fc.record({ number: fc.nat(KEYS - 1), by: fc.integer({ min: 1, max: 3 }) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), fc.boolean(), (steps, asClone) => {
        const keys = alone.map((_, number) => keyOf(algorithm, seedOf(number)));
        const left: KesSigningKey[] = [];
        for (const { number, by } of steps) {
          if (asClone) {
            left.push(keys[number]!);
            keys[number] = keys[number]!.clone();
          }
          const key = keys[number]!;
          key.updateTo(Math.min(last, key.period + by));
          for (const [other, { period }] of keys.entries()) {
            expect(keys[other]!.sign(message)).toEqual(alone[other]![period]);
          }
        }
        for (const key of [...keys, ...left]) key.release();
      }),
      { numRuns: 20 },
    );
  });
});

describe.each(['sum', 'compact'] as const)('%s', (variant) => {
  test('a leaf scheme that moves another key on in the midst of a step is refused, and harms neither', () => {
    let other: KesSigningKey | undefined;
    const refusals: unknown[] = [];
    const dsign = toyDsign((operation) => {
      const key = other;
      if (operation !== 'generate' || key === undefined) return;
      other = undefined;
      try {
        key.updateTo(key.algorithm.totalPeriods - 1);
      } catch (error) {
        refusals.push(error);
      }
    });
    const algorithm = freshAlgorithm(variant, 3, dsign);
    using undisturbed = keyOf(algorithm, seedOf(1));
    using key = keyOf(algorithm, seedOf(1));
    using bystander = keyAt(algorithm, seedOf(2), 2);
    const before = bystander.sign(message);
    for (let period = 1; period < algorithm.totalPeriods; period += 1) {
      undisturbed.update();
      other = bystander;
      key.update();
      expect(key.sign(message)).toEqual(undisturbed.sign(message));
      expect(bystander.sign(message)).toEqual(before);
    }
    expect(refusals).toHaveLength(algorithm.totalPeriods - 1);
    expect(refusals.every((error) => error instanceof KeyBusyError)).toBe(true);
  });
});
