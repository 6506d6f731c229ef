/**
 * Algorithms over Ed25519 and Blake2b-256 of depth 0 to 7. Cardano uses Sum6.
 */
import { KesVerifier, type KesAlgorithm } from './kes-verifier.js';

/** Sum of depth 0: 1 period; signature 64 bytes. */
export const sum0Kes: KesAlgorithm = new KesVerifier('sum', 0);

/** Sum of depth 1: 2 periods; signature 128 bytes. */
export const sum1Kes: KesAlgorithm = new KesVerifier('sum', 1);

/** Sum of depth 2: 4 periods; signature 192 bytes. */
export const sum2Kes: KesAlgorithm = new KesVerifier('sum', 2);

/** Sum of depth 3: 8 periods; signature 256 bytes. */
export const sum3Kes: KesAlgorithm = new KesVerifier('sum', 3);

/** Sum of depth 4: 16 periods; signature 320 bytes. */
export const sum4Kes: KesAlgorithm = new KesVerifier('sum', 4);

/** Sum of depth 5: 32 periods; signature 384 bytes. */
export const sum5Kes: KesAlgorithm = new KesVerifier('sum', 5);

/**
 * Sum of depth 6, which Cardano uses: 64 periods; signature 448 bytes.
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

/** Sum of depth 7: 128 periods; signature 512 bytes. */
export const sum7Kes: KesAlgorithm = new KesVerifier('sum', 7);

/** CompactSum of depth 0: 1 period; signature 96 bytes. */
export const compactSum0Kes: KesAlgorithm = new KesVerifier('compact', 0);

/** CompactSum of depth 1: 2 periods; signature 128 bytes. */
export const compactSum1Kes: KesAlgorithm = new KesVerifier('compact', 1);

/** CompactSum of depth 2: 4 periods; signature 160 bytes. */
export const compactSum2Kes: KesAlgorithm = new KesVerifier('compact', 2);

/** CompactSum of depth 3: 8 periods; signature 192 bytes. */
export const compactSum3Kes: KesAlgorithm = new KesVerifier('compact', 3);

/** CompactSum of depth 4: 16 periods; signature 224 bytes. */
export const compactSum4Kes: KesAlgorithm = new KesVerifier('compact', 4);

/** CompactSum of depth 5: 32 periods; signature 256 bytes. */
export const compactSum5Kes: KesAlgorithm = new KesVerifier('compact', 5);

/** CompactSum of depth 6: 64 periods; signature 288 bytes. */
export const compactSum6Kes: KesAlgorithm = new KesVerifier('compact', 6);

/** CompactSum of depth 7: 128 periods; signature 320 bytes. */
export const compactSum7Kes: KesAlgorithm = new KesVerifier('compact', 7);
