/**
 * Certificates with the cryptography of libsodium: issued by a cold key in locked memory, and verified.
 */
import { checkBytes } from '@evolock/direct-serialise/arguments';
import { ed25519 } from '@evolock/kes-sum';
import { sodium } from '@evolock/kes-sum/unsound';
import {
  certificateMessage,
  certificateVerdict,
  checkBody,
  checkCertificate,
  VERIFICATION_KEY_SIZE,
  type CertificateBody,
  type CertificateVerdict,
  type OperationalCertificate,
  type VerifyEd25519,
} from '../certificate/certificate.js';
import { poolIdWith, type PoolId } from '../certificate/pool-id.js';
import { checkColdKey, type ColdSigningKey } from './signing-keys.js';

const BLAKE2B_224_SIZE = 28;

/**
 * Blake2b-224, unkeyed, of public bytes. A shortened longer hash is another hash.
 *
 * Source: RFC 7693.
 */
export function blake2b224(input: Uint8Array): Uint8Array {
  const digest = new Uint8Array(BLAKE2B_224_SIZE);
  sodium.crypto_generichash(digest, input);
  return digest;
}

/** Verifies an Ed25519 signature with libsodium. */
export const verifyEd25519: VerifyEd25519 = (verificationKey, message, signature) =>
  ed25519.verify(verificationKey, message, signature);

/**
 * Signs a certificate. The caller chooses the sequence number: {@link issueToFile} takes it from the file of the counter
 * and never takes a number twice.
 *
 * @param coldKey - A live key. It is only read.
 * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`, `ERR_EVOLOCK_ARGUMENT_VALUE`.
 * @throws `ReleasedError` (of kes-sum) `ERR_EVOLOCK_RELEASED`.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { absolutePeriod, issueCertificate, verifyCertificate } from '@evolock/cardano-kes';
 * import { ed25519, MLockedSeed } from '@evolock/kes-sum';
 *
 * const seed = MLockedSeed.newRandom(32);
 * const coldKey = ed25519.generateKey(seed);
 * const certificate = issueCertificate(coldKey, {
 *   hotVerificationKey: new Uint8Array(32),
 *   sequenceNumber: 0n,
 *   startPeriod: absolutePeriod(400),
 * });
 * assert.deepEqual(verifyCertificate(certificate, coldKey.deriveVerificationKey()), { valid: true });
 * for (const each of [seed, coldKey]) each.release();
 * ```
 */
export function issueCertificate(
  coldKey: ColdSigningKey,
  body: CertificateBody,
): OperationalCertificate {
  const key = checkColdKey(coldKey);
  const checked = checkBody(body);
  return { ...checked, signature: key.sign(certificateMessage(checked)) };
}

/**
 * Whether a cold key signed a certificate. Does not check the periods: {@link evolutionOf} does.
 *
 * @param certificate - The certificate.
 * @param coldVerificationKey - 32 bytes.
 * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`, `ERR_EVOLOCK_ARGUMENT_VALUE`.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { absolutePeriod, verifyCertificate } from '@evolock/cardano-kes';
 *
 * const certificate = {
 *   hotVerificationKey: new Uint8Array(32),
 *   sequenceNumber: 0n,
 *   startPeriod: absolutePeriod(0),
 *   signature: new Uint8Array(64),
 * };
 * assert(!verifyCertificate(certificate, new Uint8Array(32).fill(7)).valid);
 * ```
 */
export function verifyCertificate(
  certificate: OperationalCertificate,
  coldVerificationKey: Uint8Array,
): CertificateVerdict {
  const checked = checkCertificate(certificate);
  const key = checkBytes('coldVerificationKey', coldVerificationKey, VERIFICATION_KEY_SIZE);
  return certificateVerdict(checked, key, verifyEd25519);
}

/**
 * The identity of the pool of a cold verification key: its Blake2b-224 hash.
 *
 * Source: BIP 173; CIP-5.
 *
 * @param coldVerificationKey - 32 bytes.
 * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`, `ERR_EVOLOCK_ARGUMENT_VALUE`.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { poolIdOf } from '@evolock/cardano-kes';
 *
 * assert.match(poolIdOf(new Uint8Array(32)).bech32, /^pool1/);
 * ```
 */
export function poolIdOf(coldVerificationKey: Uint8Array): PoolId {
  return poolIdWith(
    blake2b224,
    checkBytes('coldVerificationKey', coldVerificationKey, VERIFICATION_KEY_SIZE),
  );
}
