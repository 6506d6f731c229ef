/** Locked bytes; how memory is lent to a callback, and how the memory of new values is filled. */
import {
  bufferBehind,
  checkBytes,
  checkFunction,
  checkInteger,
  isUnfinished,
  wrongType,
} from '@evolock/direct-serialise/arguments';
import type { DirectSerialise, Push, SizedType } from '@evolock/direct-serialise';
import { ViewEscapeError } from '../errors.js';
import {
  lockedBytesOptionNames,
  type MLockedBytesOptions,
  type MLockedSlot,
} from '../allocators/allocator.js';
import { allocateAlignedSlot } from '../allocators/pooled-allocator.js';
import { MAX_REGION_SIZE } from '../kernel/mapping.js';
import { sodium } from '../kernel/native.js';
import { copySecret } from '../kernel/uninterrupted.js';
import { checkLocked, LockedValue, unsoundMemory } from './locked-value.js';

/**
 * Lends memory to a callback for the duration of the call.
 *
 * A pull that continues after its call may write to the memory of the next owner. The value that is read is wiped when this
 * throws; such a pull must be corrected.
 *
 * @throws `ViewEscapeError` `ERR_EVOLOCK_VIEW_ESCAPE` when the callback returns a promise, an iterator, a view on the
 * memory or its buffer.
 */
export function lend<Result>(memory: Uint8Array, use: (bytes: Uint8Array) => Result): Result {
  if (typeof use !== 'function') throw wrongType('callback', 'a function', use);
  const result = use(memory);
  if (result !== undefined) refuseEscape(result, memory);
  return result;
}

/**
 * Lends blocks of locked memory, views that the caller made, to a push or a pull, one after the other, as {@link lend}
 * does. `checkAlive` is called before each block: it throws when the blocks may not be used any more.
 */
export function lendBlocks(
  blocks: readonly Uint8Array[],
  move: (block: Uint8Array) => void,
  checkAlive: () => void,
): void {
  for (const block of blocks) {
    checkAlive();
    lend(block, move);
  }
}

function refuseEscape(result: unknown, { buffer }: Uint8Array): void {
  if (result === buffer) throw new ViewEscapeError('returned the buffer behind it');
  if (bufferBehind(result) === buffer) throw new ViewEscapeError('returned a view on it');
  // A generator has not run yet: when it does, the memory has another owner.
  if (isUnfinished(result)) throw new ViewEscapeError('returned a promise or an iterator');
}

/**
 * Bytes in locked memory: at most 1 GiB. When their length is known, it is part of their type, so that the compiler refuses
 * a 64-byte key where a 32-byte seed is expected. After `release` every use throws `ERR_EVOLOCK_RELEASED`.
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
export class MLockedBytes<Size extends number = number>
  extends LockedValue
  implements DirectSerialise
{
  readonly #size: Size;

  private constructor(slot: MLockedSlot, size: Size) {
    super(slot);
    this.#size = size;
  }

  /** Bytes. */
  get size(): Size {
    return this.#size;
  }

  /** Private: a method that is called on another locked value throws a `TypeError`. */
  get #memory(): Uint8Array {
    return unsoundMemory(this);
  }

  /** Locked bytes, all zero: 1 byte to 1 GiB. */
  static newZeroed<Size extends number>(
    size: Size,
    options?: MLockedBytesOptions,
  ): MLockedBytes<Size> {
    return new MLockedBytes(allocateAlignedSlot(size, options), size);
  }

  /**
   * Copies 1 byte to 1 GiB into locked memory and zeroes the bytes of the caller, which are unchanged when it throws. Other
   * copies of them in ordinary memory (a string, a pooled Buffer, a page of a file) stay.
   */
  static fromBytes(bytes: Uint8Array, options?: MLockedBytesOptions): MLockedBytes {
    const source = checkBytes('bytes', bytes);
    return moveInto(MLockedBytes.newZeroed(source.byteLength, options), source);
  }

  /** The type by which a DirectSerialise helper reads locked bytes: 1 byte to 1 GiB. */
  static type<Size extends number>(size: Size): SizedType<MLockedBytes<Size>, MLockedBytesOptions> {
    checkInteger('size', size, 1, MAX_REGION_SIZE);
    return {
      size,
      optionNames: lockedBytesOptionNames,
      directDeserialise: (pull, options) => {
        checkFunction('pull', pull);
        return filled(MLockedBytes.newZeroed(size, options), pull);
      },
    };
  }

  /**
   * Lends the bytes to a callback for the duration of the call. The application wipes the copies that the callback makes.
   * Reading single bytes makes none.
   *
   * @throws {@link ViewEscapeError} `ERR_EVOLOCK_VIEW_ESCAPE` when the callback returns a promise, the view or its buffer.
   */
  withBytes<Result>(callback: (bytes: Uint8Array) => Result): Result {
    return lend(this.#memory, callback);
  }

  /** Overwrites the bytes with zeros. */
  zero(): void {
    sodium.sodium_memzero(this.#memory);
  }

  /**
   * Copies live locked bytes, which may be these, into these from `offset` on.
   *
   * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_VALUE` when they do not fit.
   */
  copyFrom(source: MLockedBytes, offset = 0): void {
    const target = this.#memory;
    const bytes = otherBytes('source', source);
    checkInteger('offset', offset, 0, target.byteLength - bytes.byteLength);
    copySecret(target, bytes, offset);
  }

  /** A copy in locked memory of its own. */
  clone(options?: MLockedBytesOptions): MLockedBytes<Size> {
    return copyOf(this, MLockedBytes.newZeroed(this.#size, options));
  }

  /** Compares with live locked bytes, in time that depends on the size alone. Bytes of another size are not equal. */
  equals(other: MLockedBytes): boolean {
    const left = this.#memory;
    const right = otherBytes('other', other);
    return left.byteLength === right.byteLength && sodium.sodium_memcmp(left, right);
  }

  /** Pushes the bytes as one block. */
  directSerialise(push: Push): void {
    const memory = this.#memory;
    checkFunction('push', push);
    lend(memory, push);
  }
}

function otherBytes(argument: string, value: unknown): Uint8Array {
  return unsoundMemory(checkLocked<MLockedBytes>(argument, value, MLockedBytes, 'locked bytes'));
}

/**
 * Fills the memory of a new locked value, which no other code has, and releases the value when that fails. The memory is
 * lent: see {@link lend}. For authors of locked types.
 */
export function filled<T extends LockedValue>(value: T, fill: (memory: Uint8Array) => void): T {
  let done = false;
  try {
    lend(unsoundMemory(value), fill);
    done = true;
  } finally {
    if (!done) value.release();
  }
  return value;
}

/** Copies bytes of the same size into a new locked value and zeroes the source. For authors of locked types. */
export function moveInto<T extends LockedValue>(value: T, source: Uint8Array): T {
  return filled(value, (memory) => {
    copySecret(memory, source);
    sodium.sodium_memzero(source);
  });
}

/** Fills a new locked value with the content of a live one of the same size. For authors of locked types. */
export function copyOf<T extends LockedValue>(source: LockedValue, copy: T): T {
  return filled(copy, (memory) => {
    copySecret(memory, unsoundMemory(source));
  });
}

/**
 * Calls a synchronous function with locked bytes, which are released when it returns or throws, and returns its result.
 *
 * @param size - Bytes, 1 to 1 GiB, all zero at first.
 * @throws {@link ViewEscapeError} `ERR_EVOLOCK_VIEW_ESCAPE` when the callback returns a promise.
 */
export function withMLockedBytes<Size extends number, Result>(
  size: Size,
  use: (bytes: MLockedBytes<Size>) => Result,
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
