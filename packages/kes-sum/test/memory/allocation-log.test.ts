import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { keyFrom, keyOf, serialised } from '@evolock/test-keys';
import { RecordingAllocator, seedOf } from '@evolock/test-support';
import { describe, expect, test } from 'vitest';
import {
  mappingAllocator,
  MLockedSeed,
  PooledAllocator,
  pooledAllocator,
} from '../../src/index.js';
import { algorithms, freshAlgorithm } from '../algorithms.js';

describe.each(algorithms)('$name', (algorithm) => {
  const last = algorithm.totalPeriods - 1;

  test.each([
    ['generating a key', 0],
    ['one update', Math.min(1, last)],
    ['all updates', last],
  ])('frees and wipes everything after %s', (_, updates) => {
    const allocator = new RecordingAllocator(pooledAllocator);
    const key = keyOf(algorithm, seedOf(1), { allocator });
    for (let count = 0; count < updates; count += 1) key.update();
    expect(allocator.live).toBe(1);
    key.release();
    expect(allocator.live).toBe(0);
    expect(allocator.unwiped).toBe(0);
  });

  test('a key takes one slot, from the given allocator only', () => {
    const pool = new PooledAllocator();
    using seed = MLockedSeed.fromBytes(seedOf(1));
    using first = algorithm.generateKey(seed);
    const bytes = serialised(first);
    const fromPool = pooledAllocator.allocate;
    pooledAllocator.allocate = () => {
      throw new Error('the pool of the process was asked');
    };
    try {
      using key = algorithm.generateKey(seed, { allocator: pool });
      using clone = key.clone({ allocator: pool });
      using read = keyFrom(algorithm, bytes, { allocator: pool });
      if (last > 0) for (const each of [key, clone, read]) each.update();
      expect(pool.usage().liveSlots).toBe(3);
    } finally {
      pooledAllocator.allocate = fromPool;
    }
    expect(pool.usage().liveSlots).toBe(0);
  });

  test('generateKey leaves the seed alive and unchanged', () => {
    using seed = MLockedSeed.fromBytes(seedOf(1));
    using same = MLockedSeed.fromBytes(seedOf(1));
    using key = algorithm.generateKey(seed);
    expect(seed.equals(same)).toBe(true);
    seed.release();
    expect(key.released).toBe(false);
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
  const { allocate } = mappingAllocator;
  const log = new RecordingAllocator({ allocate: allocate.bind(mappingAllocator) });
  keyOf(freshAlgorithm('sum', 1), seedOf(1)).release();
  mappingAllocator.allocate = (size, alignment) => log.allocate(size, alignment);
  makeAndLoseAlgorithms();
  mappingAllocator.allocate = allocate;
  expect(log.live).toBe(ALGORITHMS);
  for (let turn = 0; turn < 50 && log.live > 0; turn += 1) {
    collect();
    await setImmediate();
  }
  expect(log.live).toBe(0);
});
