/**
 * Hexadecimal digits to bytes and back, digit by digit in the memory that is given: in locked memory nothing leaves it.
 */
import { EnvelopeError } from './envelope-error.js';
import { hexDigit, StringReader, type Span } from './json-string.js';

/**
 * Decodes the hexadecimal digits of a string **in place**: the bytes are written to the beginning of the text, of which
 * nothing else is of use afterwards. They take half the room of their digits, so no digit is overwritten unread.
 *
 * @returns A view on the bytes.
 * @throws {@link EnvelopeError} `ERR_EVOLOCK_CARDANO_ENVELOPE`, problem `not-hex` or `odd-hex`.
 *
 * @internal
 */
export function decodeHexInPlace(text: Uint8Array, span: Span): Uint8Array {
  const reader = new StringReader(text, span);
  let size = 0;
  for (let high = nextDigit(reader); high !== END; high = nextDigit(reader)) {
    const low = nextDigit(reader);
    if (low === END) throw new EnvelopeError('odd-hex');
    text[size++] = (high << 4) | low;
  }
  return text.subarray(0, size);
}

const END = -2;

function nextDigit(reader: StringReader): number {
  const { offset } = reader;
  const unit = reader.next();
  if (unit === -1) return END;
  const digit = hexDigit(unit);
  if (digit < 0) throw new EnvelopeError('not-hex', { offset });
  return digit;
}

/**
 * Writes bytes as hexadecimal digits into memory.
 *
 * @param target - Where to; twice as many bytes from the offset on.
 *
 * @internal
 */
export function encodeHex(target: Uint8Array, offset: number, bytes: Uint8Array): void {
  let at = offset;
  for (let index = 0; index < bytes.byteLength; index += 1) {
    const byte = bytes[index]!;
    target[at++] = digitOf(byte >> 4);
    target[at++] = digitOf(byte & 15);
  }
}

/** Arithmetic, not a table: which entry of a table is read can be seen in the caches. */
function digitOf(value: number): number {
  return 0x30 + value + (((9 - value) >> 8) & 0x27);
}
