/**
 * Many objects in few regions. A slot costs a fraction of a microsecond where a mapping costs seventeen, and some
 * 32,000 keys of 256 bytes fit into the usual 8 MiB where fewer than 300 mappings do.
 *
 * A slab is a region cut into slots of one size; slots are handed out zeroed and wiped when they come back. A slab
 * whose last slot came back returns to the reserve, from which any size can use it again: regions are never unlocked
 * or freed behind the back of others, and a loop of allocations keeps locked memory flat. At the lock limit every pool
 * gives up what is empty, for other pools and for objects with a region of their own.
 */
import { checkInteger } from '@evolock/direct-serialise/arguments';
import {
  checkAlignment,
  DEFAULT_ALIGNMENT,
  type MLockedAllocator,
  type MLockedSlot,
} from './allocator.js';
import { mappingAllocator } from './mapping-allocator.js';
import { MAX_REGION_SIZE, PAGE, pagesOf, unmap, whenShort } from './mapping.js';
import { MARGIN, MAX_SLAB_PAGES, Slabs } from './slabs.js';

/** Slots are multiples of 32 bytes up to here, powers of two above. */
const FINE_LIMIT = 512;
const GRAIN = 32;
/** Larger objects, and those aligned to more than a cache line, get a mapping of their own. */
const MAX_SLOT = 2_048;
const MAX_SLOT_ALIGNMENT = 64;

/** How much of a pool is in use. All sizes in bytes. */
export interface PoolUsage {
  /** Regions that the pool holds. */
  readonly regions: number;
  /** Bytes in these regions. */
  readonly size: number;
  /** Slots that have an owner. */
  readonly liveSlots: number;
}

/** A pool that the program lost, with no slot alive, gives its regions back. */
const pools = new FinalizationRegistry<{
  readonly slabs: Slabs;
  readonly unregister: () => void;
}>(({ slabs, unregister }) => {
  unregister();
  slabs.giveUpEmpty(unmap);
});

/**
 * The default allocator: slots of a few large regions, each region proved locked.
 *
 * An application that wants the keys of one tenant apart from those of another makes a pool for each.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { MLockedBytes, PooledAllocator } from '@evolock/mlocked-bytes';
 *
 * const pool = new PooledAllocator();
 * const bytes = MLockedBytes.newZeroed(64, { allocator: pool });
 * assert.equal(pool.usage().liveSlots, 1);
 * bytes.release();
 * assert.equal(pool.usage().liveSlots, 0);
 * ```
 */
export class PooledAllocator implements MLockedAllocator {
  /** For its slots alone. */
  readonly #owner = { pool: this, slabs: new Slabs() };

  /** A pool of its own, empty. */
  constructor() {
    const { slabs } = this.#owner;
    pools.register(this, { slabs, unregister: whenShort(slabs.giveUpEmpty) });
  }

  /**
   * Takes a zeroed slot of locked memory.
   *
   * @param size - Bytes, 1 to 1 GiB.
   * @param alignment - The address is a multiple of it: a power of two, 1 to 4096.
   * @throws {@link LockLimitError} `ERR_EVOLOCK_LOCK_LIMIT`, {@link RegionLimitError} `ERR_EVOLOCK_REGION_LIMIT`,
   * {@link MemoryRefusedError} `ERR_EVOLOCK_MEMORY_REFUSED`.
   * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`, `ERR_EVOLOCK_ARGUMENT_VALUE`.
   */
  allocate(size: number, alignment: number = DEFAULT_ALIGNMENT): MLockedSlot {
    checkInteger('size', size, 1, MAX_REGION_SIZE);
    checkAlignment(alignment);
    if (size > MAX_SLOT || alignment > MAX_SLOT_ALIGNMENT) {
      return mappingAllocator.allocate(size, alignment);
    }
    return this.#owner.slabs.take(size, slotSize(size, alignment), this.#owner);
  }

  /** How much of the pool is in use. */
  usage(): PoolUsage {
    const { regions, size, liveSlots } = this.#owner.slabs;
    return { regions, size, liveSlots };
  }

  /** Gives the empty regions back to the kernel; it gets them when the event loop turns. */
  trim(): void {
    this.#owner.slabs.giveUpEmpty(unmap);
  }
}

function slotSize(size: number, alignment: number): number {
  const grain = Math.max(GRAIN, alignment);
  if (size <= FINE_LIMIT) return Math.ceil(size / grain) * grain;
  let slot = FINE_LIMIT;
  while (slot < size) slot *= 2;
  return slot;
}

/**
 * How many slots of a size a new pool makes of a number of pages in a number of regions, growing slab by slab as the
 * pool does.
 *
 * @param pages - May be infinite.
 * @param regions - Is not.
 *
 * @internal
 */
export function slotsIn(pages: number, regions: number, size: number): number {
  if (size > MAX_SLOT) {
    return Math.min(regions, Math.floor(pages / pagesOf(Math.ceil(size / GRAIN) * GRAIN)));
  }
  const slot = slotSize(size, DEFAULT_ALIGNMENT);
  let slots = 0;
  let left = pages;
  for (let region = 0; region < regions && left > 0; region += 1) {
    const slab = largestSlab(Math.min(2 ** region, MAX_SLAB_PAGES), left);
    slots += Math.floor((slab * PAGE - MARGIN) / slot);
    left -= slab;
  }
  return slots;
}

/** A slab that does not fit is halved until it does. */
function largestSlab(pages: number, left: number): number {
  return pages <= left ? pages : largestSlab(pages >> 1, left);
}

/** The pool that everything uses which is given no allocator; each thread has its own. */
export const pooledAllocator = new PooledAllocator();
