/** The algorithms over Ed25519 and Blake2b-256: of any depth, and those of depth 0 to 7 by name. */
import { checkInteger, wrongType } from '@evolock/direct-serialise/arguments';
import { ed25519, type DsignAlgorithm } from '../ed25519.js';
import { KesVerifier, type KesAlgorithm, type KesVariant } from './kes-verifier.js';

/** The greatest depth: 1,048,576 periods. */
export const MAX_DEPTH = 20;

/**
 * The sum composition of a given depth: 2^depth periods, signatures of 64 + 64 · depth bytes.
 *
 * @param dsign - `ed25519` of this package.
 * @param depth - Levels above the leaf, 0 to 20.
 * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`, `ERR_EVOLOCK_ARGUMENT_VALUE`.
 *
 * Source: `SumKES` of cardano-crypto-class; Malkin, Micciancio, Miner, section 3.1.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { ed25519, sumKesOfDepth } from '@evolock/kes-verify';
 *
 * assert.equal(sumKesOfDepth(ed25519, 10).totalPeriods, 1024);
 * ```
 */
export function sumKesOfDepth(dsign: DsignAlgorithm, depth: number): KesAlgorithm {
  return ofDepth('sum', dsign, depth);
}

/**
 * The compact sum composition of a given depth: 2^depth periods, signatures of 96 + 32 · depth bytes.
 *
 * @param dsign - `ed25519` of this package.
 * @param depth - Levels above the leaf, 0 to 20.
 * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`, `ERR_EVOLOCK_ARGUMENT_VALUE`.
 *
 * Source: `CompactSumKES` of cardano-crypto-class.
 */
export function compactSumKesOfDepth(dsign: DsignAlgorithm, depth: number): KesAlgorithm {
  return ofDepth('compact', dsign, depth);
}

function ofDepth(variant: KesVariant, dsign: unknown, depth: unknown): KesAlgorithm {
  if (dsign !== ed25519) throw wrongType('dsign', 'ed25519 of @evolock/kes-verify', dsign);
  return new KesVerifier(variant, checkInteger('depth', depth, 0, MAX_DEPTH));
}

/** Sum of depth 0. */
export const sum0Kes: KesAlgorithm = new KesVerifier('sum', 0);
/** Sum of depth 1. */
export const sum1Kes: KesAlgorithm = new KesVerifier('sum', 1);
/** Sum of depth 2. */
export const sum2Kes: KesAlgorithm = new KesVerifier('sum', 2);
/** Sum of depth 3. */
export const sum3Kes: KesAlgorithm = new KesVerifier('sum', 3);
/** Sum of depth 4. */
export const sum4Kes: KesAlgorithm = new KesVerifier('sum', 4);
/** Sum of depth 5. */
export const sum5Kes: KesAlgorithm = new KesVerifier('sum', 5);
/**
 * Sum of depth 6, which Cardano uses: 64 periods, signatures of 448 bytes.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { sum6Kes } from '@evolock/kes-verify';
 *
 * assert.equal(sum6Kes.signatureSize, 448);
 * ```
 */
export const sum6Kes: KesAlgorithm = new KesVerifier('sum', 6);
/** Sum of depth 7. */
export const sum7Kes: KesAlgorithm = new KesVerifier('sum', 7);
/** CompactSum of depth 0. */
export const compactSum0Kes: KesAlgorithm = new KesVerifier('compact', 0);
/** CompactSum of depth 1. */
export const compactSum1Kes: KesAlgorithm = new KesVerifier('compact', 1);
/** CompactSum of depth 2. */
export const compactSum2Kes: KesAlgorithm = new KesVerifier('compact', 2);
/** CompactSum of depth 3. */
export const compactSum3Kes: KesAlgorithm = new KesVerifier('compact', 3);
/** CompactSum of depth 4. */
export const compactSum4Kes: KesAlgorithm = new KesVerifier('compact', 4);
/** CompactSum of depth 5. */
export const compactSum5Kes: KesAlgorithm = new KesVerifier('compact', 5);
/** CompactSum of depth 6. */
export const compactSum6Kes: KesAlgorithm = new KesVerifier('compact', 6);
/** CompactSum of depth 7. */
export const compactSum7Kes: KesAlgorithm = new KesVerifier('compact', 7);
