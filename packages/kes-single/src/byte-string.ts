import { Encoder } from 'cbor-x';
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

// Without this option cbor-x writes tag 64, which nothing in this ecosystem reads.
const encoder = new Encoder({ tagUint8Array: false });

/**
 * Encodes bytes as one byte string with the shortest head and no tag.
 *
 * @internal
 */
export function encodeByteString(bytes: Uint8Array): Uint8Array {
  // A copy: what cbor-x returns is a view on a buffer that it goes on using, and which may hold a signing key now.
  const shared = encoder.encode(bytes);
  try {
    return new Uint8Array(shared);
  } finally {
    shared.fill(0);
  }
}

/**
 * Decodes the one encoding of a byte string of a size. cbor-x accepts tags and longer heads, so the head is looked at
 * here.
 *
 * @throws {@link CborError} `ERR_EVOLOCK_CBOR`.
 *
 * @internal
 */
export function decodeByteString(what: string, value: unknown, size: number): Uint8Array {
  const encoded = checkBytes('encoded', value);
  const head = encodeByteString(new Uint8Array(size)).subarray(0, -size);
  const problem = problemOf(encoded, head, size);
  if (problem !== undefined) throw new CborError(what, problem);
  // What follows the one right head is the string. A decoder of cbor-x would leave a property on the caller's bytes.
  return new Uint8Array(encoded.subarray(head.byteLength));
}

const BYTE_STRING = 2;
const TAG = 6;
const INDEFINITE = 0x5f;

function problemOf(encoded: Uint8Array, head: Uint8Array, size: number): CborProblem | undefined {
  const first = encoded[0];
  if (first === undefined) return 'empty';
  if (first >> 5 === TAG) return 'tag';
  if (first >> 5 !== BYTE_STRING) return 'not a byte string';
  if (first === INDEFINITE) return 'indefinite length';
  if (head.subarray(0, encoded.byteLength).some((byte, index) => byte !== encoded[index])) {
    return statedLength(encoded) === size ? 'non-shortest head' : 'wrong length';
  }
  if (encoded.byteLength < head.byteLength + size) return 'truncated';
  if (encoded.byteLength > head.byteLength + size) return 'trailing bytes';
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
