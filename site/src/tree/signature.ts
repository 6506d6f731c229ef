/** What a Sum signature contains, and how it is verified against the one verification key of the tree. */
import { halves, type Node } from './key.js';

/** A signature that was made at a period. */
export interface Signature {
  readonly depth: number;
  readonly period: number;
}

/** One level of a signature: the verification keys of both halves of a node. */
export interface Level {
  readonly node: Node;
  readonly left: Node;
  readonly right: Node;
}

/** Bytes of an Ed25519 signature, and of one verification key. */
const LEAF_SIGNATURE = 64;
const VERIFICATION_KEY = 32;

/** Bytes of a signature. */
export function signatureSize({ depth }: Signature): number {
  return LEAF_SIGNATURE + 2 * VERIFICATION_KEY * depth;
}

/** The levels of a signature, from the whole tree down. */
export function levelsOf({ depth, period }: Signature): Level[] {
  const levels: Level[] = [];
  let node: Node = { first: 0, height: depth };
  while (node.height > 0) {
    const [left, right] = halves(node);
    levels.push({ node, left, right });
    node = period < right.first ? left : right;
  }
  return levels;
}

/** The result of a verification. */
export type Verification =
  | { readonly valid: true }
  /** The pair of keys of this level does not hash to the key that the level above names. */
  | { readonly valid: false; readonly level: Level }
  /** All pairs fit, and the leaf of the period did not make the signature. */
  | { readonly valid: false; readonly level: undefined };

/**
 * Verifies a signature for a period. Each level names the keys of its two halves, and their hash has to be the key of the level
 * above; the period says in which half to continue.
 */
export function verified(signature: Signature, period: number): Verification {
  let expected: Node = { first: 0, height: signature.depth };
  for (const level of levelsOf(signature)) {
    if (level.node.first !== expected.first) return { valid: false, level };
    expected = period < level.right.first ? level.left : level.right;
  }
  return expected.first === signature.period ? { valid: true } : { valid: false, level: undefined };
}
