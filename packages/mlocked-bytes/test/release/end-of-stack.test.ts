import { nearTheEndOfTheStack } from '@evolock/test-support';
import { expect, test } from 'vitest';
import {
  mappingAllocator,
  MLockedBytes,
  PooledAllocator,
  type MLockedAllocator,
} from '../../src/index.js';
import { unsoundMemory } from '../../src/unsound.js';
import { fill } from '../support/bytes.js';

const pool = new PooledAllocator();

const foreign: MLockedAllocator = {
  allocate(size, alignment) {
    const slot = pool.allocate(size, alignment);
    return { unsoundBytes: slot.unsoundBytes, release: () => slot.release() };
  },
};

/** Whether memory has one content, or is detached. */
function isFilled(memory: Uint8Array, value: number): boolean {
  return memory.byteLength === 0 || memory.every((byte) => byte === value);
}

test.each([
  ['a pool', pool],
  ['mappings', mappingAllocator],
  ['an allocator of somebody else', foreign],
])(
  'a release of memory from %s on an exhausted stack wipes, or throws and can be repeated',
  (_, allocator) => {
    // Keeps the region, so that the views below stay attached.
    using first = MLockedBytes.newZeroed(32, { allocator });
    const thrown = nearTheEndOfTheStack((run) => {
      const bytes = MLockedBytes.newZeroed(32, { allocator });
      fill(bytes, 7);
      const memory = unsoundMemory(bytes);
      const error = run(() => bytes.release());
      if (error === undefined) expect(bytes.released).toBe(true);
      // Either it is still alive, with its content, or wiped.
      expect(isFilled(memory, bytes.released ? 0 : 7)).toBe(true);
      bytes.release();
      expect(bytes.released).toBe(true);
      expect(isFilled(memory, 0)).toBe(true);
    });
    expect(thrown).toBeGreaterThan(0);
    expect(first.released).toBe(false);
  },
);
