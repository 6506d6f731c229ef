/**
 * Hexadecimal digits. The functions work on memory that the caller gives and make no strings of secrets.
 */
import { checkBytes } from '@evolock/direct-serialise/arguments';

/** The value of a hexadecimal digit; −1 for another character. */
export function hexDigit(unit: number): number {
  if (unit >= 0x30 && unit <= 0x39) return unit - 0x30;
  // Capital and small letters differ in one bit.
  const letter = unit | 0x20;
  return unit < 0x80 && letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}

/**
 * Writes bytes as hexadecimal digits into memory.
 *
 * @param target - Memory of at least twice as many bytes from the offset on.
 */
export function encodeHex(target: Uint8Array, offset: number, bytes: Uint8Array): void {
  let at = offset;
  for (let index = 0; index < bytes.byteLength; index += 1) {
    const byte = bytes[index]!;
    target[at++] = digitOf(byte >> 4);
    target[at++] = digitOf(byte & 15);
  }
}

/** Arithmetic instead of a table: a cache attack shows which entry of a table was read. */
function digitOf(value: number): number {
  return 0x30 + value + (((9 - value) >> 8) & 0x27);
}

/** The two digits of each byte. */
const digitsOfByte = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/**
 * Public bytes as a string of hexadecimal digits. Not for secrets: a string cannot be wiped.
 *
 * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`.
 */
export function hexOf(bytes: Uint8Array): string {
  const given = checkBytes('bytes', bytes);
  let digits = '';
  for (let index = 0; index < given.byteLength; index += 1) digits += digitsOfByte[given[index]!]!;
  return digits;
}

/** Whether two public arrays hold the same bytes. The time depends on the content. */
export function areEqual(one: Uint8Array, other: Uint8Array): boolean {
  if (one.byteLength !== other.byteLength) return false;
  let index = 0;
  while (index < one.byteLength && one[index] === other[index]) index += 1;
  return index === one.byteLength;
}
