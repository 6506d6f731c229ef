import { EnvelopeError } from '../errors.js';
import { areEqual } from '../hex.js';
import { encodeItem, type CborItem } from './encode.js';
import { arrayAt, bytesAt, CborError, type Item } from './walk.js';

/**
 * Decodes an item that has exactly one encoding. Encodes the decoded value again and compares, which refuses tags, longer
 * heads, indefinite lengths and trailing bytes.
 *
 * @param cbor - The item, public.
 * @param read - Decodes the item; returns `undefined` for an item of another shape.
 * @param items - The value as CBOR.
 * @throws {@link EnvelopeError} `ERR_EVOLOCK_CARDANO_ENVELOPE`, problem `wrong-cbor`.
 *
 * @internal
 */
export function strictlyDecoded<T>(
  cbor: Uint8Array,
  read: (cbor: Uint8Array) => T | undefined,
  items: (value: T) => CborItem,
): T {
  const value = readOrThrow(cbor, read);
  if (value === undefined) throw new EnvelopeError('wrong-cbor');
  if (!areEqual(encodeItem(items(value)), cbor))
    throw new EnvelopeError('wrong-cbor', { found: 'another encoding than the shortest' });
  return value;
}

function readOrThrow<T>(cbor: Uint8Array, read: (cbor: Uint8Array) => T): T {
  try {
    return read(cbor);
  } catch (cause) {
    if (!(cause instanceof CborError)) throw cause;
    throw new EnvelopeError('wrong-cbor', { cause });
  }
}

/**
 * The items of the array of `count` items at an offset; `undefined` for an item of another shape.
 *
 * @internal
 */
export function itemsAt(
  cbor: Uint8Array,
  start: number,
  count: number,
): readonly Item[] | undefined {
  const items = arrayAt(cbor, start, count)?.items;
  return items?.length === count ? items : undefined;
}

/**
 * A copy of the byte string of an item; `undefined` for an item of another kind or size.
 *
 * @internal
 */
export function bytesOfSize(cbor: Uint8Array, item: Item, size: number): Uint8Array | undefined {
  const bytes = bytesAt(cbor, item.start);
  return bytes?.byteLength === size ? new Uint8Array(bytes) : undefined;
}
