/**
 * The tail of a signature: what follows the leaf's signature. Sum: both verification keys of every level, innermost first.
 * Compact: the verification key of the leaf, then the sibling of every level. A step rewrites it from the leaf up to the
 * highest level that it changes.
 */
import { side, type TreeGeometry } from '../tree/tree-geometry.js';
import type { VerificationTree } from '../tree/verification-tree.js';

/** Writes the tail of a signature for a period, from the leaf up to a level. */
export type WriteTail = (
  signature: Uint8Array,
  geometry: TreeGeometry,
  tree: VerificationTree,
  period: number,
  highest: number,
) => void;

/** Writes the tail of a sum signature, which is the path of a serialised key as well. */
export const writeSumTail: WriteTail = (signature, { dsign, levels }, tree, period, highest) => {
  for (let level = 0; level <= highest; level += 1) {
    signature.set(tree.pair(level, period), dsign.signatureSize + levels[level]!.pathOffset);
  }
};

/** Writes the tail of a compact signature. */
export const writeCompactTail: WriteTail = (signature, geometry, tree, period, highest) => {
  const { signatureSize, verificationKeySize } = geometry.dsign;
  signature.set(halfOf(tree.pair(0, period), side(period, 0)), signatureSize);
  const siblings = signatureSize + verificationKeySize;
  for (let level = 0; level <= highest; level += 1) {
    const sibling = halfOf(tree.pair(level, period), side(period, level) === 0 ? 1 : 0);
    signature.set(sibling, siblings + geometry.levels[level]!.pathOffset / 2);
  }
};

/** One of two verification keys that are side by side: 0 left, 1 right. */
export function halfOf(pair: Uint8Array, half: 0 | 1): Uint8Array {
  const size = pair.length / 2;
  return pair.subarray(half * size, (half + 1) * size);
}
