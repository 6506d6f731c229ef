/** The slabs of one pool: regions, each cut into slots of one size. */
import { LockLimitError } from '../errors.js';
import { map, PAGE, unmap, type Keeper } from '../kernel/mapping.js';
import { Slot, type SlotSource } from './allocator.js';

/** Bytes of the first page that a slab leaves unused: room for the canary of libsodium, and the end stays aligned. */
export const MARGIN = 64;
export const MAX_SLAB_PAGES = 16;
/** Bytes of empty slabs that are kept for reuse. More are given back to the kernel. */
const MAX_RESERVE = 1_048_576;

class Slab implements SlotSource {
  readonly region: Uint8Array;
  readonly sizeClass: SizeClass;
  readonly capacity: number;
  readonly #slabs: Slabs;
  readonly #free: number[] = [];
  /** A view costs more than the rest of a slot: it is kept for the next owner of the same size. */
  readonly #views: (Uint8Array | undefined)[] = [];
  #untouched = 0;
  live = 0;

  constructor(slabs: Slabs, region: Uint8Array, sizeClass: SizeClass) {
    this.region = region;
    this.sizeClass = sizeClass;
    this.capacity = Math.floor(region.length / sizeClass.slotSize);
    this.#slabs = slabs;
  }

  take(size: number): Slot {
    const index = this.#free.pop() ?? this.#untouched++;
    const kept = this.#views[index];
    const bytes = kept?.length === size ? kept : this.#newView(index, size);
    this.live += 1;
    return new Slot(bytes, this, index);
  }

  #newView(index: number, size: number): Uint8Array {
    const begin = index * this.sizeClass.slotSize;
    return (this.#views[index] = this.region.subarray(begin, begin + size));
  }

  /** The rest of a slot, after its bytes, is always zero. */
  reclaim(index: number): void {
    const wasFull = this.live === this.capacity;
    this.#free.push(index);
    this.live -= 1;
    this.#slabs.tookBack(this, wasFull);
  }
}

/** The slabs of one slot size that have room. A full slab is referred to by its slots only. */
class SizeClass {
  readonly slotSize: number;
  readonly withRoom = new Set<Slab>();
  current: Slab | undefined;
  slabs = 0;

  constructor(slotSize: number) {
    this.slotSize = slotSize;
  }
}

/** The slabs of a pool, and its totals. */
export class Slabs {
  readonly #classes = new Map<number, SizeClass>();
  readonly #reserve: Uint8Array[] = [];
  #reserveSize = 0;
  #regions = 0;
  #size = 0;
  #liveSlots = 0;
  /** The pool, while a slot of it is alive: a pool that the program has lost lives as long as its last slot. */
  pool: object | undefined;

  /** Regions. */
  get regions(): number {
    return this.#regions;
  }

  /** Bytes in the regions. */
  get size(): number {
    return this.#size;
  }

  /** Slots that have an owner. */
  get liveSlots(): number {
    return this.#liveSlots;
  }

  /** Takes a zeroed slot for a pool: `size` bytes of `slotSize`. */
  take(size: number, slotSize: number, pool: object): Slot {
    const sizeClass = this.#classes.get(slotSize) ?? this.#newClass(slotSize);
    const slab = (sizeClass.current ??= this.#slabWithRoom(sizeClass));
    const slot = slab.take(size);
    this.#liveSlots += 1;
    this.pool = pool;
    if (slab.live === slab.capacity) {
      sizeClass.withRoom.delete(slab);
      sizeClass.current = undefined;
    }
    return slot;
  }

  /** Counts a slot that a slab took back. A slab that is empty then goes to the reserve. */
  tookBack(slab: Slab, wasFull: boolean): void {
    this.#liveSlots -= 1;
    if (this.#liveSlots === 0) this.pool = undefined;
    const { sizeClass } = slab;
    if (wasFull) sizeClass.withRoom.add(slab);
    if (slab.live === 0 && sizeClass.withRoom.size > 1) this.#retire(sizeClass, slab);
    else sizeClass.current ??= slab;
  }

  /** Frees every region without a slot. */
  readonly freeEmpty: Keeper = (free) => {
    for (const sizeClass of this.#classes.values()) {
      for (const slab of sizeClass.withRoom) {
        if (slab.live === 0) this.#retire(sizeClass, slab);
      }
    }
    for (const region of this.#reserve.splice(0)) {
      this.#forget(region);
      free(region);
    }
    this.#reserveSize = 0;
  };

  #newClass(slotSize: number): SizeClass {
    const sizeClass = new SizeClass(slotSize);
    this.#classes.set(slotSize, sizeClass);
    return sizeClass;
  }

  #slabWithRoom(sizeClass: SizeClass): Slab {
    for (const slab of sizeClass.withRoom) return slab;
    const slab = new Slab(this, this.#takeRegion(sizeClass), sizeClass);
    sizeClass.withRoom.add(slab);
    sizeClass.slabs += 1;
    return slab;
  }

  #takeRegion(sizeClass: SizeClass): Uint8Array {
    const reserved = this.#reserve.pop();
    if (reserved === undefined) return this.#map(Math.min(2 ** sizeClass.slabs, MAX_SLAB_PAGES));
    this.#reserveSize -= reserved.length;
    return reserved;
  }

  /** Each slab of a size has twice the pages of the last one. One that exceeds the lock limit is halved, down to one page. */
  #map(pages: number): Uint8Array {
    try {
      const region = map(pages * PAGE - MARGIN);
      this.#regions += 1;
      this.#size += region.length;
      return region;
    } catch (error) {
      if (pages > 1 && error instanceof LockLimitError) return this.#map(pages >> 1);
      throw error;
    }
  }

  /** Ends a slab that is empty. */
  #retire(sizeClass: SizeClass, slab: Slab): void {
    sizeClass.withRoom.delete(slab);
    sizeClass.slabs -= 1;
    if (sizeClass.current === slab) sizeClass.current = undefined;
    const { region } = slab;
    if (this.#reserveSize + region.length > MAX_RESERVE) {
      this.#forget(region);
      unmap(region);
    } else {
      this.#reserve.push(region);
      this.#reserveSize += region.length;
    }
  }

  #forget(region: Uint8Array): void {
    this.#regions -= 1;
    this.#size -= region.length;
  }
}
