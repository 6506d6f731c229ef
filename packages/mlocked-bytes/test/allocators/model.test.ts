import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  mappingAllocator,
  MLockedBytes,
  PooledAllocator,
  type MLockedAllocator,
} from '../../src/index.js';
import { unsoundMemory } from '../../src/unsound.js';

/** The expected content of a live object. */
interface Model {
  readonly bytes: MLockedBytes;
  readonly content: Uint8Array;
}

const size = fc.oneof(
  fc.integer({ min: 1, max: 80 }),
  fc.integer({ min: 1, max: 6_000 }),
  fc.constantFrom(32, 64, 128, 256, 512, 513, 1_024, 2_048, 2_049, 5_000),
);
const alignment = fc.option(
  fc.nat(12).map((exponent) => 2 ** exponent),
  { nil: undefined },
);
/** What is done, and what of it is used. */
const step = fc.record({
  kind: fc.constantFrom(
    ...(['allocate', 'allocate', 'write', 'release', 'release', 'trim'] as const),
  ),
  size,
  alignment,
  /** The object that is written to or released. */
  which: fc.nat(),
  value: fc.integer({ min: 1, max: 255 }),
  times: fc.constantFrom(1, 1, 1, 2, 7, 40),
});
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

/** An address modulo a page. A mapping of libsodium ends at the end of a page, so it is counted from there. */
function addressInPage({ byteOffset, buffer }: Uint8Array): number {
  return (byteOffset - buffer.byteLength + 4_096 * 1_024) % 4_096;
}

/** New memory contains nothing of an earlier owner, and has the alignment that was asked for: 32 when none was. */
function expectFresh(allocator: MLockedAllocator, bytes: MLockedBytes, asked = 32): void {
  const memory = unsoundMemory(bytes);
  expect(memory.byteLength).toBe(bytes.size);
  expect(memory.every((byte) => byte === 0)).toBe(true);
  expect(addressInPage(memory) % asked).toBe(0);
  if (allocator !== mappingAllocator) return;
  // It ends at the guard page, up to the padding for the alignment.
  expect(memory.buffer.byteLength - memory.byteOffset - memory.byteLength).toBeLessThan(asked);
}

/** Applies a step to the allocator and to the model. */
function take(
  allocator: MLockedAllocator,
  live: Model[],
  { kind, size, alignment, which, value, times }: Step,
): void {
  for (let time = 0; time < times; time += 1) {
    if (kind === 'allocate') {
      const bytes = MLockedBytes.newZeroed(size, { allocator, alignment });
      expectFresh(allocator, bytes, alignment);
      live.push({ bytes, content: new Uint8Array(size) });
    } else if (kind === 'trim' && allocator instanceof PooledAllocator) allocator.trim();
    else if (live.length > 0 && kind === 'release')
      live.splice(which % live.length, 1)[0]!.bytes.release();
    else if (live.length > 0 && kind === 'write') {
      const { bytes, content } = live[which % live.length]!;
      unsoundMemory(bytes).fill(value);
      content.fill(value);
    }
  }
}

/** No two live objects have a byte in common. */
function expectApart(live: readonly Model[]): void {
  const byBuffer = new Map<ArrayBufferLike, [start: number, end: number][]>();
  for (const { bytes } of live) {
    const { buffer, byteOffset, byteLength } = unsoundMemory(bytes);
    const places = byBuffer.get(buffer) ?? [];
    places.push([byteOffset, byteOffset + byteLength]);
    byBuffer.set(buffer, places);
  }
  for (const places of byBuffer.values()) {
    places.sort(([left], [right]) => left - right);
    const overlap = places.some(([start], index) => index > 0 && start < places[index - 1]![1]);
    expect(overlap).toBe(false);
  }
}

function expectUnchanged(live: readonly Model[]): void {
  const changed = live.filter(({ bytes, content }) => {
    return Buffer.compare(unsoundMemory(bytes), content) !== 0;
  });
  expect(changed).toEqual([]);
}

/** Steps in any order, and everything released at the end. */
function live(allocator: MLockedAllocator, steps: readonly Step[]): void {
  const model: Model[] = [];
  for (const step of steps) {
    take(allocator, model, step);
    expectApart(model);
    expectUnchanged(model);
    if (allocator instanceof PooledAllocator) {
      expect(allocator.usage().liveSlots).toBeLessThanOrEqual(model.length);
    }
  }
  for (const { bytes } of model) bytes.release();
}

const common = new PooledAllocator();

test.each([
  ['a pool for each case', () => new PooledAllocator()],
  ['one pool for all cases', () => common],
])('a pool never shows an old secret, and no memory has two owners: %s', (_, poolOf) => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60, size: 'max' }), (steps) => {
      const pool = poolOf();
      live(pool, steps);
      expect(pool.usage().liveSlots).toBe(0);
    }),
    { numRuns: 60 },
  );
});

test('mappings never show an old secret, and no memory has two owners', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 15 }), (steps) => {
      live(mappingAllocator, steps);
    }),
    { numRuns: 15 },
  );
});
