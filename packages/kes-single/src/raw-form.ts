/** Signing keys as bytes in ordinary memory. */
import { directDeserialiseBufChecked } from '@evolock/direct-serialise';
import { unsoundRaw } from '@evolock/dsign-ed25519/unsound';
import { checkAlgorithm, checkSigningKey } from './composition.js';
import type { KesAlgorithm, KesReadOptions, KesShape, KesSigningKey } from './kes-algorithm.js';

/**
 * **Copies a signing key into ordinary memory**, in the reference layout. For tests, and for tools that cannot use
 * DirectSerialise, which leaves no copy.
 *
 * @returns `algorithm.signingKeySize` bytes. The caller zeroes them.
 * @throws `ReleasedError` `ERR_EVOLOCK_RELEASED`.
 */
export function unsoundRawSigningKey(signingKey: KesSigningKey): Uint8Array {
  checkSigningKey('signingKey', signingKey);
  return unsoundRaw(signingKey, signingKey.algorithm.signingKeySize);
}

/**
 * Reads a signing key from **ordinary memory**, in the reference layout. The bytes are not changed: the caller zeroes
 * them.
 *
 * @throws `SizeCheckError` `ERR_EVOLOCK_SIZE_CHECK`, and the errors of `algorithm.directDeserialise`.
 */
export function unsoundFromRaw<Shape extends KesShape>(
  algorithm: KesAlgorithm<Shape>,
  raw: Uint8Array,
  options?: KesReadOptions<Shape['name']>,
): KesSigningKey<Shape> {
  checkAlgorithm('algorithm', algorithm);
  return directDeserialiseBufChecked(raw, algorithm, options);
}
