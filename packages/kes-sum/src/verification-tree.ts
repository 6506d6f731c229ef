/**
 * The verification keys of a whole tree. They are public, so they may be kept, in ordinary memory: that is why no step
 * of evolution ever generates a subtree again.
 */
import { BLAKE2B_256_SIZE } from '@evolock/kes-single';
import { sodium } from '@evolock/kes-single/unsound';
import { side, type TreeGeometry } from './tree-geometry.js';

/**
 * A table of verification keys, filled leaf by leaf and hashed upwards; read only once a key has it.
 *
 * @internal
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

  /** The verification key of a node: a view on the table. */
  key(height: number, index: number): Uint8Array {
    if (height === this.#geometry.depth) return this.root;
    const offset = this.#geometry.keyOffset(height, index);
    return this.#table.subarray(offset, offset + this.#geometry.keySize(height));
  }

  /** The verification keys of both children of a level's node on the path to a period, side by side. */
  pair(level: number, period: number): Uint8Array {
    return this.#children(level, period >>> (level + 1));
  }

  /** Computes a node from its children: H(vk₀ ‖ vk₁). */
  hashNode(height: number, index: number): void {
    sodium.crypto_generichash(this.key(height, index), this.#children(height - 1, index));
  }

  /** Computes every node all of whose leaves come after a period, −1 for the whole tree. */
  hashAfter(period: number): void {
    const { depth } = this.#geometry;
    for (let height = 1; height <= depth; height += 1) {
      const last = 2 ** (depth - height) - 1;
      for (let index = Math.floor(period / 2 ** height) + 1; index <= last; index += 1) {
        this.hashNode(height, index);
      }
    }
  }

  /** What a sum signature carries behind the leaf's signature: both children of every level, innermost first. */
  sumTail(period: number, size: number): Uint8Array {
    const tail = new Uint8Array(size);
    let offset = 0;
    for (let level = 0; level < this.#geometry.depth; level += 1) {
      const pair = this.pair(level, period);
      tail.set(pair, offset);
      offset += pair.byteLength;
    }
    return tail;
  }

  /** What a compact signature carries: the leaf's verification key, then the sibling of every level, innermost first. */
  compactTail(period: number, size: number): Uint8Array {
    const tail = new Uint8Array(size);
    const leaf = this.key(0, period);
    tail.set(leaf);
    let offset = leaf.byteLength;
    for (let level = 0; level < this.#geometry.depth; level += 1) {
      const sibling = this.key(level, (period >>> level) + (side(period, level) === 0 ? 1 : -1));
      tail.set(sibling, offset);
      offset += sibling.byteLength;
    }
    return tail;
  }

  #children(height: number, parent: number): Uint8Array {
    const offset = this.#geometry.keyOffset(height, 2 * parent);
    return this.#table.subarray(offset, offset + 2 * this.#geometry.keySize(height));
  }
}
