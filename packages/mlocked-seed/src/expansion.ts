/**
 * Blake2b-256: of public bytes, and of secrets, which are the two child seeds of a seed.
 *
 * A hash leaves its input and its digest in registers and on the C stack until something overwrites them, and libsodium
 * takes one piece of memory as input. So seeds are hashed in locked scratch memory. The copies and hashes of one path of a
 * tree are made without JavaScript between them, and as the last ones a hash and a copy over zeros, which put zeros into the
 * registers: see `scratch.ts` and `uninterrupted.ts` of mlocked-bytes.
 */
import { checkBytes } from '@evolock/direct-serialise/arguments';
import {
  copyCall,
  hashCall,
  Scratch,
  sodium,
  uninterrupted,
  zeroCopyCall,
  type NativeCall,
} from '@evolock/mlocked-bytes/unsound';

/** Bytes of a Blake2b-256 digest. */
export const BLAKE2B_256_SIZE = 32;

/** Bytes of a child seed: the output of Blake2b-256. */
export const CHILD_SEED_SIZE = 32;

/** The largest seed, in bytes. */
export const MAX_SEED_SIZE = 64;

/** Bytes of the stack that are overwritten: 3 KiB of a hash, 4 KiB of a signal frame with AVX-512, and 1 KiB in reserve. */
const STACK = 8_192;

/** A hash of most inputs: they all use the same registers. */
const HASH_OF_ZEROS = hashCall(
  new Uint8Array(CHILD_SEED_SIZE),
  new Uint8Array(1 + CHILD_SEED_SIZE),
);

const LEFT = Uint8Array.of(0x01);
const RIGHT = Uint8Array.of(0x02);

/** How {@link expansionScratch} differs for the caller. */
export interface ExpansionScratchOptions {
  /** Bytes of the largest copy that is made there. A child seed when absent. */
  readonly largestCopy?: number;
  /** The error of an operation whose scratch memory was taken from within. */
  readonly taken?: () => Error;
}

/** Reserves scratch memory in which seeds are expanded: `size` bytes, with those of an {@link Expansion}. */
export function expansionScratch(
  size: number,
  { largestCopy = CHILD_SEED_SIZE, ...options }: ExpansionScratchOptions = {},
): Scratch {
  return new Scratch({
    ...options,
    size,
    copies: [zeroCopyCall(largestCopy), zeroCopyCall(CHILD_SEED_SIZE)],
    settle: [HASH_OF_ZEROS],
    stack: STACK,
  });
}

/** Bytes of scratch memory in which a seed of `size` bytes is expanded: the seed twice, each after a prefix. */
export function expansionSize(size: number): number {
  return 2 * (1 + size);
}

/**
 * A seed that is hashed to its children: left = H(0x01 ‖ seed), right = H(0x02 ‖ seed). Its methods return calls, which the
 * scratch memory of {@link expansionScratch} alone may make, of which it is a part. Arguments are not checked.
 *
 * Source: `expandHashWith` of cardano-crypto-class; Malkin, Micciancio, Miner, section 3.1.
 */
export class Expansion {
  readonly #toLeft: Uint8Array;
  readonly #toRight: Uint8Array;
  readonly seed: Uint8Array;

  /** Takes memory of {@link expansionSize}. */
  constructor(memory: Uint8Array) {
    const size = memory.length / 2;
    this.#toLeft = memory.subarray(0, size);
    this.#toRight = memory.subarray(size);
    this.seed = this.#toLeft.subarray(1);
  }

  /** Takes a seed. */
  take(seed: Uint8Array): NativeCall[] {
    return [
      copyCall(this.#toLeft, LEFT),
      copyCall(this.#toLeft, seed, 1),
      copyCall(this.#toRight, RIGHT),
      copyCall(this.#toRight, seed, 1),
    ];
  }

  /** Writes both children of the seed. */
  toChildren(left: Uint8Array, right: Uint8Array): NativeCall[] {
    return [hashCall(left, this.#toLeft), hashCall(right, this.#toRight)];
  }

  /** Writes the right child, and replaces the seed by the left one. */
  toTheLeft(right: Uint8Array): NativeCall[] {
    return [
      hashCall(right, this.#toRight),
      hashCall(this.seed, this.#toLeft),
      copyCall(this.#toRight, this.seed, 1),
    ];
  }
}

/**
 * Blake2b-256 (RFC 7693), unkeyed, of **public** bytes: 32 bytes. The hash of a secret would leave parts of it on the
 * stack: {@link MLockedSeed.expand} hashes seeds.
 */
export function blake2b256(input: Uint8Array): Uint8Array {
  const digest = new Uint8Array(BLAKE2B_256_SIZE);
  sodium.crypto_generichash(digest, checkBytes('input', input));
  return digest;
}

/** The scratch memory of this thread, and the part of it for the largest seed. */
interface ThreadScratch {
  readonly scratch: Scratch;
  readonly part: Uint8Array;
}

let ofThread: ThreadScratch | undefined;

function reserve(): ThreadScratch {
  const size = expansionSize(MAX_SEED_SIZE);
  const scratch = expansionScratch(size, { largestCopy: MAX_SEED_SIZE });
  return { scratch, part: scratch.part(size) };
}

/** Expands a locked seed, in the scratch memory of the thread, into two locked pieces of 32 bytes. */
export function expand(left: Uint8Array, right: Uint8Array, seed: Uint8Array): void {
  const { scratch, part } = (ofThread ??= reserve());
  const expansion = new Expansion(part.subarray(0, expansionSize(seed.length)));
  const calls = [...expansion.take(seed), ...expansion.toChildren(left, right)];
  scratch.use(() => scratch.run(scratch.prepare(calls)));
}

/** The first call of a native function leaves its arguments on the C stack. So it is made with zeros. */
function warmUp(): void {
  sodium.crypto_generichash(new Uint8Array(CHILD_SEED_SIZE), new Uint8Array(1 + CHILD_SEED_SIZE));
  uninterrupted([HASH_OF_ZEROS]);
  sodium.randombytes_buf(new Uint8Array(CHILD_SEED_SIZE));
}

warmUp();
