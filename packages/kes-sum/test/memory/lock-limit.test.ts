import { keyFrom, keyOf, serialised } from '@evolock/test-keys';
import { RecordingAllocator, seedOf } from '@evolock/test-support';
import { describe, expect, test } from 'vitest';
import { pooledAllocator } from '../../src/index.js';
import { evolving, periodsOf } from '../algorithms.js';

/** Runs a function while every allocation of locked memory fails. */
function atTheLimit(run: () => void): void {
  const fromPool = pooledAllocator.allocate;
  const exhausted = new RecordingAllocator(pooledAllocator).failFrom(0);
  pooledAllocator.allocate = (size) => exhausted.allocate(size);
  try {
    run();
  } finally {
    pooledAllocator.allocate = fromPool;
  }
}

describe.each(evolving)('$name', (algorithm) => {
  test('evolves, signs, verifies and is serialised at the lock limit, to the last period', () => {
    const allocator = new RecordingAllocator(pooledAllocator);
    using other = keyOf(algorithm, seedOf(9));
    using key = keyOf(algorithm, seedOf(9), { allocator });
    allocator.failFrom(0);
    const message = Uint8Array.of(1);
    const root = key.deriveVerificationKey();
    for (const period of periodsOf(algorithm)) {
      if (period > 0) other.update();
      const expected = serialised(other);
      atTheLimit(() => {
        if (period > 0) key.update();
        expect(serialised(key)).toEqual(expected);
        expect(algorithm.verify(root, period, message, key.sign(message))).toBe(true);
      });
    }
  });

  test('evolves a key that was read, at the lock limit', () => {
    const allocator = new RecordingAllocator(pooledAllocator);
    using original = keyOf(algorithm, seedOf(9));
    using key = keyFrom(algorithm, serialised(original), { allocator });
    allocator.failFrom(0);
    atTheLimit(() => {
      while (key.period + 1 < algorithm.totalPeriods) key.update();
    });
    expect(allocator.allocations).toBe(1);
  });
});
