/**
 * The slabs of one pool: regions, each cut into slots of one size.
 */
import { LockLimitError } from './lock-limit.js';
import { map, PAGE, unmap, type Keeper } from './mapping.js';
import { sodium } from './native.js';
import { endOf, isReleased, OwnSlot } from './own-slot.js';

/** What a slab loses of its first page: room for libsodium's canary, and the end stays a multiple of a cache line. */
export const MARGIN = 64;
/** Pages of the largest slab. */
export const MAX_SLAB_PAGES = 16;
/** Empty slabs that are kept for reuse, in bytes; more are given back to the kernel. */
const MAX_RESERVE = 1_048_576;

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
    const view = this.memory.subarray(index * slotSize, (index + 1) * slotSize);
    // It is lent to callbacks of one owner, and then of the next: a method that one gave it would be called by others.
    return Object.preventExtensions(view);
  }

  wipe(index: number): void {
    sodium.sodium_memzero(this.view(index));
  }

  giveBack(index: number): void {
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

  constructor(bytes: Uint8Array, slab: Slab, index: number, owner: SlotOwner) {
    super(bytes);
    this.#slab = slab;
    this.#index = index;
    this.#owner = owner;
  }

  override release(): void {
    // A field first: the method, called on a slot of another class, must not end that.
    const slab = this.#slab;
    if (isReleased(this)) return;
    slab.wipe(this.#index);
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
  readonly #reserve: Uint8Array[] = [];
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
    const slab = (sizeClass.current ??= this.#slabWithRoom(sizeClass));
    const index = slab.take();
    this.#liveSlots += 1;
    if (slab.full) {
      sizeClass.withRoom.delete(slab);
      sizeClass.current = undefined;
    }
    const view = slab.view(index);
    const bytes = size === view.byteLength ? view : view.subarray(0, size);
    return new PooledSlot(bytes, slab, index, owner);
  }

  /** Takes back a slot that was wiped, and gives a slab that is empty to the reserve. */
  giveBack(slab: Slab, index: number): void {
    const wasFull = slab.full;
    slab.giveBack(index);
    this.#liveSlots -= 1;
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
    for (const memory of this.#reserve.splice(0)) {
      this.#forget(memory);
      giveUp(memory);
    }
    this.#reserveSize = 0;
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
    return this.#map(Math.min(2 ** sizeClass.slabs, MAX_SLAB_PAGES));
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

  #retire(sizeClass: SizeClass, slab: Slab): void {
    sizeClass.withRoom.delete(slab);
    sizeClass.slabs -= 1;
    if (sizeClass.current === slab) sizeClass.current = undefined;
    if (this.#reserveSize + slab.memory.byteLength > MAX_RESERVE) {
      this.#forget(slab.memory);
      unmap(slab.memory);
    } else {
      this.#reserve.push(slab.memory);
      this.#reserveSize += slab.memory.byteLength;
    }
  }

  #forget(memory: Uint8Array): void {
    this.#regions -= 1;
    this.#size -= memory.byteLength;
  }
}
