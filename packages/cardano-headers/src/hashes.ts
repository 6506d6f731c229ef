/** Hashes of public bytes (RFC 7693), unkeyed. A shortened longer hash is another hash. */
import { blake2b } from '@noble/hashes/blake2.js';

/** Blake2b-256. */
export function blake2b256(input: Uint8Array): Uint8Array {
  return blake2b(input, { dkLen: 32 });
}

/** Blake2b-224. */
export function blake2b224(input: Uint8Array): Uint8Array {
  return blake2b(input, { dkLen: 28 });
}
