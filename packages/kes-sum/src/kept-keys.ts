/**
 * What a signing key keeps of the verification keys of its tree, which are public: the whole subtree of some height
 * around its period. Those above it are on the key's path, which goes with its period. With all of the tree no step
 * generates anything but a leaf; with none of it a key is small, and a step that leaves what is kept generates the
 * subtree that it enters.
 */
import { BLAKE2B_256_SIZE } from '@evolock/kes-single';
import { sodium } from '@evolock/kes-single/unsound-memory';
import type { TreeGeometry } from './tree-geometry.js';
import type { VerificationTree } from './verification-tree.js';

/**
 * Kept verification keys. Nobody changes them: clones share them. Where a path is asked for, it is one to any of the
 * periods that they know.
 *
 * @internal
 */
export class KeptKeys {
  readonly #geometry: TreeGeometry;
  readonly #period: number;
  readonly #subtree: VerificationTree | undefined;

  private constructor(geometry: TreeGeometry, period: number, subtree?: VerificationTree) {
    this.#geometry = geometry;
    this.#period = period;
    this.#subtree = subtree;
  }

  /** None but those on the path to a period. */
  static none(geometry: TreeGeometry, period: number): KeptKeys {
    return new KeptKeys(geometry, period);
  }

  /** A subtree around a period, up to the whole tree. */
  static around(geometry: TreeGeometry, period: number, subtree: VerificationTree): KeptKeys {
    return new KeptKeys(geometry, period, subtree);
  }

  /** Of these, no more than the subtree of a height around the period. */
  upTo(height: number): KeptKeys {
    const subtree = this.#subtree;
    if (height >= this.#height || subtree === undefined) return this;
    if (height === 0) return KeptKeys.none(this.#geometry, this.#period);
    const leaf = this.#period % subtree.geometry.totalPeriods;
    return KeptKeys.around(this.#geometry, this.#period, subtree.subtree(height, leaf));
  }

  get #height(): number {
    return this.#subtree?.geometry.depth ?? 0;
  }

  /** Whether all of the tree is kept: then no path is needed. */
  get isWholeTree(): boolean {
    return this.#height === this.#geometry.depth;
  }

  /** Whether the path to a period is known; a path has both children of its innermost level. */
  know(period: number): boolean {
    const height = Math.max(1, this.#height);
    return period >>> height === this.#period >>> height;
  }

  /** Both verification keys of a level on the way to a period that is known, side by side. */
  pair(level: number, period: number, path: Uint8Array): Uint8Array {
    const subtree = this.#subtree;
    if (subtree !== undefined && level < subtree.geometry.depth) {
      return subtree.pair(level, period % subtree.geometry.totalPeriods);
    }
    return path.subarray(this.#geometry.pathOffset(level), this.#geometry.pathOffset(level + 1));
  }

  /** The verification key of the whole tree, 32 bytes: the hash of its outermost level. */
  root(path: Uint8Array): Uint8Array {
    const root = new Uint8Array(BLAKE2B_256_SIZE);
    sodium.crypto_generichash(root, this.pair(this.#geometry.depth - 1, this.#period, path));
    return root;
  }
}
