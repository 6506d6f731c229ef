/**
 * What a signature carries behind the leaf's signature. Sum: both verification keys of every level, innermost first.
 * Compact: the leaf's verification key, then the sibling of every level. Each is written from the leaf up to the highest
 * level that has changed.
 */
import type { KeptKeys } from './kept-keys.js';
import { side, type TreeGeometry } from './tree-geometry.js';

/** The verification keys on the way from the root to a period: those that are kept, and a path for the others. */
export interface Way {
  readonly keys: KeptKeys;
  readonly period: number;
  readonly path: Uint8Array;
}

/**
 * Both verification keys of a level on the way, side by side.
 *
 * @internal
 */
export function pairOn({ keys, period, path }: Way, level: number): Uint8Array {
  return keys.pair(level, period, path);
}

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
  way: Way,
  highest: number,
): void {
  const { signatureSize } = geometry.dsign;
  for (let level = 0; level <= highest; level += 1) {
    signature.set(pairOn(way, level), signatureSize + geometry.pathOffset(level));
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
  way: Way,
  highest: number,
): void {
  const { signatureSize, verificationKeySize } = geometry.dsign;
  signature.set(halfOf(pairOn(way, 0), side(way.period, 0)), signatureSize);
  const siblings = signatureSize + verificationKeySize;
  for (let level = 0; level <= highest; level += 1) {
    const sibling = halfOf(pairOn(way, level), side(way.period, level) === 0 ? 1 : 0);
    signature.set(sibling, siblings + geometry.pathOffset(level) / 2);
  }
}
