/** Seeds. */
import {
  checkBytes,
  checkFunction,
  checkInteger,
  wrongValue,
} from '@evolock/direct-serialise/arguments';
import {
  allocateSlot,
  allocationOptionNames,
  checkLocked,
  LockedValue,
  type AllocationOptions,
  type SizedType,
  type DirectSerialise,
  type LockedClass,
  type Push,
} from '@evolock/mlocked-bytes';
import {
  copyOf,
  filled,
  lend,
  moveInto,
  sodium,
  unsoundMemory,
} from '@evolock/mlocked-bytes/unsound';
import { CHILD_SEED_SIZE, expand, MAX_SEED_SIZE } from './expansion.js';

/** The smallest seed, in bytes: 128 bits. A smaller seed can be guessed. */
export const MIN_SEED_SIZE = 16;

/** The two child seeds of a seed. The caller releases both. */
export interface ChildSeeds {
  /** H(0x01 ‖ seed). */
  readonly left: MLockedSeed<32>;
  /** H(0x02 ‖ seed). */
  readonly right: MLockedSeed<32>;
}

/**
 * A seed in locked memory, from which keys are generated: 16 to 64 bytes, the length in the type. After `release` every
 * use throws `ERR_EVOLOCK_RELEASED`.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { MLockedSeed } from '@evolock/mlocked-seed';
 *
 * const seed = MLockedSeed.newRandom(32);
 * assert.equal(seed.size, 32);
 * seed.release();
 * ```
 */
export class MLockedSeed<Size extends number = number>
  extends LockedValue
  implements DirectSerialise
{
  readonly #size: Size;

  private constructor(size: Size, options: AllocationOptions | undefined) {
    checkInteger('size', size, MIN_SEED_SIZE, MAX_SEED_SIZE);
    super(allocateSlot(size, options));
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

  /** A seed of zeros: 16 to 64 bytes. */
  static newZeroed<Size extends number>(
    size: Size,
    options?: AllocationOptions,
  ): MLockedSeed<Size> {
    return new MLockedSeed(size, options);
  }

  /** A seed of 16 to 64 bytes from the system's random number generator. */
  static newRandom<Size extends number>(
    size: Size,
    options?: AllocationOptions,
  ): MLockedSeed<Size> {
    return filled(new MLockedSeed(size, options), drawRandom);
  }

  /**
   * Copies a seed of 16 to 64 bytes into locked memory and zeroes `bytes`, which are unchanged when it throws. Other copies
   * of them in ordinary memory stay.
   */
  static fromBytes<Size extends number>(
    bytes: Uint8Array & { readonly length: Size },
    options?: AllocationOptions,
  ): MLockedSeed<Size>;
  /** The same for bytes whose type does not state their size. */
  static fromBytes(bytes: Uint8Array, options?: AllocationOptions): MLockedSeed;
  /** The signatures above describe it. */
  static fromBytes(bytes: Uint8Array, options?: AllocationOptions): MLockedSeed {
    const source = checkBytes('bytes', bytes);
    checkInteger('bytes.byteLength', source.byteLength, MIN_SEED_SIZE, MAX_SEED_SIZE);
    return moveInto(new MLockedSeed(source.byteLength, options), source);
  }

  /** The type by which a DirectSerialise helper reads a seed: 16 to 64 bytes. */
  static type<Size extends number>(size: Size): SizedType<MLockedSeed<Size>, AllocationOptions> {
    checkInteger('size', size, MIN_SEED_SIZE, MAX_SEED_SIZE);
    return {
      size,
      optionNames: allocationOptionNames,
      directDeserialise: (pull, options) => {
        checkFunction('pull', pull);
        return filled(new MLockedSeed(size, options), pull);
      },
    };
  }

  /** A copy in locked memory of its own. The seed is gone when both are released. */
  clone(options?: AllocationOptions): MLockedSeed<Size> {
    return copyOf(this, new MLockedSeed(this.#size, options));
  }

  /**
   * Lends the bytes to a callback for the duration of the call.
   *
   * @throws {@link ViewEscapeError} `ERR_EVOLOCK_VIEW_ESCAPE` when the callback returns a promise, the view or its buffer.
   */
  withBytes<Result>(callback: (bytes: Uint8Array) => Result): Result {
    return lend(this.#memory, callback);
  }

  /** Compares two seeds in time that depends on the size alone. */
  equals(other: MLockedSeed): boolean {
    const left = this.#memory;
    const right = unsoundMemory(checkSeed('other', other));
    return left.byteLength === right.byteLength && sodium.sodium_memcmp(left, right);
  }

  /**
   * The two child seeds, 32 bytes each: left = H(0x01 ‖ seed), right = H(0x02 ‖ seed), H = Blake2b-256. The seed is not
   * changed. Source: Malkin, Micciancio, Miner, section 3.1; `expandHashWith` of cardano-crypto-class.
   */
  expand(options?: AllocationOptions): ChildSeeds {
    const seed = this.#memory;
    const left = MLockedSeed.newZeroed(CHILD_SEED_SIZE, options);
    let right: MLockedSeed<32> | undefined;
    let done = false;
    try {
      right = MLockedSeed.newZeroed(CHILD_SEED_SIZE, options);
      expand(left.#memory, right.#memory, seed);
      done = true;
      return { left, right };
    } finally {
      if (!done) {
        left.release();
        right?.release();
      }
    }
  }

  /** Pushes the seed as one block. */
  directSerialise(push: Push): void {
    const memory = this.#memory;
    checkFunction('push', push);
    lend(memory, push);
  }
}

function drawRandom(memory: Uint8Array): void {
  sodium.randombytes_buf(memory);
}

/** Checks that an argument is a live seed, of `size` bytes if that is given. For authors of schemes. */
export function checkSeed(argument: string, value: unknown, size?: number): MLockedSeed {
  const seed = checkLocked(
    argument,
    value,
    MLockedSeed as LockedClass<MLockedSeed>,
    'an MLockedSeed',
  );
  const actual = unsoundMemory(seed).byteLength;
  if (size !== undefined && actual !== size) {
    throw wrongValue(argument, `a seed of ${String(size)} bytes`, `one of ${String(actual)} bytes`);
  }
  return seed;
}
