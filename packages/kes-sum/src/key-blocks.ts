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
  /** Per level, the left and the right verification key, each in memory of its own. */
  readonly #pairs: readonly (readonly [Uint8Array, Uint8Array])[];

  constructor(geometry: TreeGeometry, secrets: Uint8Array) {
    const all = [secrets.subarray(0, geometry.dsign.signingKeySize)];
    const pairs: [Uint8Array, Uint8Array][] = [];
    for (let level = 0; level < geometry.depth; level += 1) {
      const offset = geometry.seedOffset(level);
      const size = geometry.keySize(level);
      const pair: [Uint8Array, Uint8Array] = [new Uint8Array(size), new Uint8Array(size)];
      pairs.push(pair);
      all.push(secrets.subarray(offset, offset + SEED_SIZE), ...pair);
    }
    this.all = all;
    this.#pairs = pairs;
  }

  /** Copies the verification keys along the path to a period out of a tree. */
  takeFrom(tree: VerificationTree, period: number): void {
    for (const [level, [left, right]] of this.#pairs.entries()) {
      const pair = tree.pair(level, period);
      left.set(pair.subarray(0, left.byteLength));
      right.set(pair.subarray(left.byteLength));
    }
  }

  /** Copies the verification keys along the path to a period into a tree. */
  giveTo(tree: VerificationTree, period: number): void {
    for (const [level, [left, right]] of this.#pairs.entries()) {
      const pair = tree.pair(level, period);
      pair.set(left);
      pair.set(right, left.byteLength);
    }
  }
}
