import { keyOf, serialised } from '@evolock/test-keys';
import { seedOf } from '@evolock/test-support';
import { describe, expect, test } from 'vitest';
import { LastPeriodError } from '../../src/index.js';
import { algorithms } from '../algorithms.js';

const message = Uint8Array.of(1, 2, 3);

describe.each(algorithms)('$name', (algorithm) => {
  test('a key evolves through 2^depth periods', () => {
    expect(algorithm.totalPeriods).toBe(2 ** algorithm.depth);
    using key = keyOf(algorithm, seedOf(1));
    for (let period = 0; period < algorithm.totalPeriods; period += 1) {
      if (period > 0) key.update();
      expect(key.period).toBe(period);
    }
  });

  test('a key has one verification key at every period', () => {
    using key = keyOf(algorithm, seedOf(1));
    const root = key.deriveVerificationKey();
    for (let period = 1; period < algorithm.totalPeriods; period += 1) {
      key.update();
      expect(key.deriveVerificationKey()).toEqual(root);
    }
  });

  test('refuses every update at the last period, and still signs', () => {
    using key = keyOf(algorithm, seedOf(1));
    while (key.period + 1 < algorithm.totalPeriods) key.update();
    const last = key.period;
    const bytes = serialised(key);
    const signature = key.sign(message);
    for (let attempt = 0; attempt < 3; attempt += 1) {
      let thrown: unknown;
      try {
        key.update();
      } catch (error) {
        thrown = error;
      }
      expect(thrown).toBeInstanceOf(LastPeriodError);
      expect(thrown).toMatchObject({ code: 'ERR_EVOLOCK_KES_LAST_PERIOD', period: last });
    }
    expect(key.period).toBe(last);
    expect(serialised(key)).toEqual(bytes);
    expect(key.sign(message)).toEqual(signature);
    expect(algorithm.verify(key.deriveVerificationKey(), last, message, signature)).toBe(true);
  });

  test('a clone evolves independently of its key', () => {
    using key = keyOf(algorithm, seedOf(1));
    for (let period = 0; period < algorithm.totalPeriods; period += 1) {
      using clone = key.clone();
      const bytes = serialised(key);
      expect(serialised(clone)).toEqual(bytes);
      expect(clone.sign(message)).toEqual(key.sign(message));
      if (period + 1 === algorithm.totalPeriods) return;
      key.update();
      expect(clone.period).toBe(period);
      expect(serialised(clone)).toEqual(bytes);
      clone.update();
      expect(serialised(clone)).toEqual(serialised(key));
      expect(clone.sign(message)).toEqual(key.sign(message));
    }
  });
});
