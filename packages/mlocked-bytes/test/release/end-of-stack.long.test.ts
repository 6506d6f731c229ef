import { nearTheEndOfTheStack } from '@evolock/test-support';
import { expect, test } from 'vitest';
import {
  mappingAllocator,
  MLockedBytes,
  PooledAllocator,
  type MLockedAllocator,
} from '../../src/index.js';
import {
  beginRun,
  endAbandonedRuns,
  isListed,
  overwriteStack,
  unsoundMemory,
  type Scratch,
} from '../../src/unsound.js';
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
  ['an allocator of the application', foreign],
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

// Local names: the test runner's access to an import needs stack of its own.
const [begin, end, overwrite] = [beginRun, endAbandonedRuns, overwriteStack];
const scratch: Scratch = { wipe: () => undefined };

test('a run begins only where 4 KiB of the stack are free', () => {
  const room = new Array<number>(512).fill(0);
  let begun = false;
  const beginAndLook = (): void => {
    begin(scratch);
    begun = true;
    overwrite(room);
  };
  // The engine compiles a function at its first call, which needs more stack.
  beginAndLook();
  const thrown = nearTheEndOfTheStack((run) => {
    end();
    begun = false;
    const error = run(beginAndLook);
    if (begun) expect(error).toBeUndefined();
  });
  end();
  expect(thrown).toBeGreaterThan(0);
});

test('an abandoned run is ended, or stays listed', () => {
  const thrown = nearTheEndOfTheStack((run) => {
    const abandoned = begin(scratch);
    const ended = run(() => end()) === undefined;
    expect(isListed(abandoned)).toBe(!ended);
    end();
  });
  expect(thrown).toBeGreaterThan(0);
});
