/**
 * Which leaves a signing key's secrets lead to: the proof that an evolved key cannot sign for the past.
 *
 * All that a Sum6 key keeps secret is the present leaf's seed and, per level, the seed of the right half, zeroed once
 * that half is in use. So every seed that is left is expanded in every way there is, and the leaves that come out are
 * all that whoever steals the key could sign with.
 */
import { directDeserialiseBufChecked, directSerialiseBufChecked } from '@evolock/direct-serialise';
import {
  ed25519,
  MLockedSeed,
  sum0Kes,
  sum1Kes,
  sum2Kes,
  sum3Kes,
  sum4Kes,
  sum5Kes,
  sum6Kes,
  type KesAlgorithm,
  type KesSigningKey,
  type MLockedAllocator,
} from '@evolock/kes-sum';
import { MLockedBytes } from '@evolock/mlocked-bytes';
import { leafOf } from './signature-check.js';

const SEED_SIZE = 32;
/** A level of a serialised key: right seed, then the verification keys of both halves. */
const LEVEL_SIZE = 96;

/** What the right seed of each level makes, innermost first: a tree that doubles. */
const subtrees: readonly KesAlgorithm[] = [sum0Kes, sum1Kes, sum2Kes, sum3Kes, sum4Kes, sum5Kes];

/** The verification keys of all leaves that the key can still reach, in hexadecimal. */
export function reachableLeaves(key: KesSigningKey, allocator: MLockedAllocator): Set<string> {
  const serialised = MLockedBytes.newZeroed(sum6Kes.signingKeySize, { allocator });
  try {
    return serialised.withBytes((bytes) => {
      directSerialiseBufChecked(bytes, key);
      return new Set(leavesIn(bytes, allocator));
    });
  } finally {
    serialised.release();
  }
}

function leavesIn(bytes: Uint8Array, allocator: MLockedAllocator): string[] {
  const present = withSeed(bytes, 0, allocator, (seed) => leafOfSeed(seed, allocator));
  const future = subtrees.flatMap((subtree, level) => {
    const offset = SEED_SIZE + level * LEVEL_SIZE;
    if (isZero(bytes, offset)) return [];
    return withSeed(bytes, offset, allocator, (seed) => leavesOfSubtree(subtree, seed, allocator));
  });
  return [present, ...future];
}

function withSeed<Result>(
  bytes: Uint8Array,
  offset: number,
  allocator: MLockedAllocator,
  use: (seed: MLockedSeed<32>) => Result,
): Result {
  const block = bytes.subarray(offset, offset + SEED_SIZE);
  const seed = directDeserialiseBufChecked(block, MLockedSeed.type(SEED_SIZE), { allocator });
  try {
    return use(seed);
  } finally {
    seed.release();
  }
}

function leafOfSeed(seed: MLockedSeed<32>, allocator: MLockedAllocator): string {
  const leaf = ed25519.generateKey(seed, { allocator });
  try {
    return Buffer.from(leaf.deriveVerificationKey()).toString('hex');
  } finally {
    leaf.release();
  }
}

function leavesOfSubtree(
  subtree: KesAlgorithm,
  seed: MLockedSeed<32>,
  allocator: MLockedAllocator,
): string[] {
  // A tree of one leaf has that leaf's verification key, and signatures that carry none.
  if (subtree.depth === 0) return [leafOfSeed(seed, allocator)];
  const key = subtree.generateKey(seed, { allocator });
  try {
    return walk(key, subtree.totalPeriods);
  } finally {
    key.release();
  }
}

function walk(key: KesSigningKey, totalPeriods: number): string[] {
  const leaves: string[] = [];
  for (let period = 0; period < totalPeriods; period += 1) {
    if (period > 0) key.update();
    leaves.push(leafOf(key.sign(new Uint8Array()), period));
  }
  return leaves;
}

/** Looks at every byte, so that the time tells nothing. */
function isZero(bytes: Uint8Array, offset: number): boolean {
  let bits = 0;
  for (let index = offset; index < offset + SEED_SIZE; index += 1) bits |= bytes[index]!;
  return bits === 0;
}
