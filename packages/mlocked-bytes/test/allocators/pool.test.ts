import { expect, test } from 'vitest';
import { MLockedBytes, PooledAllocator } from '../../src/index.js';
import { unsoundMemory } from '../../src/unsound.js';

const MAX_RESERVE = 1_048_576;
const MAX_SLAB = 16 * 4_096;

/** Many live objects of one size. */
function many(pool: PooledAllocator, count: number, size: number): MLockedBytes[] {
  return Array.from({ length: count }, () => MLockedBytes.newZeroed(size, { allocator: pool }));
}

test.each([
  ['in order', (values: MLockedBytes[]) => values],
  ['in reverse', (values: MLockedBytes[]) => values.toReversed()],
  [
    'in a mixed order',
    (values: MLockedBytes[]) => values.map((_, index) => values[(index * 7_919) % values.length]!),
  ],
])('a pool whose objects are released %s keeps its reserve and no more', (_name, ordered) => {
  const pool = new PooledAllocator();
  const values = many(pool, 20_000, 128);
  const full = pool.usage();
  expect(full.liveSlots).toBe(20_000);
  expect(full.regions).toBeLessThan(50);
  expect(full.size / (20_000 * 128)).toBeLessThan(1.05);
  for (const value of ordered(values)) value.release();
  const kept = pool.usage();
  expect(kept.liveSlots).toBe(0);
  expect(kept.size).toBeLessThanOrEqual(MAX_RESERVE + MAX_SLAB);
  pool.trim();
  pool.trim();
  expect(pool.usage().size).toBeLessThanOrEqual(MAX_SLAB);
  // It can be used afterwards.
  for (const value of many(pool, 3_000, 128)) value.release();
});

test('the reserve of one size serves another without a new region', () => {
  const pool = new PooledAllocator();
  for (const value of many(pool, 3_000, 128)) value.release();
  const { regions } = pool.usage();
  expect(regions).toBeGreaterThan(2);
  const values = many(pool, 100, 512);
  expect(pool.usage().regions).toBe(regions);
  for (const value of values) value.release();
});

test('a second release of a slot does nothing, also after its region was given to the kernel', () => {
  const pool = new PooledAllocator();
  const slots = Array.from({ length: 3_000 }, () => pool.allocate(128));
  slots[0]!.release();
  const next = pool.allocate(128);
  next.unsoundBytes.fill(7);
  slots[0]!.release();
  expect(next.unsoundBytes.every((byte) => byte === 7)).toBe(true);
  expect(pool.allocate(128).unsoundBytes.byteOffset).not.toBe(next.unsoundBytes.byteOffset);
  expect(pool.usage().liveSlots).toBe(3_001);
  for (const slot of slots) slot.release();
  pool.trim();
  const usage = pool.usage();
  for (const slot of slots) slot.release();
  expect(pool.usage()).toEqual(usage);
});

test('pools have no region in common', () => {
  const pools = [new PooledAllocator(), new PooledAllocator()];
  const values = pools.map((pool) => MLockedBytes.newZeroed(32, { allocator: pool }));
  const [left, right] = values.map((value) => unsoundMemory(value).buffer);
  expect(left).not.toBe(right);
  expect(pools.map((pool) => pool.usage().regions)).toEqual([1, 1]);
  for (const value of values) value.release();
});
