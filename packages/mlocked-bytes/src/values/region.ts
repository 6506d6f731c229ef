/** A region of locked memory. */
import { checkInteger } from '@evolock/direct-serialise/arguments';
import type { MLockedSlot } from '../allocators/allocator.js';
import { mapSlot } from '../allocators/mapping-allocator.js';
import { makeDivisible } from '../allocators/slot.js';
import { MAX_REGION_SIZE } from '../kernel/mapping.js';
import { sodium } from '../kernel/native.js';
import { lend } from './lend.js';
import { LockedValue, unsoundMemory } from './locked-value.js';

/**
 * One mapping of locked memory, proved to be locked, which an allocator can cut into slots.
 *
 * It has a guard page on each side and is left out of core dumps. A release wipes it at once and detaches every view on it,
 * with the exception that {@link mappingAllocator} names.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { MLockedRegion } from '@evolock/mlocked-bytes';
 *
 * const region = MLockedRegion.allocate(4080); // one page
 * assert.equal(region.size, 4080);
 * region.release();
 * ```
 */
export class MLockedRegion extends LockedValue {
  readonly #size: number;

  private constructor(size: number) {
    super(divisibleSlot(size), size);
    this.#size = size;
  }

  /** Private: a method that is called on another locked value throws a `TypeError`. */
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
   */
  static allocate(size: number): MLockedRegion {
    return new MLockedRegion(size);
  }

  /**
   * Lends the bytes to a callback for the duration of the call.
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
  checkInteger('size', size, 1, MAX_REGION_SIZE);
  const slot = mapSlot(size, 1);
  makeDivisible(slot);
  return slot;
}
