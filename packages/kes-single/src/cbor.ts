/**
 * CBOR of verification keys and signatures, as Cardano has them: one definite-length byte string with the shortest
 * head and no tag. Signing keys have no CBOR form here: an encoder's pooled buffer would keep them, which is why
 * DirectSerialise exists.
 *
 * @module
 */
import { Encoder } from 'cbor-x';
import { checkBytes } from '@evolock/direct-serialise/arguments';
import { EvolockError } from '@evolock/dsign-ed25519';
import type { KesAlgorithm, KesShape, KesSignature, KesVerificationKey } from './kes-algorithm.js';

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

/**
 * Encodes a verification key: `5820…` for 32 bytes.
 *
 * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`; `ERR_EVOLOCK_ARGUMENT_VALUE` for another size.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { ed25519, singleKes } from '@evolock/kes-single';
 * import { encodeVerificationKey } from '@evolock/kes-single/cbor';
 *
 * const encoded = encodeVerificationKey(singleKes(ed25519), new Uint8Array(32));
 * assert.deepEqual(encoded.subarray(0, 2), Uint8Array.of(0x58, 0x20));
 * ```
 */
export function encodeVerificationKey<Shape extends KesShape>(
  algorithm: KesAlgorithm<Shape>,
  verificationKey: KesVerificationKey<Shape['name']>,
): Uint8Array {
  return encode(checkBytes('verificationKey', verificationKey, algorithm.verificationKeySize));
}

/**
 * Decodes a verification key, and accepts its one encoding only.
 *
 * @throws {@link CborError} `ERR_EVOLOCK_CBOR`, {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { ed25519, singleKes } from '@evolock/kes-single';
 * import { decodeVerificationKey, encodeVerificationKey } from '@evolock/kes-single/cbor';
 *
 * const algorithm = singleKes(ed25519);
 * const verificationKey = new Uint8Array(32).fill(7);
 * const encoded = encodeVerificationKey(algorithm, verificationKey);
 * assert.deepEqual(decodeVerificationKey(algorithm, encoded), verificationKey);
 * ```
 */
export function decodeVerificationKey<Shape extends KesShape>(
  algorithm: KesAlgorithm<Shape>,
  encoded: Uint8Array,
): KesVerificationKey<Shape['name']> {
  // The brand exists in types alone.
  return decode('verification key', encoded, algorithm.verificationKeySize);
}

/**
 * Encodes a signature: `5901c0…` for the 448 bytes of Sum6.
 *
 * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`; `ERR_EVOLOCK_ARGUMENT_VALUE` for another size.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { ed25519, singleKes } from '@evolock/kes-single';
 * import { encodeSignature } from '@evolock/kes-single/cbor';
 *
 * const encoded = encodeSignature(singleKes(ed25519), new Uint8Array(64));
 * assert.deepEqual(encoded.subarray(0, 2), Uint8Array.of(0x58, 0x40));
 * ```
 */
export function encodeSignature<Shape extends KesShape>(
  algorithm: KesAlgorithm<Shape>,
  signature: KesSignature<Shape['name']>,
): Uint8Array {
  return encode(checkBytes('signature', signature, algorithm.signatureSize));
}

/**
 * Decodes a signature, and accepts its one encoding only.
 *
 * @throws {@link CborError} `ERR_EVOLOCK_CBOR`, {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { ed25519, singleKes } from '@evolock/kes-single';
 * import { decodeSignature } from '@evolock/kes-single/cbor';
 *
 * assert.throws(() => decodeSignature(singleKes(ed25519), Uint8Array.of(0x5f)), { problem: 'indefinite length' });
 * ```
 */
export function decodeSignature<Shape extends KesShape>(
  algorithm: KesAlgorithm<Shape>,
  encoded: Uint8Array,
): KesSignature<Shape['name']> {
  // The brand exists in types alone.
  return decode('signature', encoded, algorithm.signatureSize);
}

// Without this option cbor-x writes tag 64, which nothing in this ecosystem reads.
const encoder = new Encoder({ tagUint8Array: false });

function encode(bytes: Uint8Array): Uint8Array {
  // A copy: what cbor-x returns is a view on a buffer that it goes on using.
  return new Uint8Array(encoder.encode(bytes));
}

/** cbor-x accepts tags and longer heads, so the head is looked at here. */
function decode(what: string, value: unknown, size: number): Uint8Array {
  const encoded = checkBytes('encoded', value);
  const head = encode(new Uint8Array(size)).subarray(0, -size);
  const problem = problemOf(encoded, head, size);
  if (problem !== undefined) throw new CborError(what, problem);
  return new Uint8Array(encoder.decode(encoded) as Uint8Array);
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
  if (encoded.byteLength < head.byteLength) return 'truncated';
  if (head.some((byte, index) => byte !== encoded[index])) {
    return statedLength(encoded) === size ? 'non-shortest head' : 'wrong length';
  }
  if (encoded.byteLength < head.byteLength + size) return 'truncated';
  if (encoded.byteLength > head.byteLength + size) return 'trailing bytes';
  return undefined;
}

/** The length that the head of a byte string states, whatever its form; `undefined` where the head is cut off. */
function statedLength(encoded: Uint8Array): number | undefined {
  const information = (encoded[0] ?? 0) & 0x1f;
  if (information < 24) return information;
  const bytes = encoded.subarray(1, 1 + 2 ** (information - 24));
  if (information > 27 || bytes.byteLength !== 2 ** (information - 24)) return undefined;
  return bytes.reduce((length, byte) => length * 256 + byte, 0);
}
