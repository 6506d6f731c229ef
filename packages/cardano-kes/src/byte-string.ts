/**
 * The one CBOR item that the envelope of a key holds: a byte string, untagged, of definite length, with the shortest
 * head. The item may be a signing key, which no CBOR library may see: its buffers are kept and handed on.
 *
 * Source: RFC 8949, section 3.
 */
import { EnvelopeError } from './envelope-error.js';

const BYTE_STRING = 2;
const INDEFINITE = 31;
/** Lengths up to here stand in the first byte. */
const IN_FIRST_BYTE = 23;

/**
 * The content of a byte string that takes the whole of the memory it lies in.
 *
 * @returns A view on it.
 * @throws {@link EnvelopeError} `ERR_EVOLOCK_CARDANO_ENVELOPE`.
 *
 * @internal
 */
export function contentOf(cbor: Uint8Array): Uint8Array {
  const first = cbor[0];
  if (first === undefined) throw new EnvelopeError('truncated');
  const information = first & 0x1f;
  if (first >> 5 !== BYTE_STRING || information === INDEFINITE)
    throw new EnvelopeError('not-byte-string');
  const width = widthOf(information);
  if (cbor.byteLength < 1 + width) throw new EnvelopeError('truncated');
  const length = width === 0 ? information : bigEndian(cbor, width);
  if (headOf(length).byteLength !== 1 + width) throw new EnvelopeError('non-shortest-head');
  const content = cbor.subarray(1 + width);
  if (content.byteLength < length) throw new EnvelopeError('truncated');
  if (content.byteLength > length) throw new EnvelopeError('trailing-bytes');
  return content;
}

/** Bytes behind the first that state the length: 1, 2, 4 or 8. */
function widthOf(information: number): number {
  if (information <= IN_FIRST_BYTE) return 0;
  if (information > 27) throw new EnvelopeError('not-byte-string');
  return 2 ** (information - 24);
}

function bigEndian(cbor: Uint8Array, width: number): number {
  let length = 0;
  for (let index = 1; index <= width; index += 1) length = length * 256 + cbor[index]!;
  return length;
}

/**
 * The shortest head of a byte string.
 *
 * @param length - Bytes of the string, at most 65,535: the largest envelope is smaller.
 *
 * @internal
 */
export function headOf(length: number): Uint8Array {
  if (length <= IN_FIRST_BYTE) return Uint8Array.of((BYTE_STRING << 5) | length);
  if (length < 0x100) return Uint8Array.of((BYTE_STRING << 5) | 24, length);
  return Uint8Array.of((BYTE_STRING << 5) | 25, length >> 8, length & 0xff);
}
