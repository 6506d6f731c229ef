import { checkBytes } from '@evolock/direct-serialise/arguments';
import { blake2b256 } from '@evolock/kes-sum';
import { alphaOf, NONCE_SIZE } from '../nonce/nonce.js';
import { checkUnsigned64 } from '../period/numbers.js';

/**
 * The message that a block producer proves with its VRF key for a slot, from Babbage on: the Blake2b-256 hash of the slot and
 * the nonce of its epoch.
 *
 * @param slot - The slot.
 * @param epochNonce - 32 bytes: `nonceAt` of {@link EpochNonces} computes it.
 * @returns 32 bytes, for `prove` and `verify` of `praosVrf`.
 * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`, `ERR_EVOLOCK_ARGUMENT_VALUE`.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { MLockedSeed, praosVrf, slot, vrfInputOf } from '@evolock/cardano-kes';
 *
 * const seed = MLockedSeed.newRandom(32);
 * const key = praosVrf.generateKey(seed);
 * const input = vrfInputOf(slot(1_000), new Uint8Array(32));
 * assert(praosVrf.verify(key.deriveVerificationKey(), input, key.prove(input)));
 * for (const each of [seed, key]) each.release();
 * ```
 */
export function vrfInputOf(slot: bigint, epochNonce: Uint8Array): Uint8Array {
  const nonce = checkBytes('epochNonce', epochNonce, NONCE_SIZE);
  return alphaOf(blake2b256, checkUnsigned64('slot', slot), nonce, undefined);
}
