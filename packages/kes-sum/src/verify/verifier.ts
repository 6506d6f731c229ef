/**
 * Verification of composed signatures. A verifier copies the signature into its own memory, whose views are made once: the
 * path costs its hashes and little else.
 */
import { sameBytes } from '@evolock/direct-serialise/arguments';
import { BLAKE2B_256_SIZE } from '@evolock/kes-single';
import { sodium, type KesScheme } from '@evolock/kes-single/unsound';
import { pairAt, side, type TreeGeometry } from '../tree/tree-geometry.js';

/** Verifies signatures of one algorithm. The caller has checked sizes and period. */
export type Verify = KesScheme['verify'];

/** Sum, from the root down: each pair has to hash to the expected key, and holds the expected key of the next level. */
export function sumVerifier({ dsign, levels }: TreeGeometry, signatureSize: number): Verify {
  const copy = new Uint8Array(signatureSize);
  const leafSignature = copy.subarray(0, dsign.signatureSize);
  const digest = new Uint8Array(BLAKE2B_256_SIZE);
  // Innermost first.
  const pairs = levels.map(({ pathOffset, keySize }) =>
    pairAt(copy, dsign.signatureSize + pathOffset, keySize),
  );
  return (verificationKey, period, message, signature) => {
    copy.set(signature);
    let expected = verificationKey;
    for (let level = pairs.length - 1; level >= 0; level -= 1) {
      const { both, halves } = pairs[level]!;
      sodium.crypto_generichash(digest, both);
      if (!sameBytes(digest, expected)) return false;
      expected = halves[side(period, level)];
    }
    return dsign.leaf.verify(expected, message, leafSignature);
  };
}

/** Compact, from the leaf up: each key and its sibling hash to the key of the next level; the last has to be the root's. */
export function compactVerifier({ dsign, levels }: TreeGeometry, signatureSize: number): Verify {
  const copy = new Uint8Array(signatureSize);
  const leafSignature = copy.subarray(0, dsign.signatureSize);
  let offset = dsign.signatureSize + dsign.verificationKeySize;
  const leafKey = copy.subarray(dsign.signatureSize, offset);
  const digest = new Uint8Array(BLAKE2B_256_SIZE);
  // Innermost first: the sibling of a level, and where it is hashed with the key on the path.
  const path = levels.map(({ keySize: size }) => ({
    sibling: copy.subarray(offset, (offset += size)),
    pair: pairAt(new Uint8Array(2 * size), 0, size),
  }));
  return (verificationKey, period, message, signature) => {
    copy.set(signature);
    path[0]!.pair.halves[side(period, 0)].set(leafKey);
    for (let level = 0; level < path.length; level += 1) {
      const { sibling, pair } = path[level]!;
      pair.halves[side(period, level) === 0 ? 1 : 0].set(sibling);
      // The key above goes into the pair of the next level, or is the last.
      const above = path[level + 1]?.pair.halves[side(period, level + 1)] ?? digest;
      sodium.crypto_generichash(above, pair.both);
    }
    return sameBytes(digest, verificationKey) && dsign.leaf.verify(leafKey, message, leafSignature);
  };
}
