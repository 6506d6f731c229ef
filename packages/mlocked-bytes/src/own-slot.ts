import { wrongType } from '@evolock/direct-serialise/arguments';
import type { MLockedSlot } from './allocator.js';
import { sodium } from './native.js';

/** What the allocators of this package call the constructors of slots with: a slot is not made from outside. */
export const internal = Symbol('slot');

/** What a mapping of this package was made into: a slab of slots, or one slot. */
export interface Holder {
  /** The live slot in which all bytes from `begin` to `end` lie, which are offsets in the mapping's buffer. */
  slotAt(begin: number, end: number): OwnSlot | undefined;
}

const holders = new WeakMap<ArrayBufferLike, Holder>();

/**
 * Notes what a mapping is made into from now on.
 *
 * @internal
 */
export function hold(memory: Uint8Array, holder: Holder): void {
  holders.set(memory.buffer, holder);
}

/** Whether a slot is alive and neither it nor a part of it has an owner, so that it may get one. */
let isFree: (slot: OwnSlot) => boolean;
/** Whether the memory of a slot was given back, and may have another owner. */
let isReleased: (slot: OwnSlot) => boolean;
/** Marks that a slot is taken, so that no other allocator can hand out its memory. An owner may claim it later. */
let take: (slot: OwnSlot) => void;
/** Marks that a slot has an owner. */
let claim: (slot: OwnSlot) => void;
/** Marks that a slot was released; whether that is new. */
let endOf: (slot: OwnSlot) => boolean;
/** Marks that a slot is a region: what it is cut into may have owners, although it has one itself. */
let makeDivisible: (slot: MLockedSlot) => void;
/** Bytes of this package as a slot that stands for the slot of another allocator; `undefined` for any other memory. */
let partOf: (bytes: Uint8Array, slot: MLockedSlot) => OwnSlot | undefined;
/** Whether a slot is one of an allocator of this package. */
let isOwn: (slot: object) => slot is OwnSlot;

/**
 * A slot of an allocator of this package. Its bytes are no property of it, so that nothing that prints a slot shows
 * them, and are the same at every look. It gets an owner once, until it is released.
 *
 * @internal
 */
export abstract class OwnSlot implements MLockedSlot {
  readonly #bytes: Uint8Array;
  /** The slot of this package in which a slot of another allocator lies. */
  readonly #whole: OwnSlot | undefined;
  /** The taken slots of other allocators that lie in this one, by their offset. */
  #parts: OwnSlot[] | undefined;
  #divisible = false;
  #taken = false;
  #claimed = false;
  #released = false;

  constructor(caller: symbol, bytes: Uint8Array, whole?: OwnSlot) {
    if (caller !== internal) throw wrongType('caller', 'an allocator of this package', caller);
    this.#bytes = bytes;
    this.#whole = whole;
  }

  // Functions of this package, not methods: an owner of a slot could call those, and confuse its allocator.
  static {
    isOwn = (slot): slot is OwnSlot => #bytes in slot;
    isReleased = (slot) => slot.#released || (slot.#whole !== undefined && isReleased(slot.#whole));
    isFree = (slot) => !slot.#claimed && !isReleased(slot) && (slot.#taken || slot.#isUntouched());
    take = (slot) => {
      if (slot.#taken) return;
      slot.#taken = true;
      if (slot.#whole !== undefined) slot.#whole.#add(slot);
    };
    claim = (slot) => {
      take(slot);
      slot.#claimed = true;
    };
    endOf = (slot) => {
      if (slot.#released) return false;
      slot.#released = true;
      if (slot.#taken && slot.#whole !== undefined) slot.#whole.#remove(slot);
      return true;
    };
    makeDivisible = (slot) => {
      if (isOwn(slot)) slot.#divisible = true;
    };
    partOf = (bytes, slot) => {
      const begin = bytes.byteOffset;
      const whole = holders.get(bytes.buffer)?.slotAt(begin, begin + bytes.byteLength);
      return whole && new ForeignSlot(bytes, whole, slot);
    };
  }

  #add(part: OwnSlot): void {
    const parts = (this.#parts ??= []);
    parts.splice(part.#placeIn(parts), 0, part);
  }

  #remove(part: OwnSlot): void {
    const parts = this.#parts ?? [];
    const place = part.#placeIn(parts);
    if (parts[place] === part) parts.splice(place, 1);
  }

  /** Whether no byte of it is taken in another way. */
  #isUntouched(): boolean {
    if (this.#parts !== undefined && this.#parts.length > 0) return false;
    return this.#whole === undefined || this.#whole.#hasRoomFor(this);
  }

  #hasRoomFor(part: OwnSlot): boolean {
    if (this.#taken && !this.#divisible) return false;
    const parts = this.#parts ?? [];
    const place = part.#placeIn(parts);
    const before = parts[place - 1];
    const after = parts[place];
    return (
      (before === undefined || before.#end <= part.#begin) &&
      (after === undefined || after.#begin >= part.#end)
    );
  }

  /** The index of the first part that does not begin before this one. */
  #placeIn(parts: readonly OwnSlot[]): number {
    let low = 0;
    let high = parts.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (parts[middle]!.#begin < this.#begin) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  get #begin(): number {
    return this.#bytes.byteOffset;
  }

  get #end(): number {
    return this.#begin + this.#bytes.byteLength;
  }

  /** The memory itself. */
  get unsoundBytes(): Uint8Array {
    return this.#bytes;
  }

  /**
   * Wipes the memory and gives it back; does nothing the second time. Wiped first, and only then marked: a call that
   * throws before, because the stack is exhausted, can be made again.
   */
  abstract release(): void;
}

/** The slot of an allocator that somebody else wrote, with the bytes that were checked. */
class ForeignSlot extends OwnSlot {
  readonly #slot: MLockedSlot;

  constructor({ buffer, byteOffset, byteLength }: Uint8Array, whole: OwnSlot, slot: MLockedSlot) {
    // A view of its own, which takes no properties: it is lent to callbacks, and native code believes what it has.
    super(
      internal,
      Object.preventExtensions(new Uint8Array(buffer, byteOffset, byteLength)),
      whole,
    );
    this.#slot = slot;
  }

  /** Wipes it, whatever its allocator does, and gives it back. */
  override release(): void {
    // A field first: the method, called on a slot of another class, must not end that.
    const slot = this.#slot;
    // Memory that its allocator gave back already may have another owner.
    if (!isReleased(this)) sodium.sodium_memzero(this.unsoundBytes);
    if (endOf(this)) slot.release();
  }
}

export { claim, endOf, isFree, isOwn, isReleased, makeDivisible, partOf, take };
