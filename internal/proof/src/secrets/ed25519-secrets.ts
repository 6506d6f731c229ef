/**
 * The secrets that Ed25519 derives from a seed to make a key and a signature, computed without libsodium. None of them
 * may be left in memory.
 *
 * Source: RFC 8032, sections 5.1.5 and 5.1.6.
 */
import { sha512 } from '@noble/hashes/sha2.js';
import { concatBytes } from '@noble/hashes/utils.js';

/** The order of the group, RFC 8032, section 5.1. */
export const GROUP_ORDER = 2n ** 252n + 27_742_317_777_372_353_535_851_937_790_883_648_493n;

/** A little-endian number. */
export function readNumber(bytes: Uint8Array): bigint {
  return bytes.reduceRight((number, byte) => (number << 8n) | BigInt(byte), 0n);
}

/** 32 bytes, little endian. */
export function writeNumber(number: bigint): Uint8Array {
  return Uint8Array.from({ length: 32 }, (_, index) =>
    Number((number >> BigInt(8 * index)) & 0xffn),
  );
}

/** The secret scalar and the prefix of a seed: SHA-512 in two halves of 32 bytes, the first of them clamped. */
export function expandedKey(
  seed: Uint8Array,
): Record<'firstHalf' | 'prefix' | 'scalar', Uint8Array> {
  const hash = sha512(seed);
  const firstHalf = hash.slice(0, 32);
  const scalar = hash.slice(0, 32);
  scalar[0]! &= 0b1111_1000;
  scalar[31]! &= 0b0111_1111;
  scalar[31]! |= 0b0100_0000;
  return { firstHalf, prefix: hash.slice(32), scalar };
}

/** The nonce of a signature: SHA-512(prefix ‖ message) as the 64-byte hash and as 32 bytes modulo the order. */
export function nonceOf(
  prefix: Uint8Array,
  message: Uint8Array,
): Record<'hash' | 'reduced', Uint8Array> {
  const hash = sha512(concatBytes(prefix, message));
  return { hash, reduced: writeNumber(readNumber(hash) % GROUP_ORDER) };
}

/** A scalar as 64 digits from −8 to 8, one per byte. libsodium multiplies by this form. */
export function radix16Digits(scalar: Uint8Array): Uint8Array {
  const nibbles = [...scalar].flatMap((byte) => [byte & 15, byte >> 4]);
  const digits = new Int8Array(64);
  let carry = 0;
  nibbles.forEach((nibble, index) => {
    const value = nibble + carry;
    carry = index === 63 ? 0 : (value + 8) >> 4;
    digits[index] = value - 16 * carry;
  });
  return new Uint8Array(digits.buffer);
}
