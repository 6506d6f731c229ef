/**
 * Fills a table of verification keys, leaf by leaf, in the order of the periods. A node is hashed as soon as both its
 * children are known, so one pair for each level is incomplete at any time.
 *
 * The pairs are in memory of the algorithm, whose views are made once: a view of a key's own table costs nearly as much as
 * hashing it.
 */
import { BLAKE2B_256_SIZE } from '@evolock/kes-single';
import { placedView, sodium } from '@evolock/kes-single/unsound';
import { pairAt, side, type Pair, type TreeGeometry } from './tree-geometry.js';
import type { VerificationTree } from './verification-tree.js';

/** The incomplete pairs of one tree at a time. */
export class TreeGrowth {
  /** Innermost first. The root comes last, as the left half of a pair. */
  readonly #pairs: readonly Pair[];
  /** Where the verification key of the leaf of an even and of an odd period is written. */
  readonly leaves: Pair['halves'];
  readonly #geometry: TreeGeometry;

  constructor(geometry: TreeGeometry) {
    this.#geometry = geometry;
    const ofSize = (size: number): Pair => pairAt(new Uint8Array(2 * size), 0, size, placedView);
    const leafPair = ofSize(geometry.dsign.verificationKeySize);
    const above = Array.from({ length: geometry.depth }, () => ofSize(BLAKE2B_256_SIZE));
    this.#pairs = [leafPair, ...above];
    this.leaves = leafPair.halves;
  }

  /** Starts at a period: the left siblings on its path, whose periods are past, are taken from a path. */
  resume(path: Uint8Array, period: number): void {
    for (const [level, { pathOffset, keySize }] of this.#geometry.levels.entries()) {
      if (side(period, level) === 0) continue;
      this.#pairs[level]?.halves[0].set(path.subarray(pathOffset, pathOffset + keySize));
    }
  }

  /**
   * Takes the leaf of a period, whose verification key is in {@link leaves}: hashes the nodes that it completes and stores
   * every complete pair in the tree. The period is the first one, or the one after the last that was taken.
   */
  take(tree: VerificationTree, period: number): void {
    const { depth } = this.#geometry;
    const pairs = this.#pairs;
    let level = 0;
    for (; level < depth && side(period, level) === 1; level += 1) {
      const { both } = pairs[level]!;
      tree.setPair(level, period, both);
      sodium.crypto_generichash(pairs[level + 1]!.halves[side(period, level + 1)], both);
    }
    if (level === depth) tree.root.set(pairs[depth]!.halves[0]);
  }
}
