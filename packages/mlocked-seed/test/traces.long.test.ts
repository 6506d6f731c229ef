import { expect, test } from 'vitest';
import { mappingAllocator, pooledAllocator } from '@evolock/mlocked-bytes';
import { MLockedSeed } from '../src/index.js';
import { errorOf, RecordingAllocator } from '@evolock/test-support';
import {
  expansionCalls,
  prepareExpansions,
  reserveExpansion,
  runExpansions,
  wipeExpansion,
} from '../src/unsound.js';

const SECRET = 0x5e;

let region: Uint8Array | undefined;

/** The memory of the bench, the only mapping of this file. */
function benchRegion(): Uint8Array {
  const { allocate } = mappingAllocator;
  mappingAllocator.allocate = (size, alignment) => {
    const slot = allocate.call(mappingAllocator, size, alignment);
    region = slot.unsoundBytes;
    return slot;
  };
  try {
    reserveExpansion();
  } finally {
    mappingAllocator.allocate = allocate;
  }
  return region!;
}

test('an expansion leaves nothing of the seed or its children in the bench', () => {
  const region = benchRegion();
  const left = new Uint8Array(32);
  const right = new Uint8Array(32);
  const seed = new Uint8Array(64).fill(SECRET);
  runExpansions(prepareExpansions(expansionCalls(left, right, seed)));
  // The seed is there before the wipe: this is its memory.
  expect(region.filter((byte) => byte === SECRET).length).toBeGreaterThanOrEqual(64);
  wipeExpansion();
  expect(region.every((byte) => byte === 0)).toBe(true);
});

test('expand leaves nothing in the bench, also when it fails', () => {
  const region = benchRegion();
  const seed = MLockedSeed.fromBytes(new Uint8Array(64).fill(SECRET));
  const { left, right } = seed.expand();
  expect(region.every((byte) => byte === 0)).toBe(true);
  left.release();
  right.release();
  for (const refuse of [1, 2]) {
    errorOf(() =>
      seed.expand({ allocator: new RecordingAllocator(pooledAllocator).failFrom(refuse - 1) }),
    );
    expect(region.every((byte) => byte === 0)).toBe(true);
  }
  seed.release();
  expect(pooledAllocator.usage().liveSlots).toBe(0);
});

test('a wipe without an expansion does nothing', () => {
  wipeExpansion();
  wipeExpansion();
});
