/** Hashes of public bytes. */
import { concatBytes } from '@noble/curves/utils.js';
import { blake2b } from '@noble/hashes/blake2.js';
import { sha512 as sha512OfBytes } from '@noble/hashes/sha2.js';

/** Bytes of a Blake2b-256 hash. */
export const BLAKE2B_256_SIZE = 32;

/** Blake2b-256 (RFC 7693), unkeyed. */
export function blake2b256(input: Uint8Array): Uint8Array {
  return blake2b(input, { dkLen: BLAKE2B_256_SIZE });
}

/** SHA-512 of all parts, one after the other: 64 bytes. */
export function sha512(...parts: Uint8Array[]): Uint8Array {
  return sha512OfBytes(concatBytes(...parts));
}
