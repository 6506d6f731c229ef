import { keyAt, keyOf } from '@evolock/test-keys';
import { seedOf } from '@evolock/test-support';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { KesSigningKey } from '../../src/index.js';
import { small } from '../algorithms.js';

const message = Uint8Array.of(1, 2, 3);
const KEYS = 3;

// A key that evolves takes the spare signature of its algorithm; its old signature is the next spare.
describe.each(small)('$name', (algorithm) => {
  test('keys that evolve in any order sign as each does alone', () => {
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
