import {
  checkBytes,
  checkFunction,
  checkInteger,
  checkOptions,
} from '@evolock/direct-serialise/arguments';
import type { DirectDeserialise, DirectSerialise, Push } from '@evolock/direct-serialise';
import {
  checkAllocator,
  DEFAULT_ALIGNMENT,
  type AllocationOptions,
  type MLockedSlot,
} from './allocator.js';
import { chunkMemory, internal, isChunk, MLockedChunk } from './chunk.js';
import { discarded, endAbandonedRuns } from './scratch-run.js';
import { lend, lendBlock } from './lend.js';
import { checkLocked, LockedValue, unsoundMemory } from './locked-value.js';
import { MAX_REGION_SIZE } from './mapping.js';
import { sodium } from './native.js';
import { take } from './own-slot.js';
import { pooledAllocator } from './pooled-allocator.js';
import { checkSlot } from './slot-check.js';
import { copySecret } from './uninterrupted.js';

/** Options of locked bytes. */
export interface MLockedBytesOptions extends AllocationOptions {
  /** The address is a multiple of it: a power of two, 1 to 4096; 32 when absent. */
  readonly alignment?: number | undefined;
}

/**
 * Takes a slot of `size` bytes from the allocator of `options`, or from the pool of the process.
 *
 * For authors of locked types. The slot is the caller's to give back until a {@link LockedValue} has taken it over.
 *
 * @throws {@link LockLimitError} `ERR_EVOLOCK_LOCK_LIMIT`.
 * @throws {@link RegionLimitError} `ERR_EVOLOCK_REGION_LIMIT`.
 * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`, `ERR_EVOLOCK_ARGUMENT_VALUE`.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { allocateSlot } from '@evolock/mlocked-bytes';
 *
 * const slot = allocateSlot(64);
 * assert.equal(slot.unsoundBytes.byteLength, 64);
 * slot.release();
 * ```
 */
export function allocateSlot(size: number, options?: MLockedBytesOptions): MLockedSlot {
  checkInteger('size', size, 1, MAX_REGION_SIZE);
  const { allocator = pooledAllocator, alignment = DEFAULT_ALIGNMENT } = checkOptions(options);
  const slot = checkSlot(checkAllocator(allocator).allocate(size, alignment), size);
  take(slot);
  return slot;
}

/**
 * Bytes in locked memory, of a length known at run time: at most 1 GiB.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { MLockedBytes } from '@evolock/mlocked-bytes';
 *
 * const bytes = MLockedBytes.fromBytes(Uint8Array.of(1, 2, 3));
 * try {
 *   assert.equal(bytes.withBytes((view) => view[1]), 2);
 * } finally {
 *   bytes.release();
 * }
 * ```
 */
export class MLockedBytes extends LockedValue implements DirectSerialise {
  readonly #size: number;

  /** Takes over a slot; see {@link allocateSlot}. */
  protected constructor(slot: MLockedSlot, size: number) {
    super(slot, size);
    this.#size = size;
  }

  /** Bytes. */
  get size(): number {
    return this.#size;
  }

  /** Of locked bytes only: a method that is called on another locked value throws a `TypeError`. */
  get #memory(): Uint8Array {
    return unsoundMemory(this);
  }

  #checkAlive(): void {
    unsoundMemory(this);
  }

  /**
   * Locked bytes, all zero.
   *
   * @param size - Bytes, 1 to 1 GiB.
   * @throws {@link LockLimitError} `ERR_EVOLOCK_LOCK_LIMIT`, {@link RegionLimitError} `ERR_EVOLOCK_REGION_LIMIT`.
   * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`, `ERR_EVOLOCK_ARGUMENT_VALUE`.
   */
  static newZeroed(size: number, options?: MLockedBytesOptions): MLockedBytes {
    return new MLockedBytes(allocateSlot(size, options), size);
  }

  /**
   * Copies bytes into locked memory and zeroes the caller's. What other copies of them there are in ordinary memory
   * (a string, a pooled Buffer, a file's page) stays.
   *
   * @param bytes - 1 byte to 1 GiB; zero when this returns, and left as they are when it throws.
   * @throws {@link LockLimitError} `ERR_EVOLOCK_LOCK_LIMIT`, {@link RegionLimitError} `ERR_EVOLOCK_REGION_LIMIT`.
   * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`, `ERR_EVOLOCK_ARGUMENT_VALUE`.
   */
  static fromBytes(bytes: Uint8Array, options?: MLockedBytesOptions): MLockedBytes {
    const source = checkBytes('bytes', bytes);
    return moveInto(MLockedBytes.newZeroed(source.byteLength, options), source);
  }

  /**
   * The type by which a helper reads locked bytes of a given size.
   *
   * @param size - Bytes, 1 to 1 GiB.
   * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`, `ERR_EVOLOCK_ARGUMENT_VALUE`.
   */
  static type(size: number): DirectDeserialise<MLockedBytes, MLockedBytesOptions> {
    checkInteger('size', size, 1, MAX_REGION_SIZE);
    return {
      directDeserialise: (pull, options) => {
        checkFunction('pull', pull);
        return filled(MLockedBytes.newZeroed(size, options), pull);
      },
    };
  }

  /**
   * Lends the bytes to a callback, for the duration of the call. Copies that the callback makes are its own
   * responsibility; reading single bytes and `set` make none.
   *
   * @throws {@link ReleasedError} `ERR_EVOLOCK_RELEASED`.
   * @throws {@link ViewEscapeError} `ERR_EVOLOCK_VIEW_ESCAPE` when the callback returns a promise, the view or its
   * buffer.
   */
  withBytes<Result>(callback: (bytes: Uint8Array) => Result): Result {
    return lend(this.#memory, callback);
  }

  /**
   * A part of these bytes, which ends with them.
   *
   * @param offset - Bytes from the beginning, 0 to the size.
   * @param length - Bytes, at most what is left.
   * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`, `ERR_EVOLOCK_ARGUMENT_VALUE`.
   * @throws {@link ReleasedError} `ERR_EVOLOCK_RELEASED`.
   */
  chunk(offset: number, length: number): MLockedChunk {
    this.#checkAlive();
    return new MLockedChunk(internal, this, offset, length);
  }

  /**
   * Overwrites the bytes with zeros.
   *
   * @throws {@link ReleasedError} `ERR_EVOLOCK_RELEASED`.
   */
  zero(): void {
    sodium.sodium_memzero(this.#memory);
  }

  /**
   * Copies locked bytes, or a chunk of some, into these.
   *
   * @param source - Live locked bytes; may overlap.
   * @param offset - Where they go, bytes from the beginning.
   * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`; `ERR_EVOLOCK_ARGUMENT_VALUE` when they do not fit.
   * @throws {@link ReleasedError} `ERR_EVOLOCK_RELEASED`.
   */
  copyFrom(source: MLockedBytes | MLockedChunk, offset = 0): void {
    const target = this.#memory;
    const bytes = lockedMemory('source', source);
    checkInteger('offset', offset, 0, target.byteLength - bytes.byteLength);
    copySecret(target, bytes, offset);
  }

  /**
   * A copy in locked memory of its own.
   *
   * @throws {@link LockLimitError} `ERR_EVOLOCK_LOCK_LIMIT`, {@link RegionLimitError} `ERR_EVOLOCK_REGION_LIMIT`.
   * @throws {@link ReleasedError} `ERR_EVOLOCK_RELEASED`.
   */
  clone(options?: MLockedBytesOptions): MLockedBytes {
    return copyOf(this, MLockedBytes.newZeroed(this.#memory.byteLength, options));
  }

  /**
   * Compares in time that depends on the size alone.
   *
   * @param other - Live locked bytes or a chunk of some; of another size, they are not equal.
   * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`.
   * @throws {@link ReleasedError} `ERR_EVOLOCK_RELEASED`.
   */
  equals(other: MLockedBytes | MLockedChunk): boolean {
    const left = this.#memory;
    const right = lockedMemory('other', other);
    return left.byteLength === right.byteLength && sodium.sodium_memcmp(left, right);
  }

  /**
   * Pushes the bytes as one block.
   *
   * @throws {@link ReleasedError} `ERR_EVOLOCK_RELEASED`.
   */
  directSerialise(push: Push): void {
    const memory = this.#memory;
    checkFunction('push', push);
    lendBlock(push, memory);
  }
}

function lockedMemory(argument: string, value: unknown): Uint8Array {
  if (isChunk(value)) return chunkMemory(value);
  return unsoundMemory(
    checkLocked(argument, value, MLockedBytes, 'locked bytes or a chunk of some'),
  );
}

/**
 * Fills the memory of a new locked value, and releases the value when that fails. For authors of locked types.
 *
 * @param value - A live value that nobody else has yet.
 * @param fill - Fills its memory; synchronous.
 * @returns The value.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { MLockedBytes } from '@evolock/mlocked-bytes';
 * import { filled } from '@evolock/mlocked-bytes/unsound';
 *
 * const bytes = MLockedBytes.newZeroed(32);
 * const fail = () => {
 *   throw new Error('broken pipe');
 * };
 * assert.throws(() => filled(bytes, fail), /broken pipe/);
 * assert.equal(bytes.released, true);
 * ```
 */
export function filled<T extends LockedValue>(value: T, fill: (memory: Uint8Array) => void): T {
  checkLocked('value', value, LockedValue, 'a locked value');
  let done = false;
  try {
    checkFunction('fill', fill);
    lendBlock(fill, unsoundMemory(value));
    done = true;
  } finally {
    if (!done) {
      // Known before it is released: near the end of the stack the call may throw, and the next operation releases it.
      discarded[discarded.length] = value;
      endAbandonedRuns();
    }
  }
  return value;
}

/**
 * Copies bytes into a new locked value and zeroes the source. For authors of locked types.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { MLockedBytes } from '@evolock/mlocked-bytes';
 * import { moveInto } from '@evolock/mlocked-bytes/unsound';
 *
 * const source = Uint8Array.of(1, 2, 3);
 * moveInto(MLockedBytes.newZeroed(3), source).release();
 * assert.deepEqual(source, new Uint8Array(3));
 * ```
 */
export function moveInto<T extends LockedValue>(value: T, source: Uint8Array): T {
  return filled(value, (memory) => {
    const bytes = checkBytes('source', source, memory.byteLength);
    copySecret(memory, bytes);
    sodium.sodium_memzero(bytes);
  });
}

/**
 * Fills a new locked value with the content of a live one. For authors of locked types.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { MLockedBytes } from '@evolock/mlocked-bytes';
 * import { copyOf } from '@evolock/mlocked-bytes/unsound';
 *
 * const bytes = MLockedBytes.fromBytes(Uint8Array.of(1, 2, 3));
 * const copy = copyOf(bytes, MLockedBytes.newZeroed(3));
 * assert.equal(copy.equals(bytes), true);
 * bytes.release();
 * copy.release();
 * ```
 */
export function copyOf<T extends LockedValue>(source: LockedValue, copy: T): T {
  return filled(copy, (memory) => {
    copySecret(memory, checkBytes('source', unsoundMemory(source), memory.byteLength));
  });
}

/**
 * Runs a callback with locked bytes that end with it, however it ends.
 *
 * @param size - Bytes, 1 to 1 GiB, all zero at first.
 * @param use - Synchronous; gets the bytes.
 * @returns What the callback returned.
 * @throws {@link LockLimitError} `ERR_EVOLOCK_LOCK_LIMIT`, {@link RegionLimitError} `ERR_EVOLOCK_REGION_LIMIT`.
 * @throws {@link ViewEscapeError} `ERR_EVOLOCK_VIEW_ESCAPE` when the callback returns a promise.
 * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`, `ERR_EVOLOCK_ARGUMENT_VALUE`.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { withMLockedBytes } from '@evolock/mlocked-bytes';
 *
 * let kept;
 * withMLockedBytes(64, (bytes) => {
 *   kept = bytes;
 * });
 * assert.equal(String(kept), '[MLockedBytes: released]');
 * ```
 */
export function withMLockedBytes<Result>(
  size: number,
  use: (bytes: MLockedBytes) => Result,
  options?: MLockedBytesOptions,
): Result {
  checkFunction('use', use);
  const bytes = MLockedBytes.newZeroed(size, options);
  try {
    return bytes.withBytes(() => use(bytes));
  } finally {
    bytes.release();
  }
}
