/** An allocator that makes a mapping for each slot. */
import { checkInteger } from '@evolock/direct-serialise/arguments';
import { giveBack, giveUp, map, MAX_REGION_SIZE } from '../kernel/mapping.js';
import {
  checkAlignment,
  DEFAULT_ALIGNMENT,
  type MLockedAllocator,
  type MLockedSlot,
} from './allocator.js';
import { hold, internal, OwnSlot, type Holder, type Source } from './slot.js';

/** A mapping that is one slot. */
class OneSlot implements Holder, Source {
  readonly #mapping: Uint8Array;
  readonly slot: OwnSlot;

  constructor(mapping: Uint8Array, size: number) {
    this.#mapping = mapping;
    // The view takes no properties: it is lent to callbacks, and native code reads the properties of a view.
    const bytes = Object.preventExtensions(mapping.subarray(0, size));
    this.slot = new OwnSlot(internal, bytes, this);
    hold(mapping, this);
  }

  slotAt(begin: number, end: number): OwnSlot | undefined {
    const { byteOffset, byteLength } = this.slot.unsoundBytes;
    return begin >= byteOffset && end <= byteOffset + byteLength ? this.slot : undefined;
  }

  wipe(): void {
    giveUp(this.#mapping);
  }

  takeBack(): void {
    giveBack();
  }
}

/**
 * Makes a mapping of its own for a slot. The arguments are not checked.
 *
 * @internal
 */
export function mapSlot(size: number, alignment: number): OwnSlot {
  // A mapping ends at its guard page, so its address is a multiple of every power of two that divides its size.
  const mapping = map(Math.ceil(size / alignment) * alignment);
  let holder: OneSlot | undefined;
  try {
    holder = new OneSlot(mapping, size);
    return holder.slot;
  } finally {
    if (holder === undefined) giveUp(mapping);
  }
}

/**
 * Gives every object a guarded mapping of its own. That costs a page and 17 µs. A read or write past the end of the object
 * ends the process, and a view that was kept past its callback is empty after the release.
 *
 * There is one exception. The kernel gets a mapping when the event loop turns. When many are released in one turn (512, or
 * as many pages as a quarter of a small lock limit), or at a limit, wiped mappings are used again. A view that was kept on
 * such a mapping is not detached: it shows zeros, and then the next owner.
 *
 * @example
 * ```ts
 * import { mappingAllocator, MLockedBytes } from '@evolock/mlocked-bytes';
 *
 * MLockedBytes.newZeroed(32, { allocator: mappingAllocator }).release();
 * ```
 */
export const mappingAllocator: MLockedAllocator = {
  allocate(size: number, alignment: number = DEFAULT_ALIGNMENT): MLockedSlot {
    checkInteger('size', size, 1, MAX_REGION_SIZE);
    return mapSlot(size, checkAlignment(alignment));
  },
};
