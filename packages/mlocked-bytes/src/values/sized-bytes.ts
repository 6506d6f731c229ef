/** Locked bytes with a size in their type. */
import {
  checkBytes,
  checkFunction,
  checkInteger,
  checkOptions,
  wrongValue,
} from '@evolock/direct-serialise/arguments';
import type { DirectDeserialise } from '@evolock/direct-serialise';
import type { MLockedBytesOptions, MLockedSlot } from '../allocators/allocator.js';
import { allocateSlot } from '../allocators/pooled-allocator.js';
import { MAX_REGION_SIZE } from '../kernel/mapping.js';
import { copyOf, filled, MLockedBytes, moveInto } from './locked-bytes.js';
import { checkLocked, unsoundMemory } from './locked-value.js';

/**
 * Locked bytes whose length is part of their type, so that the compiler refuses a 64-byte key where a 32-byte seed
 * is expected.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { MLockedSizedBytes } from '@evolock/mlocked-bytes';
 *
 * const bytes: MLockedSizedBytes<32> = MLockedSizedBytes.newZeroed(32);
 * assert.equal(bytes.size, 32);
 * bytes.release();
 * ```
 */
export class MLockedSizedBytes<Size extends number> extends MLockedBytes {
  private constructor(slot: MLockedSlot, size: Size) {
    super(slot, size);
  }

  /** Bytes. */
  override get size(): Size {
    return super.size as Size;
  }

  static override newZeroed<Size extends number>(
    size: Size,
    options?: MLockedBytesOptions,
  ): MLockedSizedBytes<Size> {
    return new MLockedSizedBytes(allocateSlot(size, options), size);
  }

  static override fromBytes(
    bytes: Uint8Array,
    options?: MLockedBytesOptions,
  ): MLockedSizedBytes<number>;
  /**
   * Copies bytes into locked memory and zeroes the bytes of the caller.
   *
   * @param bytes - Exactly `options.size` bytes, if that is given. It is then part of the type.
   * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_VALUE` when they have another size.
   * @throws {@link LockLimitError} `ERR_EVOLOCK_LOCK_LIMIT`, {@link RegionLimitError} `ERR_EVOLOCK_REGION_LIMIT`.
   */
  static override fromBytes<Size extends number>(
    bytes: Uint8Array,
    options: MLockedBytesOptions & { readonly size: Size },
  ): MLockedSizedBytes<Size>;
  static override fromBytes(
    bytes: Uint8Array,
    options?: MLockedBytesOptions & { readonly size?: number },
  ): MLockedSizedBytes<number> {
    const { size } = checkOptions(options);
    if (size !== undefined) checkInteger('options.size', size, 1, MAX_REGION_SIZE);
    const source = checkBytes('bytes', bytes, size);
    return moveInto(MLockedSizedBytes.newZeroed(source.byteLength, options), source);
  }

  static override type<Size extends number>(
    size: Size,
  ): DirectDeserialise<MLockedSizedBytes<Size>, MLockedBytesOptions> {
    checkInteger('size', size, 1, MAX_REGION_SIZE);
    return {
      directDeserialise: (pull, options) => {
        checkFunction('pull', pull);
        return filled(MLockedSizedBytes.newZeroed(size, options), pull);
      },
    };
  }

  override clone(options?: MLockedBytesOptions): MLockedSizedBytes<Size> {
    unsoundMemory(this);
    // `super.size` throws for other values; `this.size` may be an own property.
    return copyOf(this, MLockedSizedBytes.newZeroed(super.size as Size, options));
  }

  /**
   * Copies locked bytes of the same size into these.
   *
   * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_VALUE` when the sizes differ.
   * @throws {@link ReleasedError} `ERR_EVOLOCK_RELEASED`.
   */
  copyAll(source: MLockedSizedBytes<Size>): void {
    const size = unsoundMemory(
      checkLocked('source', source, MLockedBytes, 'locked bytes'),
    ).byteLength;
    if (size !== super.size)
      throw wrongValue('source', `${String(super.size)} bytes`, `${String(size)} bytes`);
    super.copyFrom(source);
  }
}
