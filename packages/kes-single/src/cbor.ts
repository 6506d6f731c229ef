/**
 * CBOR of verification keys and signatures, as Cardano has them: one definite-length byte string with the shortest
 * head and no tag. Signing keys have no CBOR form here: an encoder's pooled buffer would keep them, which is why
 * DirectSerialise exists.
 *
 * @module
 */
import { checkBytes } from '@evolock/direct-serialise/arguments';
import { decodeByteString, encodeByteString } from './byte-string.js';
import { checkAlgorithm } from './composition.js';
export { CborError, type CborProblem } from './byte-string.js';
import type { KesAlgorithm, KesShape, KesSignature, KesVerificationKey } from './kes-algorithm.js';

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
  checkAlgorithm('algorithm', algorithm);
  return encodeByteString(
    checkBytes('verificationKey', verificationKey, algorithm.verificationKeySize),
  );
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
  checkAlgorithm('algorithm', algorithm);
  // The brand exists in types alone.
  return decodeByteString('verification key', encoded, algorithm.verificationKeySize);
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
  checkAlgorithm('algorithm', algorithm);
  return encodeByteString(checkBytes('signature', signature, algorithm.signatureSize));
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
  checkAlgorithm('algorithm', algorithm);
  // The brand exists in types alone.
  return decodeByteString('signature', encoded, algorithm.signatureSize);
}
