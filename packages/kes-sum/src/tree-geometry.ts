/**
 * Where everything stands in a tree of 2^depth leaves, as numbers: no key is seen here.
 *
 * Heights count from the leaves: a node of height h has 2^h leaves below it, and node i of that height begins at leaf
 * i · 2^h. The level of height h consists of two sibling nodes of height h and the seed of the right one; levels are
 * numbered 0 (innermost) to depth − 1, as the layout of a signing key has them.
 */
import { BLAKE2B_256_SIZE } from '@evolock/kes-single';
import type { LeafScheme } from '@evolock/kes-single/composition';

/** Bytes of a right seed. */
export const SEED_SIZE = 32;

/**
 * The places of a tree over one leaf scheme. All sizes and offsets in bytes.
 *
 * @internal
 */
export class TreeGeometry {
  readonly dsign: LeafScheme;
  /** Levels above the leaf, at least 1. */
  readonly depth: number;
  /** Leaves, and so periods: 2^depth. */
  readonly totalPeriods: number;
  /** Locked memory of a key: the leaf, then the right seed of every level. */
  readonly secretSize: number;
  /** The table of all verification keys but the root's. */
  readonly tableSize: number;
  /** A path: both verification keys of every level, innermost first, as a sum signature carries them. */
  readonly pathSize: number;
  readonly #heightOffsets: number[] = [];
  readonly #below: TreeGeometry[] = [];

  constructor(dsign: LeafScheme, depth: number) {
    this.dsign = dsign;
    this.depth = depth;
    this.totalPeriods = 2 ** depth;
    this.secretSize = dsign.leaf.size + SEED_SIZE * depth;
    let offset = 0;
    for (let height = depth - 1; height >= 0; height -= 1) {
      this.#heightOffsets[height] = offset;
      offset += 2 ** (depth - height) * this.keySize(height);
    }
    this.tableSize = offset;
    this.pathSize = this.pathOffset(depth);
  }

  /** The places of a subtree of less than the whole height. */
  below(height: number): TreeGeometry {
    return (this.#below[height] ??= new TreeGeometry(this.dsign, height));
  }

  /** Size of a verification key at a height. */
  keySize(height: number): number {
    return height === 0 ? this.dsign.verificationKeySize : BLAKE2B_256_SIZE;
  }

  /** Offset of a node's verification key in the table. Siblings are neighbours: one view covers both. */
  keyOffset(height: number, index: number): number {
    return (this.#heightOffsets[height] ?? 0) + index * this.keySize(height);
  }

  /** Offset of a level's pair of verification keys in a path. */
  pathOffset(level: number): number {
    return level === 0 ? 0 : 2 * (this.keySize(0) + (level - 1) * BLAKE2B_256_SIZE);
  }

  /** Offset of a level's right seed in the locked memory of a key. */
  seedOffset(level: number): number {
    return this.dsign.leaf.size + SEED_SIZE * level;
  }
}

/**
 * Which child of its level the path to a period takes: 0 left, 1 right.
 *
 * @internal
 */
export function side(period: number, level: number): 0 | 1 {
  return ((period >>> level) & 1) as 0 | 1;
}

/**
 * The highest level whose half differs between two periods: going forward it moves from its left to its right.
 *
 * @internal
 */
export function boundary(from: number, to: number): number {
  return 31 - Math.clz32(from ^ to);
}
