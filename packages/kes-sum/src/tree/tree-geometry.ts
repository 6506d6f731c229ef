/**
 * Sizes and offsets of a tree of 2^depth leaves. No key is used here.
 *
 * Height 0 is the leaves. A node of height h has 2^h leaves below it; node i of that height begins at leaf i · 2^h. Level h
 * consists of two sibling nodes of height h and the seed of the right one. Levels are numbered 0 (innermost) to depth − 1,
 * in the order of the layout of a signing key.
 */
import { BLAKE2B_256_SIZE, type LeafScheme } from '@evolock/kes-single';

/** Bytes of a right seed. */
export const SEED_SIZE = 32;

/** The sizes and offsets of a level, in bytes. */
export interface Level {
  /** One verification key. */
  readonly keySize: number;
  /** Its verification keys in a table. Siblings are side by side: one view covers both. */
  readonly tableOffset: number;
  /** Its pair of verification keys in a path. */
  readonly pathOffset: number;
  /** Its right seed in the locked memory of a key. */
  readonly seedOffset: number;
}

/** The sizes and offsets of a tree over one leaf scheme, in bytes. */
export class TreeGeometry {
  readonly dsign: LeafScheme;
  /** Levels above the leaf, at least 1. */
  readonly depth: number;
  /** Leaves, which are the periods: 2^depth. */
  readonly totalPeriods: number;
  /** The locked memory of a key: the leaf, then the right seed of every level. */
  readonly secretSize: number;
  /** The table of all verification keys except the root's. */
  readonly tableSize: number;
  /** A path: both verification keys of every level, innermost first. A sum signature holds it. */
  readonly pathSize: number;
  /** Innermost first. */
  readonly levels: readonly Level[];

  constructor(dsign: LeafScheme, depth: number) {
    this.dsign = dsign;
    this.depth = depth;
    this.totalPeriods = 2 ** depth;
    this.secretSize = dsign.leaf.size + SEED_SIZE * depth;
    // In a table and in a path: a leaf's pair, then the pairs above. A table has the outermost level first.
    const above = 2 * BLAKE2B_256_SIZE;
    const outer = (level: number): number => above * (2 ** (depth - 1 - level) - 1);
    this.levels = Array.from({ length: depth }, (_, level) => ({
      keySize: level === 0 ? dsign.verificationKeySize : BLAKE2B_256_SIZE,
      tableOffset: outer(level),
      pathOffset: level === 0 ? 0 : 2 * dsign.verificationKeySize + above * (level - 1),
      seedOffset: dsign.leaf.size + SEED_SIZE * level,
    }));
    this.tableSize = outer(0) + 2 ** depth * dsign.verificationKeySize;
    this.pathSize = 2 * dsign.verificationKeySize + above * (depth - 1);
  }
}

/** The child of a level on the path to a period: 0 left, 1 right. */
export function side(period: number, level: number): 0 | 1 {
  return ((period >>> level) & 1) as 0 | 1;
}

/** Two siblings: side by side, as they are hashed, and each alone; index 0 is left, 1 right. */
export interface Pair {
  readonly both: Uint8Array;
  readonly halves: readonly [Uint8Array, Uint8Array];
}

/** Views of two siblings of `size` bytes, side by side in memory from `offset` on. `change` is applied to each view. */
export function pairAt(
  memory: Uint8Array,
  offset: number,
  size: number,
  change = (view: Uint8Array): Uint8Array => view,
): Pair {
  const viewAt = (from: number, bytes: number): Uint8Array =>
    change(memory.subarray(from, from + bytes));
  return {
    both: viewAt(offset, 2 * size),
    halves: [viewAt(offset, size), viewAt(offset + size, size)],
  };
}
