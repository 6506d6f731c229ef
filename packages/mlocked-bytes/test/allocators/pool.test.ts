import { expect, test } from 'vitest';
import { MLockedBytes, PooledAllocator } from '../../src/index.js';
import { unsoundMemory } from '../../src/unsound.js';

const MAX_RESERVE = 1_048_576;
const MAX_SLAB = 16 * 4_096;

test('100,000 synchronous cycles do not change the regions of a pool', () => {
  const pool = new PooledAllocator();
  const sizes = [32, 64, 100, 256, 512, 608, 1_024, 2_048];
  const cycle = (size: number) => {
    MLockedBytes.newZeroed(size, { allocator: pool }).release();
  };
  sizes.forEach(cycle);
  const before = pool.usage();
  for (let index = 0; index < 100_000; index += 1) cycle(sizes[index % sizes.length]!);
  expect(pool.usage()).toEqual(before);
  expect(before.liveSlots).toBe(0);
  expect(before.regions).toBeLessThanOrEqual(sizes.length);
});

/** Many live objects of one size. */
function many(pool: PooledAllocator, count: number, size: number): MLockedBytes[] {
  return Array.from({ length: count }, () => MLockedBytes.newZeroed(size, { allocator: pool }));
}

test('many objects share few regions', () => {
  const pool = new PooledAllocator();
  const values = many(pool, 10_000, 256);
  expect(pool.usage().liveSlots).toBe(10_000);
  expect(pool.usage().regions).toBeLessThan(50);
  expect(pool.usage().size).toBeLessThan(10_000 * 256 * 1.05);
  for (const value of values) value.release();
});

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
  expect(full.size).toBeGreaterThan(20_000 * 128);
  for (const value of ordered(values)) value.release();
  expect(values.every((value) => value.released)).toBe(true);
  const kept = pool.usage();
  expect(kept.liveSlots).toBe(0);
  expect(kept.size).toBeLessThanOrEqual(MAX_RESERVE + MAX_SLAB);
  pool.trim();
  const trimmed = pool.usage();
  expect(trimmed.regions).toBeLessThanOrEqual(1);
  expect(trimmed.size).toBeLessThanOrEqual(MAX_SLAB);
});

test('the reserve of one size serves another without a new region', () => {
  const pool = new PooledAllocator();
  for (const value of many(pool, 3_000, 128)) value.release();
  const before = pool.usage();
  expect(before.regions).toBeGreaterThan(2);
  const values = many(pool, 100, 512);
  expect(pool.usage().regions).toBe(before.regions);
  for (const value of values) {
    expect(unsoundMemory(value).every((byte) => byte === 0)).toBe(true);
    value.release();
  }
});

test('trim keeps what is alive', () => {
  const pool = new PooledAllocator();
  const values = many(pool, 3_000, 128);
  values.forEach((value, index) => unsoundMemory(value).fill(index % 256));
  const survivors = values.filter((_, index) => index % 1_000 === 0);
  for (const value of values) if (!survivors.includes(value)) value.release();
  pool.trim();
  survivors.forEach((value, index) => {
    const expected = (index * 1_000) % 256;
    expect(unsoundMemory(value).every((byte) => byte === expected)).toBe(true);
  });
  expect(pool.usage().liveSlots).toBe(survivors.length);
  for (const value of survivors) value.release();
  expect(pool.usage().liveSlots).toBe(0);
});

test('a pool can be used after trim', () => {
  const pool = new PooledAllocator();
  pool.trim();
  for (const value of many(pool, 3_000, 128)) value.release();
  pool.trim();
  pool.trim();
  const values = many(pool, 3_000, 128);
  expect(pool.usage().liveSlots).toBe(3_000);
  for (const value of values) value.release();
});

test('a second release of a slot does nothing', () => {
  const pool = new PooledAllocator();
  const slot = pool.allocate(32);
  pool.allocate(32);
  slot.release();
  slot.release();
  expect(pool.usage().liveSlots).toBe(1);
  const first = pool.allocate(32);
  const second = pool.allocate(32);
  expect(first.unsoundBytes.byteOffset).not.toBe(second.unsoundBytes.byteOffset);
  slot.release();
  expect(pool.usage().liveSlots).toBe(3);
});

test('a slot can be released after its region was given to the kernel', () => {
  const pool = new PooledAllocator();
  const slots = Array.from({ length: 3_000 }, () => pool.allocate(128));
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

test('large and strictly aligned objects get a mapping of their own', async () => {
  // The mappings of other tests must be freed: views detach at once only while few mappings wait. In the first
  // turn of the event loop the mappings that were kept for reuse join them, and all are freed in the second.
  for (let turn = 0; turn < 2; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  const pool = new PooledAllocator();
  const own = [
    MLockedBytes.newZeroed(2_049, { allocator: pool }),
    MLockedBytes.newZeroed(32, { allocator: pool, alignment: 128 }),
  ];
  expect(pool.usage()).toEqual({ regions: 0, size: 0, liveSlots: 0 });
  for (const value of own) {
    const kept = unsoundMemory(value);
    value.release();
    expect(kept.byteLength).toBe(0);
  }
});
