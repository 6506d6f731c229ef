/**
 * The scratch memory of an algorithm: keys are generated, evolved, checked, serialised and read there.
 *
 * It holds the secrets of one key at one period in the layout of a key: the leaf, then the right seed of every level, zero
 * if the level is in its right half. A key that evolves is copied here, evolved here and copied back in one copy, so a step
 * that fails leaves the key unchanged. The memory is reserved when the first key of an algorithm is made: no later operation
 * needs new locked memory.
 */
import {
  copyCall,
  copySecret,
  Expansion,
  expansionScratch,
  expansionSize,
  levelOfDifference,
  placedView,
  type NativeCall,
  type PreparedCalls,
  type Scratch,
} from '@evolock/kes-single/unsound';
import { KeyBusyError } from '../errors.js';
import { SEED_SIZE, side, type TreeGeometry } from '../tree/tree-geometry.js';
import { TreeGrowth, type VerificationTree } from '../tree/verification-tree.js';
import { imageSize, KeyBlocks } from './key-blocks.js';

/** A seed is zeroed by a copy, right after the copy that takes it. */
const NO_SEED = new Uint8Array(SEED_SIZE);

/** Bytes of the scratch memory: the secrets of a key, a serialised key, and the current seed. */
export function scratchSize(geometry: TreeGeometry): number {
  return geometry.secretSize + imageSize(geometry) + expansionSize(SEED_SIZE);
}

/** The scratch memory of one algorithm, in this thread. Its methods are called within {@link KeyScratch.use}. */
export class KeyScratch {
  readonly #geometry: TreeGeometry;
  readonly #scratch: Scratch;
  /** What a key has in locked memory. */
  readonly secrets: Uint8Array;
  readonly #leaf: Uint8Array;
  /** The current seed on the way down. */
  readonly #current: Expansion;
  readonly #seed: Uint8Array;
  /** For each level: expands the current seed. Its left child takes its place, its right child is stored at the level. */
  readonly #toTheLeft: readonly (readonly NativeCall[])[];
  /** For each level: the right seed becomes the current seed, and is zeroed at the level. */
  readonly #toTheRight: readonly (readonly NativeCall[])[];
  /** For each level: from its right seed down to the first leaf below it, which is the path of every single update. */
  readonly #toTheFirst: readonly PreparedCalls[];
  readonly #growth: TreeGrowth;
  /** The verification keys of the leaves of the last even and the last odd period that were made here. */
  readonly leafKeys: readonly [Uint8Array, Uint8Array];
  /** The memory from which keys are serialised and into which they are read. */
  readonly blocks: KeyBlocks;

  /** Reserves the memory. */
  constructor(geometry: TreeGeometry) {
    const { dsign, secretSize } = geometry;
    const scratch = expansionScratch(scratchSize(geometry), {
      largestCopy: Math.max(secretSize, imageSize(geometry)),
      taken: () => new KeyBusyError(),
    });
    this.#geometry = geometry;
    this.#scratch = scratch;
    this.#growth = new TreeGrowth(geometry);
    this.leafKeys = this.#growth.leaves;
    this.secrets = scratch.part(secretSize);
    this.#leaf = placedView(this.secrets.subarray(0, dsign.leaf.size));
    const seeds = geometry.levels.map(({ seedOffset }) =>
      placedView(this.secrets.subarray(seedOffset, seedOffset + SEED_SIZE)),
    );
    this.blocks = new KeyBlocks(geometry, this.secrets, scratch.part(imageSize(geometry)));
    const current = new Expansion(scratch.part(expansionSize(SEED_SIZE)));
    this.#current = current;
    this.#seed = placedView(current.seed);
    this.#toTheLeft = seeds.map((right) => current.toTheLeft(right));
    this.#toTheRight = seeds.map((right) => [...current.take(right), copyCall(right, NO_SEED)]);
    // To the right half of a pair of leaves, its seed is only copied.
    this.#toTheFirst = this.#toTheRight.map((calls, level) =>
      level === 0
        ? scratch.prepareCopies(calls)
        : scratch.prepare([...calls, ...this.#callsDown(level, 0)]),
    );
  }

  /** Runs an operation: see `Scratch.use`. */
  use<Result>(work: (use: number) => Result): Result {
    return this.#scratch.use(work);
  }

  /** Throws {@link KeyBusyError} when another operation has taken the memory since. */
  check(use: number): void {
    this.#scratch.check(use);
  }

  /**
   * Generates a key from the seed of the whole tree. `secrets`, its locked memory, gets the secrets of period 0; `tree`
   * gets every verification key.
   */
  generate(seed: Uint8Array, secrets: Uint8Array, tree: VerificationTree): void {
    const down = this.#callsDown(this.#geometry.depth, 0);
    this.#makeLeaf(this.#scratch.prepare([...this.#current.take(seed), ...down]), 0);
    copySecret(secrets, this.secrets);
    this.#grow(tree, 0);
  }

  /** Evolves the secrets of a key, whose locked memory is not changed, from its period to a later one. */
  evolve(secrets: Uint8Array, from: number, to: number): void {
    copySecret(this.secrets, secrets);
    this.#advance(from, to);
  }

  /**
   * Takes the key that was read into the blocks and taken apart. `secrets`, its locked memory, gets its secrets; `tree`
   * gets every verification key from its period on. The path that it states has past left halves, which are used unchecked:
   * they cannot be recomputed.
   */
  load(secrets: Uint8Array, period: number, tree: VerificationTree): void {
    const { leaf, path } = this.blocks;
    this.#growth.resume(path, period);
    this.#geometry.dsign.leaf.load(this.#leaf, this.leafKeys[side(period, 0)], leaf);
    copySecret(secrets, this.secrets);
    this.#grow(tree, period);
  }

  /** Makes every leaf from the current one to the last, by the same step as an update. */
  #grow(tree: VerificationTree, period: number): void {
    const { totalPeriods } = this.#geometry;
    this.#growth.take(tree, period);
    for (let next = period + 1; next < totalPeriods; next += 1) {
      this.#advance(next - 1, next);
      this.#growth.take(tree, next);
    }
  }

  /**
   * Moves the secrets from a period to a later one. The highest level at which the two paths differ uses its right seed,
   * which is zeroed. Every level below it is made again, and the old leaf is overwritten: nothing leads back to an earlier
   * period. Any step costs one path of expansions and one leaf.
   */
  #advance(from: number, to: number): void {
    this.#makeLeaf(this.#pathTo(to, levelOfDifference(from, to)), to);
  }

  /** From the right seed of a level to the leaf of a period below it. */
  #pathTo(period: number, level: number): PreparedCalls {
    if (period % 2 ** level === 0) return this.#toTheFirst[level]!;
    return this.#scratch.prepare([...this.#toTheRight[level]!, ...this.#callsDown(level, period)]);
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

  #makeLeaf(path: PreparedCalls, period: number): void {
    this.#scratch.run(path);
    this.#geometry.dsign.leaf.generate(this.#leaf, this.leafKeys[side(period, 0)], this.#seed);
  }
}
