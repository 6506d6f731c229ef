import { EnvelopeError } from './envelope-error.js';
import { decodeCbor } from './public-cbor.js';

/**
 * Decodes an item that has exactly one encoding: what was made of it is encoded again, and has to come out alike. So
 * tags, longer heads, indefinite lengths and bytes behind it are refused.
 *
 * @param cbor - The item, public.
 * @param read - Makes something of what cbor-x decoded; nothing where the shape is another.
 * @param encode - The one encoding.
 * @throws {@link EnvelopeError} `ERR_EVOLOCK_CARDANO_ENVELOPE`, problem `wrong-cbor`.
 *
 * @internal
 */
export function strictlyDecoded<T>(
  cbor: Uint8Array,
  read: (value: unknown) => T | undefined,
  encode: (value: T) => Uint8Array,
): T {
  const value = read(decoded(cbor));
  if (value === undefined) throw new EnvelopeError('wrong-cbor');
  if (!Buffer.from(encode(value)).equals(cbor))
    throw new EnvelopeError('wrong-cbor', { found: 'another encoding than the shortest' });
  return value;
}

function decoded(cbor: Uint8Array): unknown {
  try {
    return decodeCbor(cbor);
  } catch (cause) {
    throw new EnvelopeError('wrong-cbor', { cause });
  }
}
