import { ConformanceError, type ConformanceErrorCode, type VectorLocation } from '../errors.js';
import { bytesToHex } from '../vectors/bytes.js';

/** The number of bytes that a message shows, from the first difference. */
const EXCERPT_SIZE = 8;

function excerpt(bytes: Uint8Array, offset: number): string {
  return bytesToHex(bytes.subarray(offset, offset + EXCERPT_SIZE)) || 'nothing';
}

/**
 * Throws unless both are the same bytes.
 *
 * @internal
 */
export function expectBytes(
  code: ConformanceErrorCode,
  location: VectorLocation,
  what: string,
  actual: Uint8Array,
  expected: Uint8Array,
): void {
  const offset = expected.findIndex((byte, index) => byte !== actual[index]);
  if (offset === -1 && actual.length === expected.length) return;
  const place = offset === -1 ? expected.length : offset;
  const sizes =
    actual.length === expected.length ? '' : ` (${actual.length} bytes, not ${expected.length})`;
  throw new ConformanceError(
    code,
    location,
    `${what} differs at byte ${place}${sizes}: expected ${excerpt(expected, place)}, got ${excerpt(actual, place)}`,
  );
}

/**
 * Throws unless both are the same number.
 *
 * @internal
 */
export function expectNumber(
  code: ConformanceErrorCode,
  location: VectorLocation,
  what: string,
  actual: number,
  expected: number,
): void {
  if (actual === expected) return;
  throw new ConformanceError(code, location, `${what} is ${actual}, expected ${expected}`);
}

/**
 * Throws unless the verdict of `verify` is the expected one.
 *
 * @internal
 */
export function expectVerdict(
  location: VectorLocation,
  what: string,
  actual: boolean,
  expected: boolean,
): void {
  if (actual === expected) return;
  throw expected
    ? new ConformanceError('ERR_EVOLOCK_VALID_REJECTED', location, `${what} was rejected`)
    : new ConformanceError('ERR_EVOLOCK_INVALID_ACCEPTED', location, `${what} was accepted`);
}
