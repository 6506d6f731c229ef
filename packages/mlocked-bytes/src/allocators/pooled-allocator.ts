/**
 * Many objects in few regions. A slot costs a fraction of a microsecond, a mapping costs 17. Some 32,000 keys of 256 bytes
 * fit into 8 MiB, the usual lock limit, but fewer than 300 mappings.
 *
 * A slab is a region that is cut into slots of one size. A slot is wiped when it comes back, and so is zero when it is
 * handed out. A slab without a slot goes to the reserve, from which any size can use it again, so that a loop of
 * allocations needs no more locked memory. At the lock limit every pool gives up its reserve.
 */
import { checkInteger, checkOptions } from '@evolock/direct-serialise/arguments';
import { MAX_REGION_SIZE, PAGE, unmap, whenShort } from '../kernel/mapping.js';
import {
  allocationOptionNames,
  type AllocationOptions,
  checkAlignment,
  checkAllocator,
  DEFAULT_ALIGNMENT,
  lockedBytesOptionNames,
  mapSlot,
  MLockedAllocator,
  type MLockedBytesOptions,
  type MLockedSlot,
  pagesOfSlot,
} from './allocator.js';
import { MARGIN, MAX_SLAB_PAGES, Slabs } from './slabs.js';

/** Slots are multiples of 32 bytes up to this size, powers of two above. */
const FINE_LIMIT = 512;
const GRAIN = 32;
/** Larger objects, and objects that are aligned to more than a cache line, get a mapping of their own. */
const MAX_SLOT = 2_048;
const MAX_SLOT_ALIGNMENT = 64;

/** How much of a pool is in use. All sizes in bytes. */
export interface PoolUsage {
  /** Regions of the pool. */
  readonly regions: number;
  /** Bytes in these regions. */
  readonly size: number;
  /** Slots that have an owner. */
  readonly liveSlots: number;
}

/** The regions of a pool that the program has lost are given back when none of its slots is alive. */
const pools = new FinalizationRegistry<{
  readonly slabs: Slabs;
  readonly unregister: () => void;
}>(({ slabs, unregister }) => {
  unregister();
  slabs.freeEmpty(unmap);
});

/**
 * The default allocator: slots of a few large regions, each of which is proved locked. An application that keeps the keys
 * of one tenant apart from those of another makes a pool for each.
 */
export class PooledAllocator extends MLockedAllocator {
  readonly #slabs = new Slabs();

  /** A new pool, without a region. */
  constructor() {
    super();
    const slabs = this.#slabs;
    pools.register(this, { slabs, unregister: whenShort(slabs.freeEmpty) });
  }

  /**
   * Takes a zeroed slot of locked memory.
   *
   * @param size - Bytes, 1 to 1 GiB.
   * @param alignment - The address is a multiple of it: a power of two, 1 to 4096.
   * @throws {@link LockLimitError} `ERR_EVOLOCK_LOCK_LIMIT`, {@link RegionLimitError} `ERR_EVOLOCK_REGION_LIMIT`,
   * {@link MemoryRefusedError} `ERR_EVOLOCK_MEMORY_REFUSED`.
   */
  override allocate(size: number, alignment: number = DEFAULT_ALIGNMENT): MLockedSlot {
    checkInteger('size', size, 1, MAX_REGION_SIZE);
    if (alignment !== DEFAULT_ALIGNMENT) checkAlignment(alignment);
    if (size > MAX_SLOT || alignment > MAX_SLOT_ALIGNMENT) return mapSlot(size, alignment);
    return this.#slabs.take(size, slotSize(size, alignment), this);
  }

  /** How much of the pool is in use. */
  usage(): PoolUsage {
    const { regions, size, liveSlots } = this.#slabs;
    return { regions, size, liveSlots };
  }

  /** Gives the empty regions back to the kernel, which gets them when the event loop turns. */
  trim(): void {
    this.#slabs.freeEmpty(unmap);
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
 * How many slots of a size fit into a new pool of a number of pages, which may be infinite, and of regions. It grows slab
 * by slab.
 */
export function slotsIn(pages: number, regions: number, size: number): number {
  if (size > MAX_SLOT) {
    return Math.min(regions, Math.floor(pages / pagesOfSlot(size, DEFAULT_ALIGNMENT)));
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

/** The pool that is used when no allocator is given. Each thread has its own. */
export const pooledAllocator = new PooledAllocator();

/**
 * Takes a slot of `size` bytes, 1 to 1 GiB, from the allocator of `options`, or from the pool of the thread. For authors of
 * locked types: the caller gives the slot back, or a {@link LockedValue} takes it over.
 */
export function allocateSlot(size: number, options?: AllocationOptions): MLockedSlot {
  return slotFrom(size, checkOptions(options, allocationOptionNames));
}

/** The same with an alignment, for locked bytes. */
export function allocateAlignedSlot(size: number, options?: MLockedBytesOptions): MLockedSlot {
  return slotFrom(size, checkOptions(options, lockedBytesOptionNames));
}

function slotFrom(size: number, options: MLockedBytesOptions): MLockedSlot {
  const { allocator = pooledAllocator, alignment } = options;
  return checkAllocator(allocator).allocate(size, alignment);
}
