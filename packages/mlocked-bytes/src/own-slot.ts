import type { MLockedSlot } from './allocator.js';
import { sodium } from './native.js';

/** Whether nobody owns a slot, so that its memory may be given to an owner. */
let isFree: (slot: OwnSlot) => boolean;
/** Whether the memory of a slot was given back, and may be somebody else's. */
let isReleased: (slot: OwnSlot) => boolean;
/** Marks that a slot has an owner. */
let claim: (slot: OwnSlot) => void;
/** Marks that a slot was released; whether that is new. */
let endOf: (slot: OwnSlot) => boolean;

/**
 * A slot of an allocator of this package. Its bytes are no property of it, so that nothing that prints a slot shows
 * them, and are the same at every look. It knows whether it has an owner: it gets one, once, until it is released.
 *
 * @internal
 */
export abstract class OwnSlot implements MLockedSlot {
  readonly #bytes: Uint8Array;
  #claimed = false;
  #released = false;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  // Functions of this package, not methods: what holds a slot could call those, and confuse its allocator.
  static {
    isFree = (slot) => !slot.#claimed && !slot.#released;
    isReleased = (slot) => slot.#released;
    claim = (slot) => {
      slot.#claimed = true;
    };
    endOf = (slot) => {
      const first = !slot.#released;
      slot.#released = true;
      return first;
    };
  }

  /** The memory itself. */
  get unsoundBytes(): Uint8Array {
    return this.#bytes;
  }

  /**
   * Wipes the memory and gives it back; does nothing the second time. Wiped first, and only then marked: a call near the
   * end of the stack that throws before can be made again.
   */
  abstract release(): void;
}

const known = new WeakMap<object, ForeignSlot>();

/**
 * Whether a slot, of whatever allocator, has or had an owner.
 *
 * @internal
 */
export function isTaken(slot: object): boolean {
  const own = slot instanceof OwnSlot ? slot : known.get(slot);
  return own !== undefined && !isFree(own);
}

/**
 * The slot of an allocator that somebody else wrote, with the bytes that were checked.
 *
 * @internal
 */
export class ForeignSlot extends OwnSlot {
  readonly #slot: MLockedSlot;

  private constructor({ buffer, byteOffset, byteLength }: Uint8Array, slot: MLockedSlot) {
    // A view of its own, which takes no properties: it is lent to callbacks, and native code believes what it has.
    super(Object.preventExtensions(new Uint8Array(buffer, byteOffset, byteLength)));
    this.#slot = slot;
  }

  /** The one that stands for a slot: a slot that has an owner is the same slot when it is handed out again. */
  static of(bytes: Uint8Array, slot: MLockedSlot): ForeignSlot {
    let foreign = known.get(slot);
    if (foreign === undefined) known.set(slot, (foreign = new ForeignSlot(bytes, slot)));
    return foreign;
  }

  /** Wipes it, whatever its allocator does, and gives it back. */
  override release(): void {
    // A field first: the method, called on a slot of another class, must not end that.
    const slot = this.#slot;
    if (isReleased(this)) return;
    sodium.sodium_memzero(this.unsoundBytes);
    if (endOf(this)) slot.release();
  }
}

export { claim, endOf, isFree, isReleased };
