/**
 * The verification keys of a tree, or of a subtree. They are public, so they may be kept, in ordinary memory: that is
 * why no step of evolution ever generates a subtree again.
 */
import { BLAKE2B_256_SIZE } from '@evolock/kes-single';
import type { TreeGeometry } from './tree-geometry.js';

/**
 * A table of verification keys, filled by its growth; read only once a key has it.
 *
 * @internal
 */
export class VerificationTree {
  /** The verification key of the whole tree, 32 bytes. */
  readonly root = new Uint8Array(BLAKE2B_256_SIZE);
  readonly geometry: TreeGeometry;
  readonly #table: Uint8Array;

  constructor(geometry: TreeGeometry) {
    this.geometry = geometry;
    this.#table = new Uint8Array(geometry.tableSize);
  }

  /** The verification keys of both children of a level's node on the path to a leaf, side by side. */
  pair(level: number, leaf: number): Uint8Array {
    const offset = this.#pairOffset(level, leaf);
    return this.#table.subarray(offset, offset + 2 * this.geometry.keySize(level));
  }

  /** Puts in both children of a level's node on the path to the leaf of a period. */
  setPair(level: number, period: number, pair: Uint8Array): void {
    this.#table.set(pair, this.#pairOffset(level, period % this.geometry.totalPeriods));
  }

  /** A copy of the subtree of a height above a leaf, without its root, which is in the pair above. */
  subtree(height: number, leaf: number): VerificationTree {
    const tree = new VerificationTree(this.geometry.below(height));
    const index = leaf >>> height;
    for (let level = 0; level < height; level += 1) {
      const from = this.geometry.keyOffset(level, index * 2 ** (height - level));
      const size = 2 ** (height - level) * this.geometry.keySize(level);
      tree.#table.set(this.#table.subarray(from, from + size), tree.geometry.keyOffset(level, 0));
    }
    return tree;
  }

  #pairOffset(level: number, leaf: number): number {
    return this.geometry.keyOffset(level, 2 * (leaf >>> (level + 1)));
  }
}
