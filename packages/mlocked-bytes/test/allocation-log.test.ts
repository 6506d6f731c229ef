import { errorOf, wrongly } from '@evolock/test-support';
import { expect, test } from 'vitest';
import { mappingAllocator, MLockedBytes, PooledAllocator } from '../src/index.js';
import { AllocationLog, AllocationRefusedError } from '../src/testing.js';

test('a log records what is allocated and released, in order', () => {
  const log = new AllocationLog();
  const first = MLockedBytes.newZeroed(32, { allocator: log });
  const second = MLockedBytes.newZeroed(64, { allocator: log });
  first.release();
  first.release();
  expect([log.allocations, log.live]).toEqual([2, 1]);
  second.release();
  expect(log.live).toBe(0);
  expect(log.events).toEqual([
    { kind: 'allocate', allocation: 1, size: 32 },
    { kind: 'allocate', allocation: 2, size: 64 },
    { kind: 'release', allocation: 1, size: 32 },
    { kind: 'release', allocation: 2, size: 64 },
  ]);
});

test('a log refuses the allocation that it was told to, and all that follow', () => {
  const log = new AllocationLog({ refuse: 2 });
  const bytes = MLockedBytes.newZeroed(32, { allocator: log });
  for (let time = 0; time < 2; time += 1) {
    const error = errorOf(() => MLockedBytes.newZeroed(32, { allocator: log }));
    expect(error).toBeInstanceOf(AllocationRefusedError);
    expect(error['code']).toBe('ERR_EVOLOCK_ALLOCATION_REFUSED');
  }
  bytes.release();
  expect([log.allocations, log.live]).toEqual([3, 0]);
  expect(log.events.map(({ kind }) => kind)).toEqual(['allocate', 'refuse', 'refuse', 'release']);
});

test('a log takes its memory from the allocator underneath', () => {
  const pool = new PooledAllocator();
  const log = new AllocationLog({ allocator: pool });
  const bytes = MLockedBytes.newZeroed(32, { allocator: log });
  expect(pool.usage().liveSlots).toBe(1);
  bytes.release();
  expect(pool.usage().liveSlots).toBe(0);
});

test('a slot of a log that comes back twice came back once', () => {
  const log = new AllocationLog({ allocator: mappingAllocator });
  const slot = log.allocate(32);
  slot.release();
  slot.release();
  expect(log.live).toBe(0);
  expect(log.events).toHaveLength(2);
});

test('a log takes an allocator and the number of an allocation', () => {
  for (const allocator of [null, 7, {}]) {
    expect(errorOf(() => new AllocationLog(wrongly({ allocator })))).toMatchObject({
      code: 'ERR_EVOLOCK_ARGUMENT_TYPE',
      argument: 'allocator',
    });
  }
  for (const refuse of [0, -1, 1.5, NaN, '1']) {
    expect(errorOf(() => new AllocationLog(wrongly({ refuse })))).toMatchObject({
      argument: 'options.refuse',
    });
  }
});
