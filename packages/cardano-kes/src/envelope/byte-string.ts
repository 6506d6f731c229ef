/**
 * The one CBOR item in the envelope of a key: an untagged byte string of definite length with the shortest head. The item
 * may be a signing key, so no CBOR library gets it: such a library keeps copies in its buffers.
 *
 * Source: RFC 8949, section 3.
 */
import { EnvelopeError } from '../errors.js';
import { headOf } from '../cbor/encode.js';
import { CborError, headAt, major, type Head } from '../cbor/walk.js';

/** A view of the content of a byte string that fills the given memory. Without `sizes` it may have any size. */
export function contentOf(cbor: Uint8Array, sizes?: readonly number[]): Uint8Array {
  const { argument: length, end, indefinite } = byteStringHead(cbor);
  if (indefinite) throw new EnvelopeError('not-byte-string');
  if (headOfByteString(length).byteLength !== end) throw new EnvelopeError('non-shortest-head');
  const content = cbor.subarray(end);
  if (content.byteLength < length) throw new EnvelopeError('truncated');
  if (content.byteLength > length) throw new EnvelopeError('trailing-bytes');
  if (sizes?.includes(length) === false) throw wrongKeySize(length, sizes);
  return content;
}

/** The error for a key of another size, in bytes. */
export function wrongKeySize(size: number, sizes: readonly number[]): EnvelopeError {
  const found = `${String(size)} bytes instead of ${sizes.join(', ')}`;
  return new EnvelopeError('wrong-length', { found });
}

function byteStringHead(cbor: Uint8Array): Head {
  const first = cbor[0];
  if (first !== undefined && first >> 5 !== major.bytes) throw new EnvelopeError('not-byte-string');
  try {
    return headAt(cbor, 0);
  } catch (error) {
    const isCutOff = error instanceof CborError && error.problem === 'truncated';
    throw new EnvelopeError(isCutOff ? 'truncated' : 'not-byte-string');
  }
}

/** The shortest head of a byte string. */
export function headOfByteString(length: number): Uint8Array {
  return headOf(major.bytes, BigInt(length));
}
