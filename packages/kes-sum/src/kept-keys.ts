/**
 * What a signing key keeps of the verification keys of its tree, which are public: the path to its period, and the
 * whole subtree of some height around it. With all of the tree no step generates anything but a leaf; with none of it a
 * key is small, and a step that leaves what is kept generates the subtree that it enters.
 */
import { BLAKE2B_256_SIZE } from '@evolock/kes-single';
import { sodium } from '@evolock/kes-single/unsound';
import type { TreeGeometry } from './tree-geometry.js';
import type { VerificationTree } from './verification-tree.js';

const NO_PATH = new Uint8Array();

/**
 * Kept verification keys. Nobody changes them: clones share them.
 *
 * @internal
 */
export class KeptKeys {
  /** The verification key of the whole tree, 32 bytes. */
  readonly root: Uint8Array;
  readonly #geometry: TreeGeometry;
  /** The path to the period for which these were made; empty where the subtree is the tree. */
  readonly #path: Uint8Array;
  readonly #period: number;
  readonly #subtree: VerificationTree | undefined;

  private constructor(
    geometry: TreeGeometry,
    root: Uint8Array,
    period: number,
    path: Uint8Array,
    subtree: VerificationTree | undefined,
  ) {
    this.#geometry = geometry;
    this.root = root;
    this.#period = period;
    this.#path = path;
    this.#subtree = subtree;
  }

  /** A path alone, as a serialised key claims it. */
  static ofPath(geometry: TreeGeometry, period: number, path: Uint8Array): KeptKeys {
    const root = new Uint8Array(BLAKE2B_256_SIZE);
    sodium.crypto_generichash(root, pathPair(geometry, path, geometry.depth - 1));
    return new KeptKeys(geometry, root, period, path, undefined);
  }

  /** Of a whole tree, what is kept around a period: the subtree of a height. */
  static ofTree(tree: VerificationTree, period: number, height: number): KeptKeys {
    const { geometry, root } = tree;
    // The tree itself, and no path: half a kibibyte less for each key, of which there may be thousands.
    if (height >= geometry.depth) return new KeptKeys(geometry, root, period, NO_PATH, tree);
    const path = new Uint8Array(geometry.pathSize);
    writeLevels(tree, period, path);
    // A copy: the root is a part of the tree, which is not kept.
    return new KeptKeys(geometry, new Uint8Array(root), period, path, below(tree, period, height));
  }

  /** The height of the subtree that is kept, 0 for a path alone. */
  get height(): number {
    return this.#subtree?.geometry.depth ?? 0;
  }

  /** Whether the path to a period is among them; a path knows both children of its innermost level. */
  know(period: number): boolean {
    const height = Math.max(1, this.height);
    return period >>> height === this.#period >>> height;
  }

  /** Both verification keys of a level on the way to a period that they know, side by side. */
  pair(level: number, period: number): Uint8Array {
    const subtree = this.#subtree;
    if (subtree !== undefined && level < subtree.geometry.depth) {
      return subtree.pair(level, period % subtree.geometry.totalPeriods);
    }
    return pathPair(this.#geometry, this.#path, level);
  }

  /** Writes the path to a period that they know. */
  writePath(period: number, path: Uint8Array): void {
    for (let level = 0; level < this.#geometry.depth; level += 1) {
      path.set(this.pair(level, period), this.#geometry.pathOffset(level));
    }
  }

  /** What is kept around a period of a subtree that was generated, and of the path above it. */
  moved(period: number, subtree: VerificationTree): KeptKeys {
    const { height } = this;
    const path = new Uint8Array(this.#geometry.pathSize);
    this.writePath(this.#period, path);
    writeLevels(subtree, period, path);
    return new KeptKeys(this.#geometry, this.root, period, path, below(subtree, period, height));
  }
}

function pathPair(geometry: TreeGeometry, path: Uint8Array, level: number): Uint8Array {
  return path.subarray(geometry.pathOffset(level), geometry.pathOffset(level + 1));
}

/** The subtree of a height around a period, in a tree that has it; none of height 0. */
function below(
  tree: VerificationTree,
  period: number,
  height: number,
): VerificationTree | undefined {
  return height === 0 ? undefined : tree.subtree(height, period % 2 ** tree.geometry.depth);
}

/** Writes the part of a path that lies in a tree: its innermost levels. */
function writeLevels(tree: VerificationTree, period: number, path: Uint8Array): void {
  const { geometry } = tree;
  const leaf = period % geometry.totalPeriods;
  for (let level = 0; level < geometry.depth; level += 1) {
    path.set(tree.pair(level, leaf), geometry.pathOffset(level));
  }
}
