import { decodeItem } from '../cbor/decode.js';
import { encodeItem, type CborItem } from '../cbor/encode.js';
import type { Shape } from '../cbor/shape.js';
import { CborError } from '../cbor/walk.js';
import { EnvelopeError } from '../errors.js';
import { areEqual } from '../hex.js';

/**
 * Decodes the content of an envelope that has exactly one encoding. Encodes the decoded value again and compares, which
 * refuses longer heads, indefinite lengths and trailing bytes.
 *
 * @param cbor - The item, public.
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
