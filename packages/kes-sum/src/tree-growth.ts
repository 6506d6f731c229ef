/**
 * How a tree of verification keys comes to be: leaf by leaf, in the order of the periods. A node is hashed as soon as
 * both its children are there, so that one pair a level is in the making at any time.
 *
 * The pairs lie in memory over which all views were made beforehand, and in which all keys of an algorithm are grown,
 * one after the other: a view on a tree's own table costs nearly as much as hashing it, and leaves garbage.
 */
import { BLAKE2B_256_SIZE } from '@evolock/kes-single';
import { placedView, sodium } from '@evolock/kes-single/unsound-memory';
import { leafView } from './leaf-view.js';
import { pairAt, type Pair } from './pair.js';
import { side, type TreeGeometry } from './tree-geometry.js';
import type { VerificationTree } from './verification-tree.js';

/**
 * The pairs in the making, of one algorithm.
 *
 * @internal
 */
export class TreeGrowth {
  /** Innermost first. The root, which has no sibling, comes last, as the left one of a pair. */
  readonly #pairs: readonly Pair[];
  readonly #geometry: TreeGeometry;

  constructor(geometry: TreeGeometry) {
    this.#geometry = geometry;
    this.#pairs = Array.from({ length: geometry.depth + 1 }, (_, level) =>
      level === 0 ? leafPair(geometry) : placedPair(pairOfSize(BLAKE2B_256_SIZE)),
    );
  }

  /** Where the verification key of the leaf of a period goes, and stays until the leaf of the period after the next. */
  leaf(period: number): Uint8Array {
    return this.#pair(0).halves[side(period, 0)];
  }

  /** Begins in the midst of a tree: what is past on the path to a period, its left siblings, is believed. */
  resume(path: Uint8Array, period: number): void {
    for (let level = 0; level < this.#geometry.depth; level += 1) {
      if (side(period, level) === 0) continue;
      const [left] = this.#pair(level).halves;
      const offset = this.#geometry.pathOffset(level);
      left.set(path.subarray(offset, offset + left.byteLength));
    }
  }

  /**
   * Takes in the leaf of a period, whose verification key is where it goes: the nodes that it completes are hashed, and
   * every pair goes to the tree.
   *
   * @param tree - The tree, or a subtree that this leaf belongs to.
   * @param period - Follows the last one that was taken in, or begins.
   */
  take(tree: VerificationTree, period: number): void {
    const { depth } = tree.geometry;
    let level = 0;
    for (; level < depth && side(period, level) === 1; level += 1) {
      const { both } = this.#pair(level);
      tree.setPair(level, period, both);
      sodium.crypto_generichash(this.#pair(level + 1).halves[side(period, level + 1)], both);
    }
    if (level === depth) tree.root.set(this.#pair(depth).halves[side(period, depth)]);
  }

  #pair(level: number): Pair {
    return this.#pairs[level]!;
  }
}

function pairOfSize(size: number): Pair {
  return pairAt(new Uint8Array(2 * size), 0, size);
}

/** The innermost pair is written by leaf schemes, which can reach its memory. */
function leafPair({ dsign }: TreeGeometry): Pair {
  return eachOf(pairOfSize(dsign.verificationKeySize), (view) => leafView(dsign, view));
}

function placedPair(pair: Pair): Pair {
  return eachOf(pair, placedView);
}

function eachOf(
  { both, halves: [left, right] }: Pair,
  change: (view: Uint8Array) => Uint8Array,
): Pair {
  return { both: change(both), halves: [change(left), change(right)] };
}
