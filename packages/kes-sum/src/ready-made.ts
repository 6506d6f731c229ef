/** Algorithms over Ed25519 and Blake2b-256 of depth 0 to 7. Cardano uses Sum6. */
import { compactSingleKes, ed25519, singleKes } from '@evolock/kes-single';
import { compactSumKes, sumKes } from './sum-kes.js';

/** Sum of depth 0: 1 period; signing key 32 bytes, signature 64 bytes. */
export const sum0Kes = singleKes(ed25519);
/** Sum of depth 1: 2 periods; signing key 128 bytes, signature 128 bytes. */
export const sum1Kes = sumKes(sum0Kes);
/** Sum of depth 2: 4 periods; signing key 224 bytes, signature 192 bytes. */
export const sum2Kes = sumKes(sum1Kes);
/** Sum of depth 3: 8 periods; signing key 320 bytes, signature 256 bytes. */
export const sum3Kes = sumKes(sum2Kes);
/** Sum of depth 4: 16 periods; signing key 416 bytes, signature 320 bytes. */
export const sum4Kes = sumKes(sum3Kes);
/** Sum of depth 5: 32 periods; signing key 512 bytes, signature 384 bytes. */
export const sum5Kes = sumKes(sum4Kes);
/**
 * Sum of depth 6, which Cardano uses: 64 periods; signing key 608 bytes, signature 448 bytes.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { sum6Kes } from '@evolock/kes-sum';
 *
 * assert.equal(sum6Kes.totalPeriods, 64);
 * ```
 */
export const sum6Kes = sumKes(sum5Kes);
/** Sum of depth 7: 128 periods; signing key 704 bytes, signature 512 bytes. */
export const sum7Kes = sumKes(sum6Kes);

/** CompactSum of depth 0: 1 period; signing key 32 bytes, signature 96 bytes. */
export const compactSum0Kes = compactSingleKes(ed25519);
/** CompactSum of depth 1: 2 periods; signing key 128 bytes, signature 128 bytes. */
export const compactSum1Kes = compactSumKes(compactSum0Kes);
/** CompactSum of depth 2: 4 periods; signing key 224 bytes, signature 160 bytes. */
export const compactSum2Kes = compactSumKes(compactSum1Kes);
/** CompactSum of depth 3: 8 periods; signing key 320 bytes, signature 192 bytes. */
export const compactSum3Kes = compactSumKes(compactSum2Kes);
/** CompactSum of depth 4: 16 periods; signing key 416 bytes, signature 224 bytes. */
export const compactSum4Kes = compactSumKes(compactSum3Kes);
/** CompactSum of depth 5: 32 periods; signing key 512 bytes, signature 256 bytes. */
export const compactSum5Kes = compactSumKes(compactSum4Kes);
/** CompactSum of depth 6: 64 periods; signing key 608 bytes, signature 288 bytes. */
export const compactSum6Kes = compactSumKes(compactSum5Kes);
/** CompactSum of depth 7: 128 periods; signing key 704 bytes, signature 320 bytes. */
export const compactSum7Kes = compactSumKes(compactSum6Kes);
