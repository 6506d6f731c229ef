/**
 * Blake2b-256 of secrets: the two child seeds of a seed.
 *
 * A hash leaves its input and its digest in registers and on the C stack until something overwrites them, and libsodium
 * takes one piece of memory as input. So seeds are hashed in a locked bench, and three things follow.
 *
 * - {@link settleExpansion}, right behind the hashes, runs the same hash over zeros, which puts zeros into the registers.
 *   Two events copy registers to memory at any moment: the engine saves them on its heap when it gives up optimised code,
 *   and the kernel saves them on the stack when it delivers a signal.
 * - {@link wipeExpansion}, in a `finally`, overwrites the stack and zeroes the bench. It reaches as deep as the frame of a
 *   signal that came in the midst of a hash.
 * - The bench is scratch memory of a run, so that an expansion which was abandoned is wiped by the next operation.
 */
import { allocateSlot, mappingAllocator } from '@evolock/mlocked-bytes';
import {
  overwriteCopyResidue,
  overwriteStack,
  placedView,
  sodium,
  type Scratch,
} from '@evolock/mlocked-bytes/unsound';

/** Bytes of a child seed: the output of Blake2b-256. */
export const CHILD_SEED_SIZE = 32;

/** The largest seed, in bytes. */
export const MAX_SEED_SIZE = 64;

/** Bytes of the locked bench of a thread, on which seeds are expanded. */
export const EXPANSION_BENCH_SIZE = 1 + MAX_SEED_SIZE;

const LEFT = 0x01;
const RIGHT = 0x02;

/** What is hashed only for the registers: of the size of most inputs, which all go through the same ones. */
const noSecret = placedView(new Uint8Array(1 + CHILD_SEED_SIZE));
const noDigest = placedView(new Uint8Array(CHILD_SEED_SIZE));

/** Locked memory in which a seed is hashed: the input with its prefix, by size of the seed. */
class Bench implements Scratch {
  // A slot and no locked value: releasing every value of the thread wipes the bench, which stays in use. It is a mapping
  // of its own: a callback that transfers the buffer of a slab does not reach it.
  readonly #slot = allocateSlot(EXPANSION_BENCH_SIZE, { allocator: mappingAllocator });
  readonly #memory = this.#slot.unsoundBytes;
  readonly #inputs: (Uint8Array | undefined)[] = [];
  /** Whether nothing was expanded since the last wipe. */
  #clean = true;
  /** Whether the registers hold nothing of an expansion. */
  #settled = true;

  expand(left: Uint8Array, right: Uint8Array, seed: Uint8Array): void {
    this.#clean = false;
    this.#settled = false;
    const input = this.#inputFor(seed.length);
    input.set(seed, 1);
    overwriteCopyResidue(seed.length);
    input[0] = LEFT;
    sodium.crypto_generichash(left, input);
    input[0] = RIGHT;
    sodium.crypto_generichash(right, input);
  }

  settle(): void {
    if (this.#settled) return;
    sodium.crypto_generichash(noDigest, noSecret);
    this.#settled = true;
  }

  /** Clean only when all of it is done: what an end without `finally` left out, the next call does. */
  wipe(): void {
    if (this.#clean) return;
    this.#memory.fill(0);
    this.settle();
    overwriteStack(zeros);
    this.#clean = true;
  }

  #inputFor(seedSize: number): Uint8Array {
    return (this.#inputs[seedSize] ??= placedView(this.#memory.subarray(0, 1 + seedSize)));
  }
}

/** Words of the stack that are overwritten, 12 KiB: 3 of a hash, and 4 of a signal under it with AVX-512, and as much again. */
const zeros: readonly number[] = new Array<number>(1_536).fill(0);

let bench: Bench | undefined;

/**
 * Reserves the locked bench of this thread, so that an expansion later needs no new locked memory.
 *
 * @returns The bench, as scratch memory of a run: its `wipe` is {@link wipeExpansion}.
 * @throws {@link LockLimitError} `ERR_EVOLOCK_LOCK_LIMIT`.
 *
 * @example
 * ```ts
 * import { reserveExpansion } from '@evolock/mlocked-seed/unsound';
 *
 * reserveExpansion();
 * ```
 */
export function reserveExpansion(): Scratch {
  return (bench ??= new Bench());
}

/**
 * Hashes a seed to its two children, in memory that the caller owns: left = H(0x01 ‖ seed), right = H(0x02 ‖ seed).
 * Arguments are not checked, and traces stay until {@link wipeExpansion}. `seed` may be `left`.
 *
 * Source: `expandHashWith` of cardano-crypto-class; Malkin, Micciancio, Miner, section 3.1.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { MLockedSeed } from '@evolock/mlocked-seed';
 * import { unsoundExpand, unsoundMemory, wipeExpansion } from '@evolock/mlocked-seed/unsound';
 *
 * const seed = MLockedSeed.newRandom(32);
 * const right = MLockedSeed.newZeroed(32);
 * try {
 *   // The left child takes the place of its parent.
 *   unsoundExpand(unsoundMemory(seed), unsoundMemory(right), unsoundMemory(seed));
 *   assert.equal(seed.equals(right), false);
 * } finally {
 *   wipeExpansion();
 *   seed.release();
 *   right.release();
 * }
 * ```
 */
export function unsoundExpand(left: Uint8Array, right: Uint8Array, seed: Uint8Array): void {
  bench ??= new Bench();
  bench.expand(left, right, seed);
}

/**
 * Overwrites what expansions left in the registers. Belongs right behind the last expansion of a path.
 *
 * @example
 * ```ts
 * import { settleExpansion } from '@evolock/mlocked-seed/unsound';
 *
 * settleExpansion();
 * ```
 */
export function settleExpansion(): void {
  bench?.settle();
}

/**
 * Removes what expansions left in the locked bench, in registers and on the stack. Belongs into a `finally`.
 *
 * @example
 * ```ts
 * import { wipeExpansion } from '@evolock/mlocked-seed/unsound';
 *
 * wipeExpansion();
 * ```
 */
export function wipeExpansion(): void {
  bench?.wipe();
}

/** The first call of a native leaves its arguments on the C stack: let it be a call with nothing in them. */
function warmUp(): void {
  sodium.crypto_generichash(new Uint8Array(CHILD_SEED_SIZE), new Uint8Array(1 + CHILD_SEED_SIZE));
  sodium.randombytes_buf(new Uint8Array(CHILD_SEED_SIZE));
}

warmUp();
