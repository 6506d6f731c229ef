/**
 * Decodes public CBOR of known shapes. A check of the shape comes first, and decoding follows the heads that it has checked.
 */
import { EnvelopeError } from '../errors.js';
import { areEqual } from '../hex.js';
import { encodeItem, type CborItem } from './encode.js';
import { checkShape, type Shape } from './shape.js';
import { arrayAt, CborError, headAt, major } from './walk.js';

/**
 * Decodes the item at an offset. Bytes may follow the item, and its encoding may be any that is well-formed.
 *
 * @param text - The text that contains the item, public.
 * @param start - The offset of the item.
 * @param shape - The expected shape.
 * @returns The value. Its byte strings are copies.
 * @throws {@link CborError}.
 *
 * @internal
 */
export function decodeItem(text: Uint8Array, start: number, shape: Shape): CborItem {
  checkShape(text, start, shape);
  return valueAt(text, start);
}

/** The value of an item whose shape was checked. */
function valueAt(text: Uint8Array, start: number): CborItem {
  const { major: kind, argument, end } = headAt(text, start);
  if (kind === major.unsigned) return numberAt(text, start, argument, end);
  if (kind === major.bytes) return new Uint8Array(text.subarray(end, end + argument));
  // An array has at most as many items as bytes. The last kind of a shape is null.
  const array = arrayAt(text, start, text.byteLength);
  return array === undefined ? null : array.items.map((item) => valueAt(text, item.start));
}

/** Bytes of the head of a number of 64 bits. Such a number may be too large for `argument`. */
const LONGEST_HEAD = 9;

function numberAt(text: Uint8Array, start: number, argument: number, end: number): bigint {
  if (end - start < LONGEST_HEAD) return BigInt(argument);
  return new DataView(text.buffer, text.byteOffset).getBigUint64(start + 1);
}

/**
 * Decodes an item that has exactly one encoding. Encodes the decoded value again and compares, which refuses longer heads,
 * indefinite lengths and trailing bytes.
 *
 * @param cbor - The item, public.
 * @throws {@link EnvelopeError} `ERR_EVOLOCK_CARDANO_ENVELOPE`, problem `wrong-cbor`.
 *
 * @internal
 */
export function strictlyDecoded(cbor: Uint8Array, shape: Shape): CborItem {
  const value = decodedOrThrow(cbor, shape);
  if (!areEqual(encodeItem(value), cbor))
    throw new EnvelopeError('wrong-cbor', { found: 'another encoding than the shortest' });
  return value;
}

function decodedOrThrow(cbor: Uint8Array, shape: Shape): CborItem {
  try {
    return decodeItem(cbor, 0, shape);
  } catch (cause) {
    if (!(cause instanceof CborError)) throw cause;
    throw new EnvelopeError('wrong-cbor', { cause });
  }
}
