import { wrongType } from '@evolock/direct-serialise/arguments';
import { blake2b256 } from '@evolock/dsign-ed25519';
import { checkAlgorithm, checkSigningKey } from './composition.js';
import type {
  KesAlgorithm,
  KesShape,
  KesSignature,
  KesSigningKey,
  KesVerificationKey,
} from './kes-algorithm.js';

/** A message with its signature and the period at which it was signed: what has to travel together. */
export interface KesSigned<Name extends string = string> {
  readonly message: Uint8Array;
  readonly period: number;
  readonly signature: KesSignature<Name>;
}

/**
 * Signs a message at the key's period and keeps the three together.
 *
 * @param signingKey - Alive.
 * @param message - Any bytes; kept as they are, not copied.
 * @throws {@link ReleasedError} `ERR_EVOLOCK_RELEASED`, {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`.
 *
 * Source: `SignedKES` of cardano-crypto-class, with the period that it leaves to the caller.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { ed25519, MLockedSeed, signKes, singleKes, verifyKes } from '@evolock/kes-single';
 *
 * const algorithm = singleKes(ed25519);
 * const seed = MLockedSeed.newRandom(32);
 * const signingKey = algorithm.generateKey(seed);
 * const signed = signKes(signingKey, new TextEncoder().encode('message'));
 * assert.equal(verifyKes(algorithm, signingKey.deriveVerificationKey(), signed), true);
 * signingKey.release();
 * seed.release();
 * ```
 */
export function signKes<Shape extends KesShape>(
  signingKey: KesSigningKey<Shape>,
  message: Uint8Array,
): KesSigned<Shape['name']> {
  checkSigningKey('signingKey', signingKey);
  return Object.freeze({ message, period: signingKey.period, signature: signingKey.sign(message) });
}

/**
 * Whether a signed value is good: its signature, of its message, at its period.
 *
 * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE` for what is no signed value.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { ed25519, singleKes, verifyKes } from '@evolock/kes-single';
 *
 * const forged = { message: new Uint8Array(), period: 0, signature: new Uint8Array(64) };
 * assert.equal(verifyKes(singleKes(ed25519), new Uint8Array(32), forged), false);
 * ```
 */
export function verifyKes<Shape extends KesShape>(
  algorithm: KesAlgorithm<Shape>,
  verificationKey: KesVerificationKey<Shape['name']>,
  signed: KesSigned<Shape['name']>,
): boolean {
  checkAlgorithm('algorithm', algorithm);
  if (typeof signed !== 'object' || (signed as unknown) === null) {
    throw wrongType('signed', 'a message with its period and signature', signed);
  }
  return algorithm.verify(verificationKey, signed.period, signed.message, signed.signature);
}

/**
 * The hash of a verification key, by which it is named where 32 bytes of it would be too open or too long to compare.
 *
 * @param verificationKey - Of any algorithm.
 * @returns 32 bytes: Blake2b-256.
 * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`.
 *
 * Source: `hashVerKeyKES` of cardano-crypto-class.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { hashVerificationKey } from '@evolock/kes-single';
 *
 * assert.equal(hashVerificationKey(new Uint8Array(32)).length, 32);
 * ```
 */
export function hashVerificationKey(verificationKey: KesVerificationKey): Uint8Array {
  return blake2b256(verificationKey);
}
