/**
 * All verification keys of a tree. They are public, so a key keeps them in ordinary memory: no step of evolution generates
 * a subtree again.
 */
import { BLAKE2B_256_SIZE } from '@evolock/kes-single';
import type { TreeGeometry } from './tree-geometry.js';

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
