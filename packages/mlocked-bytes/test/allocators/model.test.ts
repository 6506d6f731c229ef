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

type Step =
  | { do: 'allocate'; size: number; alignment: number | undefined; times: number }
  | { do: 'write'; which: number; value: number }
  | { do: 'release'; which: number; times: number }
  | { do: 'trim' };

const size = fc.oneof(
  fc.integer({ min: 1, max: 80 }),
  fc.integer({ min: 1, max: 6_000 }),
  fc.constantFrom(32, 64, 128, 256, 512, 513, 1_024, 2_048, 2_049, 5_000),
);
const alignment = fc.oneof(
  fc.constant(undefined),
  fc.nat(12).map((exponent) => 2 ** exponent),
);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('allocate' as const),
      size,
      alignment,
      times: fc.constantFrom(1, 1, 1, 2, 7, 40),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('write' as const),
      which: fc.nat(),
      value: fc.integer({ min: 1, max: 255 }),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('release' as const),
      which: fc.nat(),
      times: fc.constantFrom(1, 1, 1, 3, 30),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ do: 'trim' as const }) },
);

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

/** Applies a step to the allocator and to the model, and compares them. */
function take(allocator: MLockedAllocator, live: Model[], step: Step): void {
  switch (step.do) {
    case 'allocate':
      for (let time = 0; time < step.times; time += 1) {
        const bytes = MLockedBytes.newZeroed(step.size, { allocator, alignment: step.alignment });
        expectFresh(allocator, bytes, step.alignment);
        live.push({ bytes, content: new Uint8Array(step.size) });
      }
      return;
    case 'write':
      if (live.length > 0) {
        const { bytes, content } = live[step.which % live.length]!;
        unsoundMemory(bytes).fill(step.value);
        content.fill(step.value);
      }
      return;
    case 'release':
      for (let time = 0; time < step.times && live.length > 0; time += 1) {
        live.splice(step.which % live.length, 1)[0]!.bytes.release();
      }
      return;
    case 'trim':
      if (allocator instanceof PooledAllocator) allocator.trim();
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

const sequences = fc.array(step, { maxLength: 60, size: 'max' });

test.each([
  ['a pool for each case', () => new PooledAllocator()],
  [
    'one pool for all cases',
    (
      (pool) => () =>
        pool
    )(new PooledAllocator()),
  ],
])('a pool never shows an old secret, and no memory has two owners: %s', (_, poolOf) => {
  fc.assert(
    fc.property(sequences, (steps) => {
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
