/**
 * Many objects in few regions. A slot costs a fraction of a microsecond where a mapping costs seventeen, and some
 * 32,000 keys of 256 bytes fit into the usual 8 MiB where fewer than 300 mappings do.
 *
 * A slab is a region cut into slots of one size; slots are handed out zeroed and wiped when they come back. A slab
 * whose last slot came back returns to the reserve, from which any size can use it again: regions are never unlocked
 * or freed behind the back of others, and a loop of allocations keeps locked memory flat.
 */
import { checkInteger } from '@evolock/direct-serialise/arguments';
import {
  checkAlignment,
  DEFAULT_ALIGNMENT,
  type MLockedAllocator,
  type MLockedSlot,
} from './allocator.js';
import { LockLimitError } from './lock-limit.js';
import { mappingAllocator } from './mapping-allocator.js';
import { map, MAX_REGION_SIZE, PAGE, pagesOf, unmap } from './mapping.js';
import { sodium } from './native.js';
import { OwnSlot } from './own-slot.js';

/** What a slab loses of its first page: room for libsodium's canary, and the end stays a multiple of a cache line. */
const MARGIN = 64;
const MAX_SLAB_PAGES = 16;
/** Slots are multiples of 32 bytes up to here, powers of two above. */
const FINE_LIMIT = 512;
const GRAIN = 32;
/** Larger objects, and those aligned to more than a cache line, get a mapping of their own. */
const MAX_SLOT = 2_048;
const MAX_SLOT_ALIGNMENT = 64;
/** Empty slabs that are kept for reuse, in bytes; more are given back to the kernel. */
const MAX_RESERVE = 1_048_576;

/** How much of a pool is in use. All sizes in bytes. */
export interface PoolUsage {
  /** Regions that the pool holds. */
  readonly regions: number;
  /** Bytes in these regions. */
  readonly size: number;
  /** Slots that have an owner. */
  readonly liveSlots: number;
}

class Slab {
  readonly memory: Uint8Array;
  readonly sizeClass: SizeClass;
  readonly capacity: number;
  readonly #free: number[] = [];
  /** A view costs more than everything else about a slot: it is made once and kept for the next owner. */
  readonly #views: (Uint8Array | undefined)[] = [];
  #untouched = 0;
  live = 0;

  constructor(memory: Uint8Array, sizeClass: SizeClass) {
    this.memory = memory;
    this.sizeClass = sizeClass;
    this.capacity = Math.floor(memory.byteLength / sizeClass.slotSize);
  }

  get full(): boolean {
    return this.live === this.capacity;
  }

  take(): number {
    this.live += 1;
    return this.#free.pop() ?? this.#untouched++;
  }

  view(index: number): Uint8Array {
    return (this.#views[index] ??= this.#newView(index));
  }

  #newView(index: number): Uint8Array {
    const { slotSize } = this.sizeClass;
    return this.memory.subarray(index * slotSize, (index + 1) * slotSize);
  }

  giveBack(index: number): void {
    sodium.sodium_memzero(this.view(index));
    this.#free.push(index);
    this.live -= 1;
  }
}

/** Slabs of one slot size: those that have room. A full slab is known to its slots alone. */
class SizeClass {
  readonly slotSize: number;
  readonly withRoom = new Set<Slab>();
  current: Slab | undefined;
  slabs = 0;

  constructor(slotSize: number) {
    this.slotSize = slotSize;
  }
}

class PooledSlot extends OwnSlot {
  readonly #index: number;
  readonly #slab: Slab;
  #giveBack: ((slab: Slab, index: number) => void) | undefined;

  constructor(
    bytes: Uint8Array,
    slab: Slab,
    index: number,
    giveBack: (slab: Slab, index: number) => void,
  ) {
    super(bytes);
    this.#slab = slab;
    this.#index = index;
    this.#giveBack = giveBack;
  }

  override release(): void {
    const giveBack = this.#giveBack;
    if (giveBack === undefined) return;
    this.#giveBack = undefined;
    giveBack(this.#slab, this.#index);
  }
}

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
  readonly #classes = new Map<number, SizeClass>();
  readonly #reserve: Uint8Array[] = [];
  #reserveSize = 0;
  #regions = 0;
  #size = 0;
  #liveSlots = 0;

  /**
   * Takes a zeroed slot of locked memory.
   *
   * @param size - Bytes, 1 to 1 GiB.
   * @param alignment - The address is a multiple of it: a power of two, 1 to 4096.
   * @throws {@link LockLimitError} `ERR_EVOLOCK_LOCK_LIMIT`, {@link RegionLimitError} `ERR_EVOLOCK_REGION_LIMIT`.
   * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`, `ERR_EVOLOCK_ARGUMENT_VALUE`.
   */
  allocate(size: number, alignment: number = DEFAULT_ALIGNMENT): MLockedSlot {
    checkInteger('size', size, 1, MAX_REGION_SIZE);
    checkAlignment(alignment);
    if (size > MAX_SLOT || alignment > MAX_SLOT_ALIGNMENT) {
      return mappingAllocator.allocate(size, alignment);
    }
    const sizeClass = this.#classOf(slotSize(size, alignment));
    const slab = (sizeClass.current ??= this.#slabWithRoom(sizeClass));
    const index = slab.take();
    this.#liveSlots += 1;
    if (slab.full) {
      sizeClass.withRoom.delete(slab);
      sizeClass.current = undefined;
    }
    const view = slab.view(index);
    const bytes = size === view.byteLength ? view : view.subarray(0, size);
    return new PooledSlot(bytes, slab, index, this.#giveBack);
  }

  /** How much of the pool is in use. */
  usage(): PoolUsage {
    return { regions: this.#regions, size: this.#size, liveSlots: this.#liveSlots };
  }

  /** Gives the empty regions that are kept for reuse back to the kernel; it gets them when the event loop turns. */
  trim(): void {
    for (const memory of this.#reserve.splice(0)) this.#unmap(memory);
    this.#reserveSize = 0;
  }

  readonly #giveBack = (slab: Slab, index: number): void => {
    const wasFull = slab.full;
    slab.giveBack(index);
    this.#liveSlots -= 1;
    const { sizeClass } = slab;
    if (wasFull) sizeClass.withRoom.add(slab);
    if (slab.live === 0 && sizeClass.withRoom.size > 1) this.#retire(sizeClass, slab);
    else sizeClass.current ??= slab;
  };

  #classOf(size: number): SizeClass {
    let sizeClass = this.#classes.get(size);
    if (sizeClass === undefined) this.#classes.set(size, (sizeClass = new SizeClass(size)));
    return sizeClass;
  }

  #slabWithRoom(sizeClass: SizeClass): Slab {
    for (const slab of sizeClass.withRoom) return slab;
    const slab = new Slab(this.#takeRegion(sizeClass), sizeClass);
    sizeClass.withRoom.add(slab);
    sizeClass.slabs += 1;
    return slab;
  }

  #takeRegion(sizeClass: SizeClass): Uint8Array {
    const reserved = this.#reserve.pop();
    if (reserved !== undefined) {
      this.#reserveSize -= reserved.byteLength;
      return reserved;
    }
    try {
      return this.#map(Math.min(2 ** sizeClass.slabs, MAX_SLAB_PAGES));
    } catch (error) {
      if (error instanceof LockLimitError && this.#reclaim(sizeClass))
        return this.#takeRegion(sizeClass);
      throw error;
    }
  }

  /** Each slab of a size is twice the last; one that does not fit under the limit is halved, down to one page. */
  #map(pages: number): Uint8Array {
    try {
      const memory = map(pages * PAGE - MARGIN);
      this.#regions += 1;
      this.#size += memory.byteLength;
      return memory;
    } catch (error) {
      if (pages > 1 && error instanceof LockLimitError) return this.#map(pages >> 1);
      throw error;
    }
  }

  /** At the lock limit: an empty slab that another size keeps at hand. */
  #reclaim(needy: SizeClass): boolean {
    for (const sizeClass of this.#classes.values()) {
      if (sizeClass === needy) continue;
      for (const slab of sizeClass.withRoom) {
        if (slab.live > 0) continue;
        this.#retire(sizeClass, slab);
        return true;
      }
    }
    return false;
  }

  #retire(sizeClass: SizeClass, slab: Slab): void {
    sizeClass.withRoom.delete(slab);
    sizeClass.slabs -= 1;
    if (sizeClass.current === slab) sizeClass.current = undefined;
    if (this.#reserveSize + slab.memory.byteLength > MAX_RESERVE) {
      this.#unmap(slab.memory);
    } else {
      this.#reserve.push(slab.memory);
      this.#reserveSize += slab.memory.byteLength;
    }
  }

  #unmap(memory: Uint8Array): void {
    this.#regions -= 1;
    this.#size -= memory.byteLength;
    unmap(memory);
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
 * How many slots of a size a new pool makes of a number of pages, growing slab by slab as the pool does.
 *
 * @internal
 */
export function slotsInPages(pages: number, size: number): number {
  if (size > MAX_SLOT) return Math.floor(pages / pagesOf(Math.ceil(size / GRAIN) * GRAIN));
  const slot = slotSize(size, DEFAULT_ALIGNMENT);
  let slots = 0;
  let left = pages;
  for (let next = 1; left > 0; next *= 2) {
    const slab = largestSlab(Math.min(next, MAX_SLAB_PAGES), left);
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
