/**
 * The layout of a serialised signing key, as the blocks that are pushed and pulled: the leaf, then per level, innermost
 * first, the right seed, the left and the right verification key. Secrets are the key's own memory; the verification
 * keys are a copy, so that no callback can write into a key's tree.
 */
import { SEED_SIZE, type TreeGeometry } from './tree-geometry.js';
import type { VerificationTree } from './verification-tree.js';

/**
 * The blocks of one key.
 *
 * @internal
 */
export class KeyBlocks {
  /** In the order of the layout. */
  readonly all: readonly Uint8Array[];
  readonly #pairs: readonly Uint8Array[];

  constructor(geometry: TreeGeometry, secrets: Uint8Array) {
    const all = [secrets.subarray(0, geometry.dsign.signingKeySize)];
    const pairs: Uint8Array[] = [];
    for (let level = 0; level < geometry.depth; level += 1) {
      const offset = geometry.seedOffset(level);
      const size = geometry.keySize(level);
      const pair = new Uint8Array(2 * size);
      pairs.push(pair);
      all.push(
        secrets.subarray(offset, offset + SEED_SIZE),
        pair.subarray(0, size),
        pair.subarray(size),
      );
    }
    this.all = all;
    this.#pairs = pairs;
  }

  /** Copies the verification keys along the path to a period out of a tree. */
  takeFrom(tree: VerificationTree, period: number): void {
    for (const [level, pair] of this.#pairs.entries()) pair.set(tree.pair(level, period));
  }

  /** Copies the verification keys along the path to a period into a tree. */
  giveTo(tree: VerificationTree, period: number): void {
    for (const [level, pair] of this.#pairs.entries()) tree.pair(level, period).set(pair);
  }
}
