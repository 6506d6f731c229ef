import { pooledAllocator } from '@evolock/mlocked-bytes';
import { codeOf, RecordingAllocator, seedOf } from '@evolock/test-support';
import { afterEach, expect, test, vi } from 'vitest';
import { MLockedSeed } from '../src/index.js';

afterEach(() => {
  vi.restoreAllMocks();
});

/** The call that takes most of the stack is the one that overwrites it: it throws first when there is too little. */
function exhaustStack(): void {
  const { apply } = Reflect;
  vi.spyOn(Reflect, 'apply').mockImplementation((target, self, given: ArrayLike<unknown>) => {
    if (given.length >= 1_024) throw new RangeError('Maximum call stack size exceeded');
    return apply(target as () => unknown, self, given) as unknown;
  });
}

test('children of an expansion that cannot be wiped for want of stack are released by the next operation', () => {
  const seed = MLockedSeed.fromBytes(seedOf(1));
  const allocator = new RecordingAllocator(pooledAllocator);
  exhaustStack();
  expect(codeOf(() => seed.expand({ allocator }))).toBeInstanceOf(RangeError);
  vi.restoreAllMocks();
  expect(allocator.slots).toHaveLength(2);
  seed.release();
  allocator.expectClean();
});
