import { directDeserialiseBufChecked } from '@evolock/direct-serialise';
import { checkBytes } from '@evolock/direct-serialise/arguments';
import { unsoundRaw } from '@evolock/dsign-ed25519/unsound';
import { decodeByteString, encodeByteString } from './byte-string.js';
import { checkAlgorithm, checkSigningKey } from './composition.js';
import type { KesAlgorithm, KesReadOptions, KesShape, KesSigningKey } from './kes-algorithm.js';

/**
 * **Copies a signing key into ordinary memory**, in the reference layout. For tests and for tools that have no other
 * way; see DirectSerialise for the one that leaves no copy.
 *
 * @returns `algorithm.signingKeySize` bytes: zero them yourself.
 * @throws {@link ReleasedError} `ERR_EVOLOCK_RELEASED`.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { ed25519, MLockedSeed, singleKes } from '@evolock/kes-single';
 * import { unsoundFromRaw, unsoundRawSigningKey } from '@evolock/kes-single/unsound';
 *
 * const algorithm = singleKes(ed25519);
 * const seed = MLockedSeed.newRandom(32);
 * const signingKey = algorithm.generateKey(seed);
 * const raw = unsoundRawSigningKey(signingKey);
 * const copy = unsoundFromRaw(algorithm, raw);
 * assert.deepEqual(copy.deriveVerificationKey(), signingKey.deriveVerificationKey());
 * raw.fill(0);
 * for (const one of [seed, signingKey, copy]) one.release();
 * ```
 */
export function unsoundRawSigningKey(signingKey: KesSigningKey): Uint8Array {
  checkSigningKey('signingKey', signingKey);
  return unsoundRaw(signingKey, signingKey.algorithm.signingKeySize);
}

/**
 * Reads a signing key from **ordinary memory**, in the reference layout. The bytes stay as they are: zero them.
 *
 * @throws {@link SizeCheckError} `ERR_EVOLOCK_SIZE_CHECK`, and what reading a key throws.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { ed25519, singleKes } from '@evolock/kes-single';
 * import { unsoundFromRaw } from '@evolock/kes-single/unsound';
 *
 * assert.throws(() => unsoundFromRaw(singleKes(ed25519), new Uint8Array(31)), { code: 'ERR_EVOLOCK_SIZE_CHECK' });
 * ```
 */
export function unsoundFromRaw<Shape extends KesShape>(
  algorithm: KesAlgorithm<Shape>,
  raw: Uint8Array,
  options?: KesReadOptions<Shape['name']>,
): KesSigningKey<Shape> {
  checkAlgorithm('algorithm', algorithm);
  return directDeserialiseBufChecked(raw, algorithm, options);
}

/**
 * **Copies a signing key into ordinary memory** as CBOR: one byte string, as cardano-cli's files hold it. The encoder
 * keeps a copy in a buffer of its own, which nothing wipes.
 *
 * @throws {@link ReleasedError} `ERR_EVOLOCK_RELEASED`.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { ed25519, MLockedSeed, singleKes } from '@evolock/kes-single';
 * import { unsoundCborSigningKey, unsoundFromCbor } from '@evolock/kes-single/unsound';
 *
 * const algorithm = singleKes(ed25519);
 * const seed = MLockedSeed.newRandom(32);
 * const signingKey = algorithm.generateKey(seed);
 * const encoded = unsoundCborSigningKey(signingKey);
 * const copy = unsoundFromCbor(algorithm, encoded);
 * assert.equal(encoded.length, 34);
 * for (const one of [seed, signingKey, copy]) one.release();
 * ```
 */
export function unsoundCborSigningKey(signingKey: KesSigningKey): Uint8Array {
  const raw = unsoundRawSigningKey(signingKey);
  try {
    return encodeByteString(raw);
  } finally {
    raw.fill(0);
  }
}

/**
 * Reads a signing key from its CBOR in **ordinary memory**, strictly.
 *
 * @throws {@link CborError} `ERR_EVOLOCK_CBOR`, and what reading a key throws.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { ed25519, singleKes } from '@evolock/kes-single';
 * import { unsoundFromCbor } from '@evolock/kes-single/unsound';
 *
 * assert.throws(() => unsoundFromCbor(singleKes(ed25519), Uint8Array.of(0x5f)), { code: 'ERR_EVOLOCK_CBOR' });
 * ```
 */
export function unsoundFromCbor<Shape extends KesShape>(
  algorithm: KesAlgorithm<Shape>,
  encoded: Uint8Array,
  options?: KesReadOptions<Shape['name']>,
): KesSigningKey<Shape> {
  checkAlgorithm('algorithm', algorithm);
  const bytes = checkBytes('encoded', encoded);
  const raw = decodeByteString('signing key', bytes, algorithm.signingKeySize);
  try {
    return unsoundFromRaw(algorithm, raw, options);
  } finally {
    raw.fill(0);
  }
}
