/**
 * The locked memory on which keys are generated, evolved and checked: the bench of an algorithm.
 *
 * It holds the secrets of one key at one period in the layout of a key: the leaf, then the right seed of every level, zero
 * if the level is in its right half. A key that evolves is copied here, evolved here and copied back in one copy, so a step
 * that fails leaves the key unchanged. The bench is reserved when the first key of an algorithm is made: no later operation
 * needs new locked memory. Each use is a run on scratch memory: the bench is wiped when the run ends, and by the next
 * operation if the run was abandoned. `fill(0)` costs a third of `sodium_memzero`, and engines never remove it.
 */
import type { MLockedSlot } from '@evolock/kes-single';
import {
  copyCall,
  copySecret,
  expansionCalls,
  placedView,
  prepareExpansions,
  reserveExpansion,
  runExpansions,
  uninterrupted,
  wipeExpansion,
  zeroCopyCall,
  type Expansions,
  type NativeCall,
  type Scratch,
} from '@evolock/kes-single/unsound';
import { boundary, SEED_SIZE, side, type TreeGeometry } from '../tree/tree-geometry.js';
import { TreeGrowth } from '../tree/tree-growth.js';
import type { VerificationTree } from '../tree/verification-tree.js';
import { KeyBlocks } from './key-blocks.js';
import { scratchMemoryOf } from './scratch.js';

/** A seed is zeroed by a copy, right after the copy that takes it. */
const NO_SEED = new Uint8Array(SEED_SIZE);

/**
 * Bytes of a bench: the secrets of a key, and room for the current seed or a serialised leaf.
 *
 * @internal
 */
export function benchSize({ dsign, secretSize }: TreeGeometry): number {
  return secretSize + Math.max(SEED_SIZE, dsign.signingKeySize);
}

/** Reserves the blocks; releases the memory of the bench if that fails. */
function blocksBeside(slot: MLockedSlot, geometry: TreeGeometry): KeyBlocks {
  let blocks: KeyBlocks | undefined;
  try {
    return (blocks = new KeyBlocks(geometry));
  } finally {
    if (blocks === undefined) slot.release();
  }
}

/**
 * The bench of one algorithm, in this thread. Its methods are called within a run on it.
 *
 * @internal
 */
export class EvolutionBench implements Scratch {
  readonly #geometry: TreeGeometry;
  /** What a key has in locked memory. */
  readonly secrets: Uint8Array;
  readonly #leaf: Uint8Array;
  /** The current seed on the way down. */
  readonly #seed: Uint8Array;
  /** For each level: expands the current seed. Its left child takes its place, its right child is stored at the level. */
  readonly #toTheLeft: readonly (readonly NativeCall[])[];
  /** For each level: the right seed becomes the current seed, and is zeroed at the level. */
  readonly #toTheRight: readonly (readonly NativeCall[])[];
  /** For each level: from its right seed down to the first leaf below it, which is the path of every single update. */
  readonly #toTheFirst: readonly Expansions[];
  /** Overwrites what copies of the leaf scheme left in the registers. */
  readonly #overwriting: readonly NativeCall[];
  /** A serialised leaf while the leaf is made of it. */
  readonly #serialisedLeaf: Uint8Array;
  readonly #memory: Uint8Array;
  readonly #growth: TreeGrowth;
  /** The verification keys of the leaves of the last even and the last odd period that were made here. */
  readonly leafKeys: readonly [Uint8Array, Uint8Array];
  /** The memory from which keys are serialised and into which they are read. */
  readonly blocks: KeyBlocks;

  /**
   * Reserves the bench.
   *
   * @throws {@link LockLimitError} `ERR_EVOLOCK_LOCK_LIMIT`.
   */
  constructor(geometry: TreeGeometry) {
    const { dsign, secretSize } = geometry;
    reserveExpansion();
    const slot = scratchMemoryOf(this, benchSize(geometry));
    this.blocks = blocksBeside(slot, geometry);
    const memory = slot.unsoundBytes;
    const seedAt = (offset: number): Uint8Array =>
      placedView(memory.subarray(offset, offset + SEED_SIZE));
    this.#geometry = geometry;
    this.#memory = memory;
    this.#growth = new TreeGrowth(geometry);
    this.leafKeys = this.#growth.leaves;
    this.secrets = memory.subarray(0, secretSize);
    this.#leaf = placedView(memory.subarray(0, dsign.leaf.size));
    this.#overwriting = [zeroCopyCall(secretSize)];
    const seed = seedAt(secretSize);
    const seeds = geometry.levels.map(({ seedOffset }) => seedAt(seedOffset));
    this.#seed = seed;
    this.#toTheLeft = seeds.map((right) => expansionCalls(seed, right, seed));
    this.#toTheRight = seeds.map((right) => [copyCall(seed, right), copyCall(right, NO_SEED)]);
    this.#toTheFirst = this.#toTheRight.map((calls, level) =>
      prepareExpansions([...calls, ...this.#callsDown(level, 0)]),
    );
    this.#serialisedLeaf = memory.subarray(secretSize, secretSize + dsign.signingKeySize);
  }

  /** Wipes the bench, and what operations left in registers and on the stack. */
  wipe(): void {
    this.#memory.fill(0);
    wipeExpansion();
    uninterrupted(this.#overwriting);
  }

  /**
   * Generates a key.
   *
   * @param seed - The seed of the whole tree.
   * @param secrets - The locked memory of the key: gets the secrets of period 0.
   * @param tree - Gets every verification key.
   */
  generate(seed: Uint8Array, secrets: Uint8Array, tree: VerificationTree): void {
    const down = this.#callsDown(this.#geometry.depth, 0);
    this.#makeLeaf(prepareExpansions([copyCall(this.#seed, seed), ...down]), 0);
    copySecret(secrets, this.secrets);
    this.#grow(tree, 0);
  }

  /**
   * Evolves the secrets of a key to a later period, on the bench. Leaves no trace of them elsewhere.
   *
   * @param secrets - The locked memory of the key, which is not changed.
   * @param from - The period of the key.
   * @param to - A later period.
   */
  evolve(secrets: Uint8Array, from: number, to: number): void {
    copySecret(this.secrets, secrets);
    this.#advance(from, to);
    wipeExpansion();
  }

  /**
   * Computes the verification keys of a key that was read, from its period to the last one.
   *
   * @param secrets - The locked memory of the key.
   * @param path - The path that the key states. Its past left halves are used unchecked: they cannot be recomputed.
   * @param period - The period of the key.
   * @param tree - Gets every verification key from the period on.
   */
  recompute(secrets: Uint8Array, path: Uint8Array, period: number, tree: VerificationTree): void {
    const { dsign } = this.#geometry;
    copySecret(this.secrets, secrets);
    this.#growth.resume(path, period);
    copySecret(this.#serialisedLeaf, this.#leaf.subarray(0, dsign.signingKeySize));
    dsign.leaf.load(this.#leaf, this.leafKeys[side(period, 0)], this.#serialisedLeaf);
    this.#grow(tree, period);
  }

  /** Makes every leaf from the one on the bench to the last, by the same step as an update. */
  #grow(tree: VerificationTree, period: number): void {
    const { totalPeriods } = this.#geometry;
    this.#growth.take(tree, period);
    for (let next = period + 1; next < totalPeriods; next += 1) {
      this.#advance(next - 1, next);
      this.#growth.take(tree, next);
    }
  }

  /**
   * Moves the secrets from a period to a later one.
   *
   * The highest level at which the two paths differ uses its right seed, which is zeroed. Every level below it is made
   * again, and the old leaf is overwritten: nothing leads back to an earlier period. Any step costs one path of expansions
   * and one leaf.
   */
  #advance(from: number, to: number): void {
    this.#makeLeaf(this.#pathTo(to, boundary(from, to)), to);
  }

  /** From the right seed of a level to the leaf of a period below it. */
  #pathTo(period: number, level: number): Expansions {
    if (period % 2 ** level === 0) return this.#toTheFirst[level]!;
    return prepareExpansions([...this.#toTheRight[level]!, ...this.#callsDown(level, period)]);
  }

  /**
   * From the current seed, of a subtree, down the path to a period. Where the path goes left, the right seed is stored;
   * where it goes right, it is used.
   */
  #callsDown(height: number, period: number): NativeCall[] {
    const calls: NativeCall[] = [];
    for (let level = height - 1; level >= 0; level -= 1) {
      calls.push(...this.#toTheLeft[level]!);
      if (side(period, level) === 1) calls.push(...this.#toTheRight[level]!);
    }
    return calls;
  }

  /** Expands along a path, and makes its leaf. */
  #makeLeaf(path: Expansions, period: number): void {
    runExpansions(path);
    this.#geometry.dsign.leaf.generate(this.#leaf, this.leafKeys[side(period, 0)], this.#seed);
  }
}
