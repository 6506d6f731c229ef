import { checkInteger } from '@evolock/direct-serialise/arguments';
import type { MLockedSlot } from './allocator.js';
import { lend } from './lend.js';
import { LockedValue, unsoundMemory } from './locked-value.js';
import { mappingAllocator } from './mapping-allocator.js';
import { MAX_REGION_SIZE } from './mapping.js';
import { sodium } from './native.js';
import { makeDivisible } from './own-slot.js';

/**
 * One guarded mapping of locked memory, proved to be locked: what allocators cut into slots.
 *
 * A guard page lies before and behind; the mapping is kept out of core dumps. Releasing it wipes it at once and
 * detaches every view on it, but for the exception that {@link mappingAllocator} names.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { MLockedRegion } from '@evolock/mlocked-bytes';
 *
 * const region = MLockedRegion.allocate(4032);
 * assert.equal(region.size, 4032);
 * region.release();
 * ```
 */
export class MLockedRegion extends LockedValue {
  readonly #size: number;

  private constructor(size: number) {
    super(divisibleSlot(size), size);
    this.#size = size;
  }

  /** Of a region only: a method that is called on another locked value throws a `TypeError`. */
  get #memory(): Uint8Array {
    return unsoundMemory(this);
  }

  /** Bytes of the region. */
  get size(): number {
    return this.#size;
  }

  /**
   * Maps a region and proves that it is locked.
   *
   * @param size - Bytes, 1 to 1 GiB. A page holds 4080.
   * @returns A zeroed region.
   * @throws {@link LockLimitError} `ERR_EVOLOCK_LOCK_LIMIT` when it cannot be locked.
   * @throws {@link RegionLimitError} `ERR_EVOLOCK_REGION_LIMIT` when there are too many.
   * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`, `ERR_EVOLOCK_ARGUMENT_VALUE`.
   */
  static allocate(size: number): MLockedRegion {
    checkInteger('size', size, 1, MAX_REGION_SIZE);
    return new MLockedRegion(size);
  }

  /**
   * Lends the bytes to a callback, for the duration of the call.
   *
   * @throws {@link ReleasedError} `ERR_EVOLOCK_RELEASED`.
   * @throws {@link ViewEscapeError} `ERR_EVOLOCK_VIEW_ESCAPE` when the callback returns a promise, the view or its
   * buffer.
   */
  withBytes<Result>(callback: (bytes: Uint8Array) => Result): Result {
    return lend(this.#memory, callback);
  }

  /**
   * Overwrites the region with zeros.
   *
   * @throws {@link ReleasedError} `ERR_EVOLOCK_RELEASED`.
   */
  zero(): void {
    sodium.sodium_memzero(this.#memory);
  }
}

function divisibleSlot(size: number): MLockedSlot {
  const slot = mappingAllocator.allocate(size, 1);
  makeDivisible(slot);
  return slot;
}
