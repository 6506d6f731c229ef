/**
 * Headers as hexadecimal digits. The first byte of a header is never a digit: as CBOR, digits are negative numbers and
 * strings, and a header is an array.
 */
import { HeaderError } from '../errors.js';
import { hexDigit } from '../hex.js';
import { MAX_BLOCK_SIZE } from './place.js';

const whitespace = new Set([0x20, 0x09, 0x0a, 0x0d]);

/** Characters of the longest accepted text: two digits for each byte of a block, and white space around them. */
const MAX_TEXT_SIZE = 2 * MAX_BLOCK_SIZE + 1_024;

/**
 * The bytes of a header or a block: a view on the input, or the bytes of its digits.
 *
 * @param input - Bytes, or hexadecimal digits as text or as the bytes of text.
 */
export function bytesOfInput(input: Uint8Array | string): Uint8Array {
  const size = typeof input === 'string' ? input.length : input.byteLength;
  if (size > MAX_TEXT_SIZE) throw new HeaderError('too-large');
  if (typeof input === 'string') return bytesOfHexText(new TextEncoder().encode(input));
  const { buffer, byteOffset, byteLength } = input;
  // `slice` of another class may be no copy.
  const bytes = new Uint8Array(buffer, byteOffset, byteLength);
  return isHexText(bytes) ? bytesOfHexText(bytes) : bytes;
}

function isHexText(bytes: Uint8Array): boolean {
  // A loop: `find` with a function takes longer than reading a header.
  let at = 0;
  while (at < bytes.byteLength && whitespace.has(bytes[at]!)) at += 1;
  return at < bytes.byteLength && hexDigit(bytes[at]!) >= 0;
}

function bytesOfHexText(text: Uint8Array): Uint8Array {
  const digits = trimmed(text);
  const offset = digits.findIndex((character) => hexDigit(character) < 0);
  if (offset >= 0) throw new HeaderError('not-hex', { offset });
  if (digits.byteLength % 2 !== 0) throw new HeaderError('odd-hex');
  const bytes = new Uint8Array(digits.byteLength / 2);
  for (let index = 0; index < bytes.byteLength; index += 1)
    bytes[index] = (hexDigit(digits[2 * index]!) << 4) | hexDigit(digits[2 * index + 1]!);
  return bytes;
}

function trimmed(text: Uint8Array): Uint8Array {
  let start = 0;
  let end = text.byteLength;
  while (start < end && whitespace.has(text[start]!)) start += 1;
  while (end > start && whitespace.has(text[end - 1]!)) end -= 1;
  return text.subarray(start, end);
}
