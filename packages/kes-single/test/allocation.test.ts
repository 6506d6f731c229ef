import { keyFrom, keyOf, serialised } from '@evolock/test-keys';
import { errorOf, RecordingAllocator, seedOf } from '@evolock/test-support';
import { describe, expect, test } from 'vitest';
import { MLockedSeed, pooledAllocator, PooledAllocator } from '../src/index.js';
import { algorithms } from './algorithms.js';

describe.each(algorithms)('$name', (algorithm) => {
  /** Everything that allocates locked memory. Each operation releases its values. */
  const operations: [string, (allocator: RecordingAllocator) => void][] = [
    ['generateKey', (allocator) => keyOf(algorithm, seedOf(1), { allocator }).release()],
    [
      'directDeserialise',
      (allocator) => {
        using key = keyOf(algorithm, seedOf(1));
        keyFrom(algorithm, serialised(key), { allocator }).release();
      },
    ],
    [
      'clone',
      (allocator) => {
        using key = keyOf(algorithm, seedOf(1));
        key.clone({ allocator }).release();
      },
    ],
  ];

  test.each(operations)('%s releases and wipes every slot', (_, run) => {
    const allocator = new RecordingAllocator(pooledAllocator);
    run(allocator);
    expect(allocator.allocations).toBeGreaterThan(0);
    expect(allocator.live).toBe(0);
    expect(allocator.unwiped).toBe(0);
  });

  test.each(operations)('%s wipes everything when any of its allocations fails', (_, run) => {
    const log = new RecordingAllocator(pooledAllocator);
    run(log);
    for (let n = 0; n < log.allocations; n += 1) {
      const allocator = new RecordingAllocator(pooledAllocator).failAt(n);
      const before = pooledAllocator.usage().liveSlots;
      expect(
        errorOf(() => run(allocator)),
        `allocation ${n}`,
      ).toBe(allocator.refusal);
      expect(allocator.live).toBe(0);
      expect(allocator.unwiped).toBe(0);
      expect(pooledAllocator.usage().liveSlots).toBe(before);
    }
  });

  test('uses the given allocator only', () => {
    const pool = new PooledAllocator();
    using seed = MLockedSeed.fromBytes(seedOf(1));
    using key = algorithm.generateKey(seed);
    const bytes = serialised(key);
    const fromPool = pooledAllocator.allocate;
    pooledAllocator.allocate = () => {
      throw new Error('the pool of the process was asked');
    };
    try {
      algorithm.generateKey(seed, { allocator: pool }).release();
      keyFrom(algorithm, bytes, { allocator: pool }).release();
      key.clone({ allocator: pool }).release();
    } finally {
      pooledAllocator.allocate = fromPool;
    }
    expect(pool.usage().regions).toBeGreaterThan(0);
    expect(pool.usage().liveSlots).toBe(0);
  });

  test('wipes everything when the pull throws, and throws its error', () => {
    const allocator = new RecordingAllocator(pooledAllocator);
    const broken = new Error('broken pipe');
    const pull = (block: Uint8Array) => {
      block.fill(1);
      throw broken;
    };
    expect(() => algorithm.directDeserialise(pull, { allocator })).toThrow(broken);
    expect(allocator.slots.length).toBeGreaterThan(0);
    expect(allocator.live).toBe(0);
    expect(allocator.unwiped).toBe(0);
  });
});
