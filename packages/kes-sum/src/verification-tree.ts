/**
 * The verification keys of a tree, or of a subtree. They are public, so they may be kept, in ordinary memory: that is
 * why no step of evolution ever generates a subtree again.
 */
import { BLAKE2B_256_SIZE } from '@evolock/kes-single';
import { sodium } from '@evolock/kes-single/unsound-memory';
import type { TreeGeometry } from './tree-geometry.js';

/**
 * A table of verification keys, filled leaf by leaf and hashed upwards; read only once a key has it.
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

  /** The verification key of a node: a view on the table. */
  key(height: number, index: number): Uint8Array {
    if (height === this.geometry.depth) return this.root;
    const offset = this.geometry.keyOffset(height, index);
    return this.#table.subarray(offset, offset + this.geometry.keySize(height));
  }

  /** The verification keys of both children of a level's node on the path to a leaf, side by side. */
  pair(level: number, leaf: number): Uint8Array {
    return this.#children(level, leaf >>> (level + 1));
  }

  /** Computes a node from its children: H(vk₀ ‖ vk₁). */
  hashNode(height: number, index: number): void {
    sodium.crypto_generichash(this.key(height, index), this.#children(height - 1, index));
  }

  /** Computes every node all of whose leaves come after a leaf, −1 for the whole tree. */
  hashAfter(leaf: number): void {
    const { depth } = this.geometry;
    for (let height = 1; height <= depth; height += 1) {
      const last = 2 ** (depth - height) - 1;
      for (let index = Math.floor(leaf / 2 ** height) + 1; index <= last; index += 1) {
        this.hashNode(height, index);
      }
    }
  }

  /** A copy of the subtree of a height above a leaf. */
  subtree(height: number, leaf: number): VerificationTree {
    const { depth } = this.geometry;
    if (height === depth) return this;
    const tree = new VerificationTree(this.geometry.below(height));
    const index = leaf >>> height;
    tree.root.set(this.key(height, index));
    for (let level = 0; level < height; level += 1) {
      const from = this.geometry.keyOffset(level, index * 2 ** (height - level));
      const size = 2 ** (height - level) * this.geometry.keySize(level);
      tree.#table.set(this.#table.subarray(from, from + size), tree.geometry.keyOffset(level, 0));
    }
    return tree;
  }

  #children(height: number, parent: number): Uint8Array {
    const offset = this.geometry.keyOffset(height, 2 * parent);
    return this.#table.subarray(offset, offset + 2 * this.geometry.keySize(height));
  }
}
