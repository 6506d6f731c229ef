import { blake2b } from '@noble/hashes/blake2.js';
import { concatBytes } from '@noble/hashes/utils.js';

/** H: unkeyed Blake2b with 32 bytes of output, over the concatenation of the parts. */
export function hash(...parts: Uint8Array[]): Uint8Array {
  return blake2b(concatBytes(...parts), { dkLen: 32 });
}

/** The verification key of a pair: H(left ‖ right), 32 bytes. */
export function hashPair(left: Uint8Array, right: Uint8Array): Uint8Array {
  return hash(left, right);
}

/** The two 32-byte seeds that one 32-byte seed expands into: H(0x01 ‖ seed) and H(0x02 ‖ seed). */
export function expandSeed(seed: Uint8Array): { left: Uint8Array; right: Uint8Array } {
  return { left: hash(Uint8Array.of(1), seed), right: hash(Uint8Array.of(2), seed) };
}
