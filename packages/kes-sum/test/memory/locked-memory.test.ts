// What locked memory a key and its operations take: one slot of the given allocator for each key, and one mapping of scratch
// memory for the algorithm.
import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { keyFrom, keyOf, serialised } from '@evolock/test-keys';
import { RecordingAllocator, seedOf, slotsOf } from '@evolock/test-support';
import { describe, expect, test } from 'vitest';
import { mappingAllocator, MLockedSeed, PooledAllocator, pooledAllocator } from '../../src/all.js';
import { algorithms, evolving, freshAlgorithm, periodsOf, variants } from '../algorithms.js';

const message = Uint8Array.of(1);

/** Runs a function while every allocation of locked memory fails. */
function atTheLimit(run: () => void): void {
  slotsOf(pooledAllocator, run, new RecordingAllocator(pooledAllocator).failFrom(0));
}

test.each(algorithms)('a key of $name takes one slot, and its steps take none', (algorithm) => {
  using seed = MLockedSeed.fromBytes(seedOf(1));
  using same = MLockedSeed.fromBytes(seedOf(1));
  algorithm.generateKey(seed).release();
  const pool = new PooledAllocator();
  const mapped = slotsOf(mappingAllocator, () => {
    using key = algorithm.generateKey(seed, { allocator: pool });
    using clone = key.clone({ allocator: pool });
    using read = keyFrom(algorithm, serialised(key), { allocator: pool });
    for (const each of [key, clone, read]) each.updateTo(algorithm.totalPeriods - 1);
    expect(pool.usage().liveSlots).toBe(3);
  });
  expect(mapped.slots).toEqual([]);
  expect(seed.equals(same)).toBe(true);
});

describe.each(evolving)('$name', (algorithm) => {
  test('evolves, signs, verifies and is serialised at the lock limit, to the last period', () => {
    const allocator = new RecordingAllocator(pooledAllocator);
    using other = keyOf(algorithm, seedOf(9));
    using key = keyOf(algorithm, seedOf(9), { allocator });
    using read = keyFrom(algorithm, serialised(key), { allocator });
    allocator.failFrom(0);
    const root = key.deriveVerificationKey();
    for (const period of periodsOf(algorithm)) {
      if (period > 0) other.update();
      const expected = serialised(other);
      atTheLimit(() => {
        for (const each of [key, read]) {
          if (period > 0) each.update();
          expect(serialised(each)).toEqual(expected);
          expect(algorithm.verify(root, period, message, each.sign(message))).toBe(true);
        }
      });
    }
  });
});

describe.each(variants)('%s: scratch memory', (variant) => {
  test('is one mapping of the stated size, made once, and zero after every operation', () => {
    const algorithm = freshAlgorithm(variant, 3);
    const options = { allocator: new PooledAllocator() };
    const scratch = slotsOf(mappingAllocator, () => keyOf(algorithm, seedOf(1), options).release());
    const sizes = scratch.slots.map(({ size }) => size);
    // And a seed, which is there while a key is made.
    expect([...sizes, algorithm.seedSize]).toEqual(algorithm.scratchSizes);
    const expectZero = (after: string) => {
      const isZero = scratch.slots.every(({ bytes }) => bytes.every((byte) => byte === 0));
      expect(isZero, after).toBe(true);
    };
    expectZero('generating and releasing');
    const more = slotsOf(mappingAllocator, () => {
      using key = keyOf(algorithm, seedOf(1), options);
      expectZero('generating');
      for (const period of periodsOf(algorithm).slice(1)) {
        key.update();
        expectZero(`the update to period ${period}`);
        const bytes = serialised(key);
        expectZero(`serialising at period ${period}`);
        keyFrom(algorithm, bytes, options).release();
        expectZero(`reading at period ${period}`);
      }
      key.clone(options).release();
      expectZero('cloning');
      const damaged = serialised(key);
      damaged[70]! ^= 1;
      expect(() => keyFrom(algorithm, damaged, options)).toThrow('is not consistent');
      expectZero('a read that was refused');
    });
    expect(more.slots).toEqual([]);
  });

  test('is not needed for verification', () => {
    const algorithm = freshAlgorithm(variant, 2);
    const { slots } = slotsOf(mappingAllocator, () => {
      const signature = new Uint8Array(algorithm.signatureSize);
      algorithm.verify(new Uint8Array(32), 0, message, signature);
    });
    expect(slots).toEqual([]);
  });
});

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

const ALGORITHMS = 20;

function makeAndLoseAlgorithms(): void {
  for (let count = 0; count < ALGORITHMS; count += 1) {
    keyOf(freshAlgorithm('sum', 1), seedOf(1)).release();
  }
}

test('the locked memory of an algorithm is released when the algorithm is collected', async () => {
  const log = slotsOf(mappingAllocator, makeAndLoseAlgorithms);
  expect(log.live).toBe(ALGORITHMS);
  for (let turn = 0; turn < 50 && log.live > 0; turn += 1) {
    collect();
    await setImmediate();
  }
  expect(log.live).toBe(0);
});
