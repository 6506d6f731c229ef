/** Algorithms over Ed25519 and Blake2b-256 of the depths that are used most. Cardano uses Sum6. */
import type { KesAlgorithm } from '@evolock/kes-single';
import type { CompactSum6, CompactSum7, Sum6, Sum7 } from './shapes.js';
import { compactSumKes, compactSumKesOfDepth, sumKes, sumKesOfDepth } from './sum-kes.js';

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
export const sum6Kes: KesAlgorithm<Sum6> = sumKesOfDepth(6);

/** Sum of depth 7: 128 periods; signing key 704 bytes, signature 512 bytes. */
export const sum7Kes: KesAlgorithm<Sum7> = sumKes(sum6Kes);

/** CompactSum of depth 6: 64 periods; signing key 608 bytes, signature 288 bytes. */
export const compactSum6Kes: KesAlgorithm<CompactSum6> = compactSumKesOfDepth(6);

/** CompactSum of depth 7: 128 periods; signing key 704 bytes, signature 320 bytes. */
export const compactSum7Kes: KesAlgorithm<CompactSum7> = compactSumKes(compactSum6Kes);
