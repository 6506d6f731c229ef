import { serialised } from '@evolock/test-keys';
import { codeOf, RecordingAllocator, seedOf } from '@evolock/test-support';
import { expect, test } from 'vitest';
import {
  mappingAllocator,
  MLockedSeed,
  PooledAllocator,
  pooledAllocator,
} from '../../src/index.js';
import { freshAlgorithm } from '../algorithms.js';

// The process has made no key yet, so this test reserves the benches: one for expansions, which all algorithms share, one
// for the algorithm and one for its blocks. It has to be the first test of its file.
test('no memory is lost when an allocation of a bench fails, and the next generation succeeds', () => {
  const algorithm = freshAlgorithm('sum', 2);
  const pool = new PooledAllocator();
  using seed = MLockedSeed.fromBytes(seedOf(1), { allocator: pool });
  const { allocate } = mappingAllocator;
  const benches = new RecordingAllocator({ allocate: allocate.bind(mappingAllocator) });
  mappingAllocator.allocate = (size, alignment) => benches.allocate(size, alignment);
  const firstKey = () => codeOf(() => algorithm.generateKey(seed, { allocator: pool }).release());
  try {
    for (const n of [0, 0, 1, 1, 2, 2, 2]) {
      benches.failAt(n);
      expect([undefined, benches.refusal.code]).toContain(firstKey());
    }
    expect(firstKey()).toBe(undefined);
  } finally {
    mappingAllocator.allocate = allocate;
  }
  expect(benches.live).toBe(3);
  using key = algorithm.generateKey(seed, { allocator: pool });
  expect(serialised(key).byteLength).toBe(224);
});

test('verification needs no locked memory', () => {
  const algorithm = freshAlgorithm('compact', 2);
  const before = pooledAllocator.usage();
  expect(algorithm.verify(new Uint8Array(32), 0, new Uint8Array(), new Uint8Array(160))).toBe(
    false,
  );
  expect(pooledAllocator.usage()).toEqual(before);
});
