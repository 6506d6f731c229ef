import fc from 'fast-check';
import { expect, test } from 'vitest';
import { mappingAllocator, MLockedBytes, PooledAllocator } from '../../src/index.js';
import { unsoundMemory } from '../../src/unsound.js';

const alignments = fc.integer({ min: 0, max: 12 }).map((exponent) => 2 ** exponent);
const sizes = fc.integer({ min: 1, max: 6_000 });

/** An address modulo a page. A mapping of libsodium ends at the end of a page, so it is counted from there. */
function addressInPage({ byteOffset, buffer }: Uint8Array): number {
  return (byteOffset - buffer.byteLength + 4_096 * 1_024) % 4_096;
}

const pool = new PooledAllocator();

test('a slot of a pool has the requested alignment', () => {
  fc.assert(
    fc.property(sizes, alignments, fc.nat(20), (size, alignment, others) => {
      const before = Array.from({ length: others }, () =>
        MLockedBytes.newZeroed(size, { allocator: pool, alignment }),
      );
      const bytes = MLockedBytes.newZeroed(size, { allocator: pool, alignment });
      for (const each of [...before, bytes]) {
        expect(addressInPage(unsoundMemory(each)) % alignment).toBe(0);
        expect(unsoundMemory(each).byteLength).toBe(size);
      }
      for (const each of [...before, bytes]) each.release();
    }),
    { numRuns: 100 },
  );
});

test('the offset of a slot in its region is a multiple of the alignment', () => {
  for (const alignment of [1, 2, 4, 8, 16, 32, 64]) {
    for (const size of [1, 33, 65, 500, 513, 2_048]) {
      const values = Array.from({ length: 5 }, () =>
        MLockedBytes.newZeroed(size, { allocator: pool, alignment }),
      );
      for (const value of values) expect(addressInPage(unsoundMemory(value)) % alignment).toBe(0);
      for (const value of values) value.release();
    }
  }
});

test('a mapping has the requested alignment', () => {
  fc.assert(
    fc.property(sizes, alignments, (size, alignment) => {
      const bytes = MLockedBytes.newZeroed(size, { allocator: mappingAllocator, alignment });
      const memory = unsoundMemory(bytes);
      expect(addressInPage(memory) % alignment).toBe(0);
      // It ends at the guard page, up to the padding for the alignment.
      const behind = memory.buffer.byteLength - memory.byteOffset - memory.byteLength;
      expect(behind).toBeLessThan(alignment);
      expect(memory.byteLength).toBe(size);
      bytes.release();
    }),
    { numRuns: 100 },
  );
});

test('the default alignment is 32', () => {
  for (const allocator of [pool, mappingAllocator]) {
    for (const size of [1, 31, 33, 100, 3_000]) {
      const bytes = MLockedBytes.newZeroed(size, { allocator });
      expect(addressInPage(unsoundMemory(bytes)) % 32).toBe(0);
      bytes.release();
    }
  }
});
