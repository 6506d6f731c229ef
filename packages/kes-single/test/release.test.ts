import { describeReleasedKeys, keyOf } from '@evolock/test-keys';
import { RecordingAllocator, seedOf } from '@evolock/test-support';
import { expect, test } from 'vitest';
import { pooledAllocator } from '../src/index.js';
import { algorithms } from './algorithms.js';

describeReleasedKeys(algorithms, pooledAllocator);

test.each(algorithms)('the locked memory of a $name key begins with its seed', (algorithm) => {
  const allocator = new RecordingAllocator(pooledAllocator);
  using key = keyOf(algorithm, seedOf(1), { allocator });
  expect(key.released).toBe(false);
  expect(new Uint8Array(allocator.slots[0]!.bytes.subarray(0, 32))).toEqual(seedOf(1));
});
