/**
 * Headers that come as hexadecimal digits. No header begins with the byte of a digit: as CBOR, all of them are negative
 * numbers and strings, and a header is an array.
 */
import { HeaderError } from './header-error.js';
import { hexDigit } from './json-string.js';

const whitespace = new Set([0x20, 0x09, 0x0a, 0x0d]);

/**
 * Whether bytes are the text of hexadecimal digits.
 *
 * @internal
 */
export function isHexText(bytes: Uint8Array): boolean {
  const first = bytes.find((byte) => !whitespace.has(byte));
  return first !== undefined && hexDigit(first) >= 0;
}

/**
 * The bytes of hexadecimal digits, with white space before and behind them.
 *
 * @throws {@link HeaderError} `ERR_EVOLOCK_CARDANO_HEADER`, problem `not-hex` or `odd-hex`.
 *
 * @internal
 */
export function bytesOfHexText(text: Uint8Array): Uint8Array {
  const digits = trimmed(text);
  const offset = digits.findIndex((byte) => hexDigit(byte) < 0);
  if (offset >= 0) throw new HeaderError('not-hex', { offset });
  if (digits.byteLength % 2 !== 0) throw new HeaderError('odd-hex');
  return Uint8Array.from(
    { length: digits.byteLength / 2 },
    (_, index) => hexDigit(digits[2 * index]!) * 16 + hexDigit(digits[2 * index + 1]!),
  );
}

function trimmed(text: Uint8Array): Uint8Array {
  let start = 0;
  let end = text.byteLength;
  while (start < end && whitespace.has(text[start]!)) start += 1;
  while (end > start && whitespace.has(text[end - 1]!)) end -= 1;
  return text.subarray(start, end);
}
