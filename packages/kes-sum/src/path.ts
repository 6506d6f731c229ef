/**
 * A path: both verification keys of every level on the way to a period, innermost first. It is what a sum signature
 * carries behind the leaf's signature, what a serialised key carries beside its secrets, and all that a signature of the
 * compact variant is made of.
 */
import { sodium } from '@evolock/kes-single/unsound';
import { side, type TreeGeometry } from './tree-geometry.js';

/** The verification key of a level's child on the way to a period, or of that child's sibling. */
function childOf(geometry: TreeGeometry, path: Uint8Array, level: number, half: 0 | 1): Uint8Array {
  const size = geometry.keySize(level);
  const offset = geometry.pathOffset(level) + half * size;
  return path.subarray(offset, offset + size);
}

/**
 * The verification key of the leaf of a period.
 *
 * @internal
 */
export function leafKeyOf(geometry: TreeGeometry, path: Uint8Array, period: number): Uint8Array {
  return childOf(geometry, path, 0, side(period, 0));
}

/**
 * The verification key of a level's right child.
 *
 * @internal
 */
export function rightKeyOf(geometry: TreeGeometry, path: Uint8Array, level: number): Uint8Array {
  return childOf(geometry, path, level, 1);
}

/**
 * Computes the verification key of the whole tree from the outermost pair.
 *
 * @internal
 */
export function hashPath(geometry: TreeGeometry, path: Uint8Array, root: Uint8Array): void {
  sodium.crypto_generichash(root, path.subarray(geometry.pathOffset(geometry.depth - 1)));
}

/**
 * Writes what a compact signature carries behind the leaf's signature: the leaf's verification key, then the sibling of
 * every level, innermost first.
 *
 * @internal
 */
export function writeCompactTail(
  geometry: TreeGeometry,
  path: Uint8Array,
  period: number,
  tail: Uint8Array,
): void {
  const leaf = leafKeyOf(geometry, path, period);
  tail.set(leaf);
  let offset = leaf.byteLength;
  for (let level = 0; level < geometry.depth; level += 1) {
    const sibling = childOf(geometry, path, level, side(period, level) === 0 ? 1 : 0);
    tail.set(sibling, offset);
    offset += sibling.byteLength;
  }
}
