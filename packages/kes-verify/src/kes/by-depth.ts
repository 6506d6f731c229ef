/** Algorithms of any depth. */
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
