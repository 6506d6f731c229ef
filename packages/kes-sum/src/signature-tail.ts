/**
 * What a signature carries behind the leaf's signature. Sum: both verification keys of every level, innermost first.
 * Compact: the leaf's verification key, then the sibling of every level. Each is written from the leaf up to the highest
 * level that has changed.
 */
import { side, type TreeGeometry } from './tree-geometry.js';

/** Both verification keys of a level, side by side. */
export type Pairs = (level: number) => Uint8Array;

/**
 * One of two verification keys that lie side by side: 0 left, 1 right.
 *
 * @internal
 */
export function halfOf(pair: Uint8Array, half: 0 | 1): Uint8Array {
  const size = pair.byteLength / 2;
  return pair.subarray(half * size, (half + 1) * size);
}

/**
 * Writes the tail of a sum signature.
 *
 * @internal
 */
export function writeSumTail(
  signature: Uint8Array,
  geometry: TreeGeometry,
  pairs: Pairs,
  _period: number,
  highest: number,
): void {
  const { signatureSize } = geometry.dsign;
  for (let level = 0; level <= highest; level += 1) {
    signature.set(pairs(level), signatureSize + geometry.pathOffset(level));
  }
}

/**
 * Writes the tail of a compact signature.
 *
 * @internal
 */
export function writeCompactTail(
  signature: Uint8Array,
  geometry: TreeGeometry,
  pairs: Pairs,
  period: number,
  highest: number,
): void {
  const { signatureSize, verificationKeySize } = geometry.dsign;
  signature.set(halfOf(pairs(0), side(period, 0)), signatureSize);
  const siblings = signatureSize + verificationKeySize;
  for (let level = 0; level <= highest; level += 1) {
    const sibling = halfOf(pairs(level), side(period, level) === 0 ? 1 : 0);
    signature.set(sibling, siblings + geometry.pathOffset(level) / 2);
  }
}
