/**
 * The leaves that the secrets of a key lead to, each by its verification key in hexadecimal.
 *
 * A serialised Sum6 key holds two kinds of secrets: the seed of the present leaf (32 bytes), then, for each level from
 * the innermost on, the seed of the right half (32 bytes, zero once that half is in use) before two verification keys.
 * A thief of the key can sign with the leaves of these seeds and with no other leaf.
 */
import { directDeserialiseBufChecked, directSerialiseBufChecked } from '@evolock/direct-serialise';
import { ed25519, MLockedSeed, sum6Kes, sumKesOfDepth, type KesSigningKey } from '@evolock/kes-sum';
import { MLockedBytes } from '@evolock/mlocked-bytes';

const SEED_SIZE = 32;
const LEVEL_SIZE = 96;
const LEAF_SIGNATURE_SIZE = 64;

/** Expands every seed that is left in the key. The key stays as it is. */
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

/** The leaves of a tree, from its seed. */
function leavesOf(depth: number, seedBytes: Uint8Array): string[] {
  using seed = directDeserialiseBufChecked(seedBytes, MLockedSeed.type(SEED_SIZE));
  const algorithm = sumKesOfDepth(ed25519, depth);
  using key = algorithm.generateKey(seed);
  // A tree of one leaf has the verification key of that leaf.
  if (depth === 0) return [hex(key.deriveVerificationKey())];
  const leaves = [signingLeaf(key.sign(new Uint8Array()), 0)];
  while (key.period + 1 < algorithm.totalPeriods) {
    key.update();
    leaves.push(signingLeaf(key.sign(new Uint8Array()), key.period));
  }
  return leaves;
}

/** The leaf that made a signature: a signature holds both keys of the innermost pair behind the leaf's signature. */
export function signingLeaf(signature: Uint8Array, period: number): string {
  const offset = LEAF_SIGNATURE_SIZE + SEED_SIZE * (period % 2);
  return hex(signature.subarray(offset, offset + SEED_SIZE));
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
