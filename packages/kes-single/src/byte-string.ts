import { checkBytes } from '@evolock/direct-serialise/arguments';
import { EvolockError } from '@evolock/dsign-ed25519';

/** What is wrong with an encoding. */
export type CborProblem =
  | 'empty'
  | 'tag'
  | 'not a byte string'
  | 'indefinite length'
  | 'non-shortest head'
  | 'wrong length'
  | 'truncated'
  | 'trailing bytes';

/**
 * Bytes that are not the one CBOR encoding of a verification key or signature of an algorithm.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { ed25519, singleKes } from '@evolock/kes-single';
 * import { decodeVerificationKey } from '@evolock/kes-single/cbor';
 *
 * const tagged = Uint8Array.of(0xd8, 0x40, 0x58, 0x20, ...new Uint8Array(32));
 * assert.throws(() => decodeVerificationKey(singleKes(ed25519), tagged), {
 *   code: 'ERR_EVOLOCK_CBOR',
 *   problem: 'tag',
 * });
 * ```
 */
export class CborError extends EvolockError {
  readonly code = 'ERR_EVOLOCK_CBOR';
  /** What is wrong. */
  readonly problem: CborProblem;

  constructor(what: string, problem: CborProblem) {
    super(`${what}: expected one untagged byte string with the shortest head, found: ${problem}`);
    this.problem = problem;
  }
}

/** The first byte of a head without what it says of the length. */
const BYTE_STRING_HEAD = 0x40;

/** The shortest head of a byte string of a size below 2^32. */
function headOf(size: number): number[] {
  if (size < 24) return [BYTE_STRING_HEAD + size];
  if (size < 0x100) return [BYTE_STRING_HEAD + 24, size];
  const bytes = [size >>> 24, size >>> 16, size >>> 8, size].map((byte) => byte & 0xff);
  return size < 0x10000
    ? [BYTE_STRING_HEAD + 25, ...bytes.slice(2)]
    : [BYTE_STRING_HEAD + 26, ...bytes];
}

/**
 * Encodes bytes as one byte string with the shortest head and no tag.
 *
 * @internal
 */
export function encodeByteString(bytes: Uint8Array): Uint8Array {
  const head = headOf(bytes.byteLength);
  const encoded = new Uint8Array(head.length + bytes.byteLength);
  encoded.set(head);
  encoded.set(bytes, head.length);
  return encoded;
}

/**
 * Decodes the one encoding of a byte string of a size.
 *
 * @throws {@link CborError} `ERR_EVOLOCK_CBOR`.
 *
 * @internal
 */
export function decodeByteString(what: string, value: unknown, size: number): Uint8Array {
  const encoded = checkBytes('encoded', value);
  const head = headOf(size);
  const problem = problemOf(encoded, head, size);
  if (problem !== undefined) throw new CborError(what, problem);
  return new Uint8Array(encoded.subarray(head.length));
}

const BYTE_STRING = 2;
const TAG = 6;
const INDEFINITE = 0x5f;

function problemOf(
  encoded: Uint8Array,
  head: readonly number[],
  size: number,
): CborProblem | undefined {
  const first = encoded[0];
  if (first === undefined) return 'empty';
  if (first >> 5 === TAG) return 'tag';
  if (first >> 5 !== BYTE_STRING) return 'not a byte string';
  if (first === INDEFINITE) return 'indefinite length';
  if (head.slice(0, encoded.byteLength).some((byte, index) => byte !== encoded[index])) {
    return statedLength(encoded) === size ? 'non-shortest head' : 'wrong length';
  }
  if (encoded.byteLength < head.length + size) return 'truncated';
  if (encoded.byteLength > head.length + size) return 'trailing bytes';
  return undefined;
}

/** Bytes of a stated length, by what the first byte of a head says beyond 23. */
const WIDTHS = [1, 2, 4, 8];

/** The length that a head of more than one byte states; `undefined` where it is cut off or of another form. */
function statedLength(encoded: Uint8Array): number | undefined {
  const width = WIDTHS[((encoded[0] ?? 0) & 0x1f) - 24];
  const bytes = encoded.subarray(1, 1 + (width ?? 0));
  if (bytes.byteLength !== width) return undefined;
  return bytes.reduce((length, byte) => length * 256 + byte, 0);
}
