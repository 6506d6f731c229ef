/**
 * The leaves that the secrets of a key lead to, as verification keys in hexadecimal.
 *
 * A serialised Sum6 key holds the seed of the current leaf (32 bytes). Then, for each level from the innermost on, it holds
 * the seed of the right half (32 bytes, zero when that half is in use) and two verification keys. These seeds
 * make the keys of their leaves, and of no other leaf.
 */
import { directDeserialiseBufChecked, directSerialiseBufChecked } from '@evolock/direct-serialise';
import { MLockedSeed, sum6Kes, sumKesOfDepth, type KesSigningKey } from '@evolock/kes-sum';
import { MLockedBytes } from '@evolock/mlocked-bytes';

const SEED_SIZE = 32;
const LEVEL_SIZE = 96;
const LEAF_SIGNATURE_SIZE = 64;

/** Expands every seed in the key. The key does not change. */
export function reachableLeaves(key: KesSigningKey): Set<string> {
  using serialised = MLockedBytes.newZeroed(sum6Kes.signingKeySize);
  return serialised.withBytes((bytes) => {
    directSerialiseBufChecked(bytes, key);
    const leaves = new Set(leavesOf(0, bytes.subarray(0, SEED_SIZE)));
    for (let level = 0; level < sum6Kes.depth; level += 1) {
      const offset = SEED_SIZE + LEVEL_SIZE * level;
      const rightSeed = bytes.subarray(offset, offset + SEED_SIZE);
      if (rightSeed.every((byte) => byte === 0)) continue;
      for (const leaf of leavesOf(level, rightSeed)) leaves.add(leaf);
    }
    return leaves;
  });
}

/** The leaves of the tree of a seed. */
function leavesOf(depth: number, seedBytes: Uint8Array): string[] {
  using seed = directDeserialiseBufChecked(seedBytes, MLockedSeed.type(SEED_SIZE));
  const algorithm = sumKesOfDepth(depth);
  using key = algorithm.generateKey(seed);
  // The verification key of a tree of one leaf is that of the leaf.
  if (depth === 0) return [hex(key.deriveVerificationKey())];
  const leaves = [signingLeaf(key.sign(new Uint8Array()), 0)];
  while (key.period + 1 < algorithm.totalPeriods) {
    key.update();
    leaves.push(signingLeaf(key.sign(new Uint8Array()), key.period));
  }
  return leaves;
}

/** The leaf of a signature: both verification keys of the innermost pair follow the signature of the leaf. */
export function signingLeaf(signature: Uint8Array, period: number): string {
  const offset = LEAF_SIGNATURE_SIZE + SEED_SIZE * (period % 2);
  return hex(signature.subarray(offset, offset + SEED_SIZE));
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
