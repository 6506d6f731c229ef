import { directDeserialiseBufChecked } from '@evolock/direct-serialise';
import { errorOf, RecordingAllocator, wrongly } from '@evolock/test-support';
import { describe, expect, test } from 'vitest';
import {
  mappingAllocator,
  MLockedBytes,
  pooledAllocator,
  withMLockedBytes,
  type MLockedBytesOptions,
} from '../../src/index.js';
import { unsoundAllocator } from '../../src/unsound.js';

/** Every operation that makes locked bytes of 32 bytes. */
const operations: [string, (options: MLockedBytesOptions) => { release(): void }[]][] = [
  ['newZeroed', (options) => [MLockedBytes.newZeroed(32, options)]],
  ['fromBytes', (options) => [MLockedBytes.fromBytes(new Uint8Array(32), options)]],
  [
    'two clones, one after the other',
    (options) => {
      using bytes = MLockedBytes.newZeroed(32, options);
      using clone = bytes.clone(options);
      return [clone.clone(options)];
    },
  ],
  [
    'reading',
    (options) => [directDeserialiseBufChecked(new Uint8Array(32), MLockedBytes.type(32), options)],
  ],
  [
    'withMLockedBytes, within itself',
    (options) => {
      withMLockedBytes(32, () => withMLockedBytes(32, () => undefined, options), options);
      return [];
    },
  ],
];

describe.each(operations)('%s', (_name, run) => {
  test('takes all of its memory from the given allocator, aligned as asked, and gives it back', () => {
    const before = pooledAllocator.usage().liveSlots;
    const allocator = new RecordingAllocator(pooledAllocator);
    const values = run({ allocator, alignment: 64 });
    for (const slot of allocator.slots) expect(slot).toMatchObject({ size: 32, alignment: 64 });
    expect(pooledAllocator.usage().liveSlots).toBe(before + allocator.live);
    for (const value of values) value.release();
    allocator.expectClean();
  });

  test('leaves no value alive when any of its allocations fails, and throws the error', () => {
    const all = new RecordingAllocator(pooledAllocator);
    for (const value of run({ allocator: all })) value.release();
    expect(all.allocations).toBeGreaterThan(0);
    for (let at = 0; at < all.allocations; at += 1) {
      const allocator = new RecordingAllocator(pooledAllocator).failFrom(at);
      expect(errorOf(() => run({ allocator }))).toBe(allocator.refusal);
      allocator.expectClean();
    }
  });
});

test('accepts allocators of this package only', () => {
  const allocate = () => pooledAllocator.allocate(32);
  expect(
    errorOf(() => MLockedBytes.newZeroed(32, { allocator: wrongly({ allocate }) })),
  ).toMatchObject({
    code: 'ERR_EVOLOCK_ARGUMENT_TYPE',
    argument: 'allocator',
  });
  MLockedBytes.newZeroed(32, { allocator: unsoundAllocator(allocate) }).release();
});

test.each([
  ['the pool', pooledAllocator],
  ['mappings', mappingAllocator],
])('%s refuses sizes and alignments that are out of range', (_name, allocator) => {
  for (const size of [0, -1, 2 ** 30 + 1, 2 ** 32, 1.5]) {
    expect(errorOf(() => allocator.allocate(size))).toMatchObject({ argument: 'size' });
  }
  for (const alignment of [0, 3, 8192, 1.5]) {
    expect(errorOf(() => allocator.allocate(32, alignment))).toMatchObject({
      argument: 'alignment',
    });
  }
});

test('fromBytes does not change the given bytes when there is no memory for them', () => {
  const given = new Uint8Array(32).fill(7);
  const allocator = new RecordingAllocator(pooledAllocator).failFrom(0);
  errorOf(() => MLockedBytes.fromBytes(given, { allocator }));
  expect(given).toEqual(new Uint8Array(32).fill(7));
});
