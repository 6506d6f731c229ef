import type { MLockedSlot } from './allocator.js';
import { sodium } from './native.js';

/**
 * A slot of an allocator of this package. Its bytes are no property of it, so that nothing that prints a slot shows
 * them, and are the same at every look.
 *
 * @internal
 */
export abstract class OwnSlot implements MLockedSlot {
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** The memory itself. */
  get unsoundBytes(): Uint8Array {
    return this.#bytes;
  }

  /** Wipes the memory and gives it back; does nothing the second time. */
  abstract release(): void;
}

/**
 * The slot of an allocator that somebody else wrote, with the bytes that were checked.
 *
 * @internal
 */
export class ForeignSlot extends OwnSlot {
  readonly #slot: MLockedSlot;
  #released = false;

  constructor(bytes: Uint8Array, slot: MLockedSlot) {
    super(bytes);
    this.#slot = slot;
  }

  /** Wipes it, whatever its allocator does, and gives it back. */
  override release(): void {
    if (this.#released) return;
    this.#released = true;
    sodium.sodium_memzero(this.unsoundBytes);
    this.#slot.release();
  }
}
