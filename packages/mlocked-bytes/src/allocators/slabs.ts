/**
 * The slabs of one pool: regions, each cut into slots of one size.
 */
import { LockLimitError } from '../errors.js';
import { map, PAGE, unmap, type Keeper } from '../kernel/mapping.js';
import { sodium } from '../kernel/native.js';
import { hold, internal, OwnSlot, type Holder, type Source } from './slot.js';

/** Bytes of the first page that a slab leaves unused: room for the canary of libsodium, and the end stays aligned. */
export const MARGIN = 64;
/** Pages of the largest slab. */
export const MAX_SLAB_PAGES = 16;
/** Bytes of empty slabs that are kept for reuse. More are given back to the kernel. */
const MAX_RESERVE = 1_048_576;

/** A region of a pool. */
interface Region {
  readonly memory: Uint8Array;
  /** Bytes. After a callback transferred its buffer, the memory has none. */
  readonly size: number;
}

function isTransferred({ memory }: Region): boolean {
  return memory.length === 0;
}

class Slab implements Holder, Source {
  readonly region: Region;
  readonly sizeClass: SizeClass;
  readonly capacity: number;
  readonly #slabs: Slabs;
  readonly #begin: number;
  readonly #free: number[] = [];
  /** The slots that are alive. */
  readonly #slots: (OwnSlot | undefined)[] = [];
  /** A view costs more than the rest of a slot: it is kept for the next owner of the same size. */
  readonly #views: (Uint8Array | undefined)[] = [];
  #untouched = 0;
  live = 0;
  /** Whether the pool has given up its memory. */
  retired = false;

  constructor(slabs: Slabs, region: Region, sizeClass: SizeClass) {
    this.region = region;
    this.sizeClass = sizeClass;
    this.capacity = Math.floor(region.size / sizeClass.slotSize);
    this.#slabs = slabs;
    this.#begin = region.memory.byteOffset;
    hold(region.memory, this);
  }

  take(size: number): OwnSlot {
    const index = this.#free.at(-1) ?? this.#untouched;
    const kept = this.#views[index];
    const bytes = kept?.length === size ? kept : this.#newView(index, size);
    const slot = new OwnSlot(internal, bytes, this, index);
    if (this.#free.pop() === undefined) this.#untouched += 1;
    this.#slots[index] = slot;
    this.live += 1;
    return slot;
  }

  slotAt(begin: number, end: number): OwnSlot | undefined {
    const offset = begin - this.#begin;
    const { slotSize } = this.sizeClass;
    const index = Math.floor(offset / slotSize);
    const slot = this.#slots[index];
    if (slot === undefined) return undefined;
    return end - this.#begin <= index * slotSize + slot.unsoundBytes.byteLength ? slot : undefined;
  }

  /** It takes no properties: it is lent to callbacks of one owner and then of the next, and native code reads properties. */
  #newView(index: number, size: number): Uint8Array {
    const begin = index * this.sizeClass.slotSize;
    return (this.#views[index] = Object.preventExtensions(
      this.region.memory.subarray(begin, begin + size),
    ));
  }

  /** The rest of the slot, after its bytes, is always zero. */
  wipe(slotMemory: Uint8Array): void {
    sodium.sodium_memzero(slotMemory);
  }

  takeBack(index: number): void {
    const wasFull = this.live === this.capacity;
    this.#slots[index] = undefined;
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

/**
 * The slabs of a pool, and its totals.
 *
 * @internal
 */
export class Slabs {
  readonly #classes = new Map<number, SizeClass>();
  readonly #reserve: Region[] = [];
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
  take(size: number, slotSize: number, pool: object): OwnSlot {
    const sizeClass = this.#classes.get(slotSize) ?? this.#newClass(slotSize);
    let slab = sizeClass.current;
    if (slab === undefined || slab.region.memory.length === 0) slab = this.#usableSlab(sizeClass);
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
    if (slab.retired) return;
    const { sizeClass } = slab;
    if (wasFull) sizeClass.withRoom.add(slab);
    if (slab.live === 0 && sizeClass.withRoom.size > 1) this.#retire(sizeClass, slab);
    else sizeClass.current ??= slab;
  }

  /** Gives up every region without a slot. */
  readonly giveUpEmpty: Keeper = (giveUp) => {
    for (const sizeClass of this.#classes.values()) {
      for (const slab of sizeClass.withRoom) {
        if (slab.live === 0) this.#retire(sizeClass, slab);
      }
    }
    for (const region of this.#reserve.splice(0)) {
      this.#forget(region);
      giveUp(region.memory);
    }
    this.#reserveSize = 0;
  };

  #newClass(slotSize: number): SizeClass {
    const sizeClass = new SizeClass(slotSize);
    this.#classes.set(slotSize, sizeClass);
    return sizeClass;
  }

  #usableSlab(sizeClass: SizeClass): Slab {
    for (;;) {
      const slab = (sizeClass.current ??= this.#slabWithRoom(sizeClass));
      if (!isTransferred(slab.region)) return slab;
      this.#retire(sizeClass, slab);
    }
  }

  #slabWithRoom(sizeClass: SizeClass): Slab {
    for (const slab of sizeClass.withRoom) return slab;
    const slab = new Slab(this, this.#takeRegion(sizeClass), sizeClass);
    sizeClass.withRoom.add(slab);
    sizeClass.slabs += 1;
    return slab;
  }

  #takeRegion(sizeClass: SizeClass): Region {
    const reserved = this.#reserve.pop();
    if (reserved === undefined) return this.#map(Math.min(2 ** sizeClass.slabs, MAX_SLAB_PAGES));
    this.#reserveSize -= reserved.size;
    return reserved;
  }

  /** Each slab of a size has twice the pages of the last one. One that exceeds the lock limit is halved, down to one page. */
  #map(pages: number): Region {
    try {
      const memory = map(pages * PAGE - MARGIN);
      const size = memory.byteLength;
      this.#regions += 1;
      this.#size += size;
      return { memory, size };
    } catch (error) {
      if (pages > 1 && error instanceof LockLimitError) return this.#map(pages >> 1);
      throw error;
    }
  }

  /** Ends a slab that is empty, or that has lost its memory. */
  #retire(sizeClass: SizeClass, slab: Slab): void {
    sizeClass.withRoom.delete(slab);
    sizeClass.slabs -= 1;
    if (sizeClass.current === slab) sizeClass.current = undefined;
    slab.retired = true;
    const { region } = slab;
    if (this.#reserveSize + region.size > MAX_RESERVE || isTransferred(region)) {
      this.#forget(region);
      unmap(region.memory);
    } else {
      this.#reserve.push(region);
      this.#reserveSize += region.size;
    }
  }

  #forget({ size }: Region): void {
    this.#regions -= 1;
    this.#size -= size;
  }
}
