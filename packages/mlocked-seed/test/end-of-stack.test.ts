import { pooledAllocator } from '@evolock/mlocked-bytes';
import { codeOf, RecordingAllocator, seedOf } from '@evolock/test-support';
import { afterEach, expect, test, vi } from 'vitest';
import { MLockedSeed } from '../src/index.js';

afterEach(() => {
  vi.restoreAllMocks();
});

/** The call that overwrites the stack takes most of it, and throws first when there is too little. */
function exhaustStack(): void {
  const { apply } = Reflect;
  vi.spyOn(Reflect, 'apply').mockImplementation((target, self, given: ArrayLike<unknown>) => {
    if (given.length >= 1_024) throw new RangeError('Maximum call stack size exceeded');
    return apply(target as () => unknown, self, given) as unknown;
  });
}

test('the next operation releases the children of an expansion that an exhausted stack has ended', () => {
  const seed = MLockedSeed.fromBytes(seedOf(1));
  const allocator = new RecordingAllocator(pooledAllocator);
  exhaustStack();
  expect(codeOf(() => seed.expand({ allocator }))).toBeInstanceOf(RangeError);
  vi.restoreAllMocks();
  expect(allocator.slots).toHaveLength(2);
  seed.release();
  allocator.expectClean();
});
