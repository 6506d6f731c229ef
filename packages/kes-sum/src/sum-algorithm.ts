import {
  BLAKE2B_256_SIZE,
  CHILD_SEED_SIZE,
  type KesAlgorithm,
  type KesVariant,
} from '@evolock/kes-single';
import type { KesScheme } from '@evolock/kes-single/unsound';
import { imageSize } from './key/key-blocks.js';
import { KeyScratch, scratchSize } from './key/key-scratch.js';
import { writeCompactTail, writeSumTail } from './key/signature-tail.js';
import { SumKesSigningKey, type SumParts } from './key/sum-signing-key.js';
import type { TreeGeometry } from './tree/tree-geometry.js';
import { compactVerifier, sumVerifier, type Verify } from './verify/verifier.js';

/** The code of a composed algorithm: one flat tree. */
export function sumScheme(
  algorithm: KesAlgorithm,
  geometry: TreeGeometry,
  variant: KesVariant,
): KesScheme {
  const { dsign, pathSize } = geometry;
  const isSum = variant === 'sum';
  const signatureSize =
    dsign.signatureSize + (isSum ? pathSize : dsign.verificationKeySize + pathSize / 2);
  let scratch: KeyScratch | undefined;
  const parts: SumParts = {
    algorithm,
    geometry,
    writeTail: isSum ? writeSumTail : writeCompactTail,
    leafSignature: new Uint8Array(dsign.signatureSize),
    spareSignature: undefined,
    // At the first call: verification needs no locked memory.
    scratch: () => (scratch ??= new KeyScratch(geometry)),
  };
  // Made at the first verification: an import makes sixteen algorithms.
  let verifyPath: Verify | undefined;
  const newVerifier = isSum ? sumVerifier : compactVerifier;
  return {
    seedSize: CHILD_SEED_SIZE,
    verificationKeySize: BLAKE2B_256_SIZE,
    signatureSize,
    signingKeySize: imageSize(geometry),
    lockedSize: geometry.secretSize,
    scratchSizes: [scratchSize(geometry), CHILD_SEED_SIZE],
    generate: (seed, options) => SumKesSigningKey.generate(parts, seed, options),
    read: (request) => SumKesSigningKey.read(parts, request),
    verify(verificationKey, period, message, signature) {
      verifyPath ??= newVerifier(geometry, signatureSize);
      return verifyPath(verificationKey, period, message, signature);
    },
  };
}
