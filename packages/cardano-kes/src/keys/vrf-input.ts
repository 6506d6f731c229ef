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
 */
export function vrfInputOf(slot: bigint, epochNonce: Uint8Array): Uint8Array {
  const nonce = checkBytes('epochNonce', epochNonce, NONCE_SIZE);
  return alphaOf(blake2b256, checkUnsigned64('slot', slot), nonce, undefined);
}
