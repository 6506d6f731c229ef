/**
 * Blake2b-256 of secrets: the two child seeds of a seed.
 *
 * A hash leaves its input and its digest in registers and on the C stack until something overwrites them, and libsodium
 * takes one piece of memory as input. So seeds are hashed in locked scratch memory, the bench.
 *
 * - {@link runExpansions} makes the copies and hashes of one path of a tree without JavaScript between them, and as the
 *   last ones a hash and a copy over zeros, which put zeros into the registers: see `uninterrupted.ts` of mlocked-bytes.
 * - {@link wipeExpansion}, in a `finally`, overwrites the stack and zeroes the bench. It reaches as deep as the frame of a
 *   signal that arrives during a hash.
 * - The bench is scratch memory of a run: the next operation wipes what an abandoned expansion left there.
 */
import { allocateSlot, mappingAllocator } from '@evolock/mlocked-bytes';
import {
  copyCall,
  hashCall,
  overwriteStack,
  sodium,
  uninterrupted,
  zeroCopyCall,
  type NativeCall,
  type Scratch,
} from '@evolock/mlocked-bytes/unsound';

/**
 * Bytes of a child seed: the output of Blake2b-256.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { CHILD_SEED_SIZE, MLockedSeed } from '@evolock/mlocked-seed';
 *
 * using seed = MLockedSeed.newRandom(64);
 * const { left, right } = seed.expand();
 * assert.equal(left.size, CHILD_SEED_SIZE);
 * left.release();
 * right.release();
 * ```
 */
export const CHILD_SEED_SIZE = 32;

/**
 * The largest seed, in bytes.
 *
 * @example
 * ```ts
 * import { MAX_SEED_SIZE, MLockedSeed } from '@evolock/mlocked-seed';
 *
 * MLockedSeed.newRandom(MAX_SEED_SIZE).release();
 * ```
 */
export const MAX_SEED_SIZE = 64;

/** Bytes of the locked bench of a thread, on which seeds are expanded. */
export const EXPANSION_BENCH_SIZE = 1 + MAX_SEED_SIZE;

const LEFT = Uint8Array.of(0x01);
const RIGHT = Uint8Array.of(0x02);

/**
 * Overwrites the registers after hashes and copies. It has the size of most inputs, which all use the same registers. It is
 * first in a list, since lists of calls are in reverse order.
 */
const SETTLE: readonly NativeCall[] = [
  zeroCopyCall(CHILD_SEED_SIZE),
  hashCall(new Uint8Array(CHILD_SEED_SIZE), new Uint8Array(1 + CHILD_SEED_SIZE)),
];

/** Locked memory in which a seed is hashed: the input with its prefix, by size of the seed. */
class Bench implements Scratch {
  // A slot and no locked value: `releaseAll` wipes the bench, which stays in use. It is a mapping of its own: a callback that
  // transfers the buffer of a slab does not reach it.
  readonly #slot = allocateSlot(EXPANSION_BENCH_SIZE, { allocator: mappingAllocator });
  readonly #memory = this.#slot.unsoundBytes;
  readonly #inputs: (Uint8Array | undefined)[] = [];
  /** Whether no seed was expanded since the last wipe. */
  #clean = true;
  /** Whether the last calls ran to their end, which overwrites the registers. */
  #settled = true;

  calls(left: Uint8Array, right: Uint8Array, seed: Uint8Array): NativeCall[] {
    const input = this.#inputFor(seed.byteLength);
    return [
      copyCall(input, seed, 1),
      copyCall(input, LEFT),
      hashCall(left, input),
      copyCall(input, RIGHT),
      hashCall(right, input),
    ];
  }

  run(calls: readonly NativeCall[]): void {
    this.#clean = false;
    this.#settled = false;
    uninterrupted(calls);
    this.#settled = true;
  }

  /** Marked clean at the end: when a call ends without its `finally`, the next call wipes again. */
  wipe(): void {
    if (this.#clean) return;
    this.#memory.fill(0);
    if (!this.#settled) uninterrupted(SETTLE);
    this.#settled = true;
    overwriteStack(zeros);
    this.#clean = true;
  }

  #inputFor(seedSize: number): Uint8Array {
    return (this.#inputs[seedSize] ??= this.#memory.subarray(0, 1 + seedSize));
  }
}

/** Words of the stack that are overwritten, 12 KiB: 3 KiB of a hash, 4 KiB of a signal frame with AVX-512, and a reserve. */
const zeros: readonly number[] = new Array<number>(1_536).fill(0);

let bench: Bench | undefined;

/**
 * Reserves the locked bench of this thread, so that an expansion later needs no new locked memory.
 *
 * @returns The bench, as scratch memory of a run: its `wipe` is {@link wipeExpansion}.
 * @throws {@link LockLimitError} `ERR_EVOLOCK_LOCK_LIMIT`.
 *
 * @internal
 */
export function reserveExpansion(): Scratch {
  return (bench ??= new Bench());
}

/**
 * The calls that hash a seed to its two children, in memory that the caller owns and keeps: left = H(0x01 ‖ seed),
 * right = H(0x02 ‖ seed). Arguments are not checked. `seed` may be `left`.
 *
 * Source: `expandHashWith` of cardano-crypto-class; Malkin, Micciancio, Miner, section 3.1.
 *
 * @returns Calls for {@link prepareExpansions}, which alone may make them.
 *
 * @internal
 */
export function expansionCalls(
  left: Uint8Array,
  right: Uint8Array,
  seed: Uint8Array,
): NativeCall[] {
  bench ??= new Bench();
  return bench.calls(left, right, seed);
}

/** Calls that `runExpansions` makes. */
export interface Expansions {
  /** In reverse order, after the calls that overwrite the registers. */
  readonly calls: readonly NativeCall[];
}

/**
 * Prepares the expansions and copies of a path, to be made as one.
 *
 * @param calls - In order: {@link expansionCalls}, and copies of 32 bytes.
 *
 * @internal
 */
export function prepareExpansions(calls: readonly NativeCall[]): Expansions {
  return { calls: [...SETTLE, ...[...calls].reverse()] };
}

/**
 * Makes the expansions of a path, and leaves nothing of them in the registers. Traces stay in locked memory and on the
 * stack until {@link wipeExpansion}.
 *
 * @internal
 */
export function runExpansions({ calls }: Expansions): void {
  bench ??= new Bench();
  bench.run(calls);
}

/**
 * Overwrites what expansions left in the bench, in registers and on the stack. Call it in a `finally`.
 *
 * @internal
 */
export function wipeExpansion(): void {
  bench?.wipe();
}

/** The first call of a native function leaves its arguments on the C stack. So it is made with zeros. */
function warmUp(): void {
  sodium.crypto_generichash(new Uint8Array(CHILD_SEED_SIZE), new Uint8Array(1 + CHILD_SEED_SIZE));
  sodium.randombytes_buf(new Uint8Array(CHILD_SEED_SIZE));
}

warmUp();
