import { checkBytes } from '@evolock/direct-serialise/arguments';
import { sodium } from '@evolock/mlocked-bytes/unsound';

/** Bytes of a Blake2b-256 digest. */
export const BLAKE2B_256_SIZE = 32;

/**
 * Blake2b-256, unkeyed, of **public** bytes. The hash of a secret would leave parts of it on the stack:
 * {@link MLockedSeed.expand} hashes seeds.
 *
 * @param input - Any number of bytes.
 * @returns 32 bytes.
 * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`.
 *
 * Source: RFC 7693.
 */
export function blake2b256(input: Uint8Array): Uint8Array {
  const digest = new Uint8Array(BLAKE2B_256_SIZE);
  sodium.crypto_generichash(digest, checkBytes('input', input));
  return digest;
}
