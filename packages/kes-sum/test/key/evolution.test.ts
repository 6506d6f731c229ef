import fc from 'fast-check';
import { unsoundMemory } from '@evolock/kes-single/unsound';
import { keyAt, keyOf, serialised } from '@evolock/test-keys';
import { codeOf, errorOf, seedOf, wrongly } from '@evolock/test-support';
import { describe, expect, test } from 'vitest';
import {
  ed25519,
  KesPeriodError,
  type KesSigningKey,
  LastPeriodError,
  sumKesOfDepth,
} from '../../src/all.js';
import { TreeGeometry } from '../../src/tree/tree-geometry.js';
import { algorithms, evolving, periodsOf } from '../algorithms.js';

const sum3Kes = sumKesOfDepth(3);

const message = Uint8Array.of(1, 2, 3);

describe.each(algorithms)('$name', (algorithm) => {
  const last = algorithm.totalPeriods - 1;

  test('updateTo tells an expired key from a clock that went back, and leaves the key unchanged', () => {
    const here = Math.ceil(last / 2);
    using key = keyAt(algorithm, seedOf(1), here);
    const bytes = serialised(key);
    const refused = [
      ['ERR_EVOLOCK_KES_PAST_PERIOD', [-1, here - 1]],
      ['ERR_EVOLOCK_KES_EXPIRED', [last + 1, 2 ** 31, 2 ** 32 + here, 1e300]],
    ] as const;
    for (const [code, periods] of refused) {
      for (const period of periods) {
        const error = errorOf(() => key.updateTo(period));
        expect(error).toBeInstanceOf(KesPeriodError);
        expect(error).toMatchObject({ code, period });
      }
    }
    expect(codeOf(() => key.updateTo(0.5))).toBe('ERR_EVOLOCK_ARGUMENT_TYPE');
    expect(key.period).toBe(here);
    expect(serialised(key)).toEqual(bytes);
    key.updateTo(last);
    const error = errorOf(() => key.update());
    expect(error).toBeInstanceOf(LastPeriodError);
    expect(error).toMatchObject({ code: 'ERR_EVOLOCK_KES_LAST_PERIOD', period: last });
  });
});

const KEYS = 3;

const stateOf = (key: KesSigningKey) => [key.period, serialised(key), key.sign(message)];

// A key that evolves takes the spare signature of its algorithm; its old signature is the next spare.
test.each(evolving)('keys and clones of $name evolve in any order as if alone', (algorithm) => {
  const last = algorithm.totalPeriods - 1;
  const alone = Array.from({ length: KEYS }, (_, number) => {
    using key = keyOf(algorithm, seedOf(number));
    return periodsOf(algorithm).map((period) => {
      key.updateTo(period);
      return stateOf(key);
    });
  });
  // To the next leaf, and across the middle of a tree of any level.
  const by = fc.nat(algorithm.depth - 1).map((level) => 2 ** level);
  const step = fc.record({ number: fc.nat(KEYS - 1), by });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), fc.boolean(), (steps, asClone) => {
      const keys = alone.map((_, number) => keyOf(algorithm, seedOf(number)));
      const left: { readonly key: KesSigningKey; readonly state: unknown }[] = [];
      for (const { number, by } of steps) {
        if (asClone) {
          const key = keys[number]!;
          left.push({ key, state: stateOf(key) });
          keys[number] = key.clone();
        }
        const key = keys[number]!;
        key.updateTo(Math.min(last, key.period + by));
        for (const [other, { period }] of keys.entries()) {
          expect(stateOf(keys[other]!)).toEqual(alone[other]![period]);
        }
      }
      for (const { key, state } of left) {
        expect(stateOf(key)).toEqual(state);
        key.release();
      }
      for (const key of keys) key.release();
    }),
    { numRuns: 20 },
  );
});

const geometry = new TreeGeometry(ed25519, 3);

/** Each step uses the right seed of a level. Its leaf is in the left or the right half of the innermost level. */
const steps = [
  { period: 0, level: 0, half: 'right' },
  { period: 1, level: 1, half: 'left' },
  { period: 2, level: 0, half: 'right' },
  { period: 3, level: 2, half: 'left' },
] as const;

test.each(steps)(
  'an update from period $period with a damaged seed names the $half half and leaves the key unchanged',
  ({ period, level, half }) => {
    using key = keyAt(sum3Kes, seedOf(3), period);
    unsoundMemory(wrongly(key))[geometry.levels[level]!.seedOffset]! ^= 1;
    const before = serialised(key);
    expect(errorOf(() => key.update())).toMatchObject({
      code: 'ERR_EVOLOCK_KES_INCONSISTENT_KEY',
      level: 1,
      half,
    });
    expect(key.period).toBe(period);
    expect(serialised(key)).toEqual(before);
  },
);
