/** The path of a signature from its leaf to the root. */
import { sameBytes } from '@evolock/direct-serialise/arguments';
import { concatBytes } from '@noble/curves/utils.js';
import type { LeafVerifier } from '../ed25519.js';
import { BLAKE2B_256_SIZE, blake2b256 } from '../hashes.js';

/** A signature with what it is about. Sizes and period are checked. */
export interface Path {
  readonly dsign: LeafVerifier;
  readonly verificationKey: Uint8Array;
  readonly period: number;
  readonly depth: number;
  readonly signature: Uint8Array;
}

/** Finds the verification key of the leaf. Returns `undefined` when the path does not lead to the root. */
export type LeafKey = (path: Path) => Uint8Array | undefined;

/** Whether a period is in the right half at a level: level 0 is the innermost. */
function isRight(period: number, level: number): boolean {
  return ((period >> level) & 1) === 1;
}

/** Sum, from the root down: each pair has to hash to the expected key, and holds the expected key of the next level. */
export const sumLeafKey: LeafKey = ({ dsign, verificationKey, period, depth, signature }) => {
  let expected = verificationKey;
  let end = signature.length;
  for (let level = depth - 1; level >= 0; level -= 1) {
    const size = level === 0 ? dsign.verificationKeySize : BLAKE2B_256_SIZE;
    const start = end - 2 * size;
    const pair = signature.subarray(start, end);
    if (!sameBytes(blake2b256(pair), expected)) return undefined;
    expected = isRight(period, level) ? pair.subarray(size) : pair.subarray(0, size);
    end = start;
  }
  return expected;
};

/** Compact, from the leaf up: each key and its sibling hash to the key of the next level, and the last is the root's. */
export const compactLeafKey: LeafKey = ({ dsign, verificationKey, period, depth, signature }) => {
  let offset = dsign.signatureSize;
  const take = (size: number) => signature.subarray(offset, (offset += size));
  const leaf = take(dsign.verificationKeySize);
  let key = leaf;
  for (let level = 0; level < depth; level += 1) {
    const sibling = take(key.length);
    key = blake2b256(
      isRight(period, level) ? concatBytes(sibling, key) : concatBytes(key, sibling),
    );
  }
  return sameBytes(key, verificationKey) ? leaf : undefined;
};
