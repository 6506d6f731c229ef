/**
 * The few values that a header is made of, decoded by cbor-x from their own bytes.
 *
 * cbor-x takes a float for an integer, reads extensions of its own behind tags, and gives a number or a bigint by
 * size. So it sees one item at a time, whose major type has been looked at: no tag and no float gets there.
 */
import { decode } from 'cbor-x';
import { CborError } from './cbor-error.js';
import { headAt, MAJOR_BYTES, MAJOR_UNSIGNED, type CborSpan } from './cbor-span.js';

/**
 * An unsigned integer, at most 2^64 − 1.
 *
 * @throws {@link CborError} `CBOR_UNEXPECTED_TYPE`.
 */
export function unsignedIn(bytes: Uint8Array, item: CborSpan): bigint {
  checkMajor(bytes, item, MAJOR_UNSIGNED, 'no unsigned integer');
  return BigInt(decodeItem(bytes, item) as number | bigint);
}

/**
 * A byte string of a given length, as bytes of its own.
 *
 * @throws {@link CborError} `CBOR_UNEXPECTED_TYPE`.
 */
export function bytesIn(bytes: Uint8Array, item: CborSpan, length: number): Uint8Array {
  checkMajor(bytes, item, MAJOR_BYTES, 'no byte string');
  const value = new Uint8Array(decodeItem(bytes, item) as Uint8Array);
  if (value.length !== length) {
    throw new CborError(
      'CBOR_UNEXPECTED_TYPE',
      item.start,
      `a byte string of ${value.length} bytes instead of ${length}`,
    );
  }
  return value;
}

function checkMajor(bytes: Uint8Array, { start }: CborSpan, major: number, what: string): void {
  if (headAt(bytes, start).major !== major) {
    throw new CborError('CBOR_UNEXPECTED_TYPE', start, what);
  }
}

function decodeItem(bytes: Uint8Array, { start, end }: CborSpan): unknown {
  return decode(bytes.subarray(start, end));
}
