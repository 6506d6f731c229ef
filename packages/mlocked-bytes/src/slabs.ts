/**
 * The slabs of one pool: regions, each cut into slots of one size.
 */
import { LockLimitError } from './lock-limit.js';
import { map, PAGE, unmap, type Keeper } from './mapping.js';
import { sodium } from './native.js';
import { endOf, hold, internal, isReleased, OwnSlot, type Holder } from './own-slot.js';

/** What a slab loses of its first page: room for libsodium's canary, and the end stays a multiple of a cache line. */
export const MARGIN = 64;
/** Pages of the largest slab. */
export const MAX_SLAB_PAGES = 16;
/** Empty slabs that are kept for reuse, in bytes; more are given back to the kernel. */
const MAX_RESERVE = 1_048_576;

/** A region of a pool. */
interface Region {
  readonly memory: Uint8Array;
  /** Bytes: those of the memory, unless a callback transferred its buffer. */
  readonly size: number;
}

function isTransferred({ memory }: Region): boolean {
  return memory.length === 0;
}

class Slab implements Holder {
  readonly region: Region;
  readonly sizeClass: SizeClass;
  readonly capacity: number;
  readonly #begin: number;
  readonly #free: number[] = [];
  /** The slots that are alive. */
  readonly #slots: (OwnSlot | undefined)[] = [];
  /** A view costs more than everything else about a slot: it is kept for the next owner of the same size. */
  readonly #views: (Uint8Array | undefined)[] = [];
  #untouched = 0;
  live = 0;
  /** Whether its pool has given up its memory. */
  retired = false;

  constructor(region: Region, sizeClass: SizeClass) {
    this.region = region;
    this.sizeClass = sizeClass;
    this.capacity = Math.floor(region.size / sizeClass.slotSize);
    this.#begin = region.memory.byteOffset;
    hold(region.memory, this);
  }

  get full(): boolean {
    return this.live === this.capacity;
  }

  take(size: number, owner: SlotOwner): OwnSlot {
    const index = this.#free.at(-1) ?? this.#untouched;
    const slot = new PooledSlot(internal, this.#view(index, size), this, index, owner);
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

  /** It is lent to callbacks of one owner and then of the next, and native code believes what properties it has. */
  #view(index: number, size: number): Uint8Array {
    const view = this.#views[index];
    if (view?.length === size) return view;
    const begin = index * this.sizeClass.slotSize;
    return (this.#views[index] = Object.preventExtensions(
      this.region.memory.subarray(begin, begin + size),
    ));
  }

  /** A slot is handed out zeroed, so what lies behind its bytes in the slab is zero already. */
  wipe(slot: OwnSlot): void {
    sodium.sodium_memzero(slot.unsoundBytes);
  }

  giveBack(index: number): void {
    this.#slots[index] = undefined;
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

/** What its slots keep alive: a pool that the program lost ends with the last of them. */
interface SlotOwner {
  readonly slabs: Slabs;
}

class PooledSlot extends OwnSlot {
  readonly #index: number;
  readonly #slab: Slab;
  readonly #owner: SlotOwner;

  constructor(caller: symbol, bytes: Uint8Array, slab: Slab, index: number, owner: SlotOwner) {
    super(caller, bytes);
    this.#slab = slab;
    this.#index = index;
    this.#owner = owner;
  }

  override release(): void {
    // A field first: the method, called on a slot of another class, must not end that.
    const slab = this.#slab;
    if (isReleased(this)) return;
    slab.wipe(this);
    if (endOf(this)) this.#owner.slabs.giveBack(slab, this.#index);
  }
}

/**
 * The slabs of a pool, and their account.
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

  /** Takes a zeroed slot: `size` bytes of one of `slotSize`. */
  take(size: number, slotSize: number, owner: SlotOwner): OwnSlot {
    const sizeClass = this.#classOf(slotSize);
    const slab = this.#usableSlab(sizeClass);
    const slot = slab.take(size, owner);
    this.#liveSlots += 1;
    if (slab.full) {
      sizeClass.withRoom.delete(slab);
      sizeClass.current = undefined;
    }
    return slot;
  }

  /** Takes back a slot that was wiped, and gives a slab that is empty to the reserve. */
  giveBack(slab: Slab, index: number): void {
    const wasFull = slab.full;
    slab.giveBack(index);
    this.#liveSlots -= 1;
    if (slab.retired) return;
    const { sizeClass } = slab;
    if (wasFull) sizeClass.withRoom.add(slab);
    if (slab.live === 0 && sizeClass.withRoom.size > 1) this.#retire(sizeClass, slab);
    else sizeClass.current ??= slab;
  }

  /** Gives up every region that holds no slot. */
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

  #classOf(size: number): SizeClass {
    let sizeClass = this.#classes.get(size);
    if (sizeClass === undefined) this.#classes.set(size, (sizeClass = new SizeClass(size)));
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
    const slab = new Slab(this.#takeRegion(sizeClass), sizeClass);
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

  /** Each slab of a size is twice the last; one that does not fit under the limit is halved, down to one page. */
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
