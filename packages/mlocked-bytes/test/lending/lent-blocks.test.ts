import { codeOf, RecordingAllocator } from '@evolock/test-support';
import { describe, expect, test } from 'vitest';
import { MLockedBytes, MLockedSizedBytes, pooledAllocator } from '../../src/index.js';
import { filled, lendOwnBlocks, unsoundMemory } from '../../src/unsound.js';

/** Results of a push or a pull with which the memory would outlive the call. */
const escapes: readonly [string, (block: Uint8Array) => unknown][] = [
  ['a promise', async () => {}],
  ['something that can be awaited', () => ({ then: () => undefined })],
  ['the block', (block) => block],
  ['a view on its memory', (block) => block.subarray(0, 1)],
  ['its buffer', (block) => block.buffer],
];

describe.each(escapes)('a callback that returns %s', (_, escape) => {
  test('is refused as a push', () => {
    using bytes = MLockedBytes.newZeroed(32);
    expect(codeOf(() => bytes.directSerialise(escape))).toBe('ERR_EVOLOCK_VIEW_ESCAPE');
  });

  test('is refused as a pull and by `filled`, and no value is left alive', () => {
    const allocator = new RecordingAllocator(pooledAllocator);
    const reads = [
      () => MLockedBytes.type(32).directDeserialise(escape, { allocator }),
      () => MLockedSizedBytes.type(32).directDeserialise(escape, { allocator }),
      () => filled(MLockedBytes.newZeroed(32, { allocator }), escape),
    ];
    for (const read of reads) expect(codeOf(read)).toBe('ERR_EVOLOCK_VIEW_ESCAPE');
    expect(allocator.allocations).toBe(3);
    expect(allocator.live).toBe(0);
  });
});

test('a release wipes the memory, whatever the allocator does', () => {
  const slot = pooledAllocator.allocate(32);
  let releases = 0;
  const lazy = {
    allocate: () => ({ unsoundBytes: slot.unsoundBytes, release: () => (releases += 1) }),
  };
  const bytes = MLockedBytes.newZeroed(32, { allocator: lazy });
  const memory = unsoundMemory(bytes);
  memory.fill(7);
  bytes.release();
  bytes.release();
  expect(memory.every((byte) => byte === 0)).toBe(true);
  expect(releases).toBe(1);
  slot.release();
});

describe('the blocks of lendOwnBlocks', () => {
  test.each(escapes)('are not lent to a callback that returns %s', (_, escape) => {
    using bytes = MLockedBytes.newZeroed(32);
    const lendAll = () => {
      lendOwnBlocks(escape, [unsoundMemory(bytes)], () => undefined);
    };
    expect(codeOf(lendAll)).toBe('ERR_EVOLOCK_VIEW_ESCAPE');
  });

  test('are lent in order, until the memory is released', () => {
    const bytes = MLockedBytes.newZeroed(48);
    const memory = unsoundMemory(bytes);
    const lent: number[] = [];
    const lendAll = () => {
      lendOwnBlocks(
        (block) => {
          lent.push(block.byteLength);
          if (lent.length === 2) bytes.release();
        },
        [memory.subarray(0, 8), memory.subarray(8, 32), memory.subarray(32)],
        () => unsoundMemory(bytes),
      );
    };
    expect(codeOf(lendAll)).toBe('ERR_EVOLOCK_RELEASED');
    expect(lent).toEqual([8, 24]);
  });
});
