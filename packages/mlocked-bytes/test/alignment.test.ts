import fc from 'fast-check';
import { expect, test } from 'vitest';
import { mappingAllocator, MLockedBytes, PooledAllocator } from '../src/index.js';
import { unsoundMemory } from '../src/unsound.js';

const alignments = fc.integer({ min: 0, max: 12 }).map((exponent) => 2 ** exponent);
const sizes = fc.integer({ min: 1, max: 6_000 });

/** An address modulo a page: libsodium ends a mapping where a page ends, so it is counted from there. */
function addressInPage({ byteOffset, buffer }: Uint8Array): number {
  return (byteOffset - buffer.byteLength + 4_096 * 1_024) % 4_096;
}

const pool = new PooledAllocator();

test('what comes from a pool has the alignment that was asked for', () => {
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

test('a slot of a pool lies at a multiple of the alignment within its region', () => {
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

test('a mapping of its own has the alignment that was asked for', () => {
  fc.assert(
    fc.property(sizes, alignments, (size, alignment) => {
      const bytes = MLockedBytes.newZeroed(size, { allocator: mappingAllocator, alignment });
      const memory = unsoundMemory(bytes);
      expect(addressInPage(memory) % alignment).toBe(0);
      // It ends where the guard page begins, but for what the alignment costs.
      const behind = memory.buffer.byteLength - memory.byteOffset - memory.byteLength;
      expect(behind).toBeLessThan(alignment);
      expect(memory.byteLength).toBe(size);
      bytes.release();
    }),
    { numRuns: 100 },
  );
});

test('32 is the alignment when none is asked for', () => {
  for (const allocator of [pool, mappingAllocator]) {
    for (const size of [1, 31, 33, 100, 3_000]) {
      const bytes = MLockedBytes.newZeroed(size, { allocator });
      expect(addressInPage(unsoundMemory(bytes)) % 32).toBe(0);
      bytes.release();
    }
  }
});
