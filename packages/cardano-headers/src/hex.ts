/** Hexadecimal digits. The functions work on memory that the caller gives and make no strings of secrets. */
import { checkBytes, wrongType } from '@evolock/direct-serialise/arguments';

/** The value of a hexadecimal digit; −1 for another character. */
export function hexDigit(unit: number): number {
  if (unit >= 0x30 && unit <= 0x39) return unit - 0x30;
  // Capital and small letters differ in one bit.
  const letter = unit | 0x20;
  return unit < 0x80 && letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}

/** Writes bytes as hexadecimal digits, twice as many, into memory from an offset on. */
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

const digitsOfByte = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** Public bytes as a string of hexadecimal digits. Not for secrets: a string cannot be wiped. */
export function hexOf(bytes: Uint8Array): string {
  const given = checkBytes('bytes', bytes);
  let digits = '';
  for (let index = 0; index < given.byteLength; index += 1) digits += digitsOfByte[given[index]!]!;
  return digits;
}

/** The public bytes of hexadecimal digits; `undefined` for any other text. */
export function bytesOfHex(text: string): Uint8Array | undefined {
  if (typeof text !== 'string') throw wrongType('text', 'text', text);
  const bytes = new Uint8Array(text.length >> 1);
  for (let index = 0; index < bytes.byteLength; index += 1) {
    const high = hexDigit(text.charCodeAt(2 * index));
    const low = hexDigit(text.charCodeAt(2 * index + 1));
    if (high < 0 || low < 0) return undefined;
    bytes[index] = (high << 4) | low;
  }
  return text.length % 2 === 0 ? bytes : undefined;
}
