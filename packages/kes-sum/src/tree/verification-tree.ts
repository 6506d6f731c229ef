/**
 * All verification keys of a tree, and how a table of them is filled. They are public, so a key keeps them in ordinary
 * memory: no step of evolution generates a subtree again.
 */
import { BLAKE2B_256_SIZE } from '@evolock/kes-single';
import { placedView, sodium } from '@evolock/kes-single/unsound';
import { type Pair, pairAt, side, type TreeGeometry } from './tree-geometry.js';

/**
 * A table of verification keys. {@link TreeGrowth} fills it; it is read, and shared by the clones of a key, when it is
 * complete.
 */
export class VerificationTree {
  /** The verification key of the whole tree, 32 bytes. */
  readonly root = new Uint8Array(BLAKE2B_256_SIZE);
  readonly #geometry: TreeGeometry;
  readonly #table: Uint8Array;

  constructor(geometry: TreeGeometry) {
    this.#geometry = geometry;
    this.#table = new Uint8Array(geometry.tableSize);
  }

  /** Both verification keys of a level on the path to a period, side by side. */
  pair(level: number, period: number): Uint8Array {
    const { keySize, tableOffset } = this.#geometry.levels[level]!;
    const offset = tableOffset + 2 * (period >>> (level + 1)) * keySize;
    return this.#table.subarray(offset, offset + 2 * keySize);
  }

  /** Stores both verification keys of a level on the path to a period. */
  setPair(level: number, period: number, pair: Uint8Array): void {
    const { tableOffset } = this.#geometry.levels[level]!;
    this.#table.set(pair, tableOffset + (period >>> (level + 1)) * pair.length);
  }
}

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
