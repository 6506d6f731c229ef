import { checkInteger } from '@evolock/direct-serialise/arguments';
import {
  checkAlignment,
  DEFAULT_ALIGNMENT,
  type MLockedAllocator,
  type MLockedSlot,
} from './allocator.js';
import { giveBack, giveUp, map, MAX_REGION_SIZE } from './mapping.js';
import { endOf, hold, internal, isReleased, OwnSlot, type Holder } from './own-slot.js';

/** The slot of a mapping of its own. */
class MappingSlot extends OwnSlot {
  readonly #mapping: Uint8Array;

  constructor(caller: symbol, mapping: Uint8Array, size: number) {
    // It is lent to callbacks, and given to native code, which believes whatever properties it has.
    super(caller, Object.preventExtensions(mapping.subarray(0, size)));
    this.#mapping = mapping;
  }

  override release(): void {
    // A field first: the method, called on a slot of another class, must not end that.
    const mapping = this.#mapping;
    if (isReleased(this)) return;
    giveUp(mapping);
    // Right behind the wiping: whoever is told of an error has a value with its content, or none.
    endOf(this);
    giveBack();
  }
}

function holderOf(slot: OwnSlot): Holder {
  const { byteOffset, byteLength } = slot.unsoundBytes;
  return {
    slotAt: (begin, end) =>
      begin >= byteOffset && end <= byteOffset + byteLength ? slot : undefined,
  };
}

/**
 * Gives every object a guarded mapping of its own: slow and large (a page and 17 µs each), but a read or write past
 * the object's end is a crash and a view that was kept past its callback is empty after the release.
 *
 * There is an exception. The kernel gets a mapping only when the event loop turns, so where many are released in one turn
 * (512, or as many pages as a quarter of a small lock limit), or a limit is met, wiped mappings are used again. A view that
 * was kept on such a mapping is not detached: it shows zeros, then the mapping's next owner, until that is released.
 *
 * @example
 * ```ts
 * import { mappingAllocator, MLockedBytes } from '@evolock/mlocked-bytes';
 *
 * const bytes = MLockedBytes.newZeroed(32, { allocator: mappingAllocator });
 * bytes.release();
 * ```
 */
export class MappingAllocator implements MLockedAllocator {
  /**
   * Takes a zeroed slot of locked memory.
   *
   * @param size - Bytes, 1 to 1 GiB.
   * @param alignment - The address is a multiple of it: a power of two, 1 to 4096.
   * @throws {@link LockLimitError} `ERR_EVOLOCK_LOCK_LIMIT`, {@link RegionLimitError} `ERR_EVOLOCK_REGION_LIMIT`,
   * {@link MemoryRefusedError} `ERR_EVOLOCK_MEMORY_REFUSED`.
   * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`, `ERR_EVOLOCK_ARGUMENT_VALUE`.
   */
  allocate(size: number, alignment: number = DEFAULT_ALIGNMENT): MLockedSlot {
    checkInteger('size', size, 1, MAX_REGION_SIZE);
    checkAlignment(alignment);
    // A mapping ends where its guard page begins, so its address is a multiple of whatever its size is a multiple of.
    const mapping = map(Math.ceil(size / alignment) * alignment);
    let isHeld = false;
    try {
      const slot = new MappingSlot(internal, mapping, size);
      hold(mapping, holderOf(slot));
      isHeld = true;
      return slot;
    } finally {
      if (!isHeld) giveUp(mapping);
    }
  }
}

/** The one-mapping-per-object allocator of this thread. */
export const mappingAllocator: MLockedAllocator = new MappingAllocator();
