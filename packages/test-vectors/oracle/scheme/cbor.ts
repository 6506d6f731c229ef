import { concatBytes } from '@noble/hashes/utils.js';

/** The shortest head of a byte string (RFC 8949, section 3), for lengths below 2^16. */
export function headOf(length: number): Uint8Array {
  if (length < 24) return Uint8Array.of(0x40 + length);
  if (length < 2 ** 8) return Uint8Array.of(0x58, length);
  return Uint8Array.of(0x59, length >> 8, length & 255);
}

/** One byte string, without a tag. */
export function encode(raw: Uint8Array): Uint8Array {
  return concatBytes(headOf(raw.length), raw);
}

/** The bytes of the one encoding of a byte string of a size. */
export function decode(encoded: Uint8Array, size: number): Uint8Array {
  const head = headOf(size);
  const isRight =
    encoded.length === head.length + size && head.every((byte, index) => byte === encoded[index]);
  if (!isRight) throw new RangeError(`not one byte string of ${size} bytes with the shortest head`);
  return encoded.slice(head.length);
}
