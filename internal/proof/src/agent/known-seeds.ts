import { leafPath, type Path } from '../secrets/tree.js';

const SEED = 32;
/** A right seed and two verification keys. */
const LEVEL = 96;

/**
 * The seeds in a serialised signing key: see docs/KES_DIRECT_SERIALISE.md.
 *
 * @param depth - The levels of the tree.
 * @param period - The period of the key.
 */
export function seedsInKey(
  bytes: Uint8Array,
  { depth, period }: { readonly depth: number; readonly period: number },
): Map<Path, Uint8Array> {
  const leaf = leafPath(depth, period);
  const seeds = new Map([[leaf, bytes.slice(0, SEED)]]);
  for (let level = 0; level < depth; level += 1) {
    // The innermost level is the first. The right seed of a level in its right half is used, and zero.
    const parent = leaf.slice(0, depth - 1 - level);
    const start = SEED + level * LEVEL;
    if (leaf[parent.length] === 'L') seeds.set(`${parent}R`, bytes.slice(start, start + SEED));
  }
  return seeds;
}
