/**
 * Operational certificates: the cold key of a pool says which KES key signs its blocks, from which period on.
 */
import { checkBytes, wrongType } from '@evolock/direct-serialise/arguments';
import { checkLocked, ed25519, Ed25519SigningKey, sum6Kes } from '@evolock/kes-sum';
import { checkUnsigned64, type AbsolutePeriod } from './numbers.js';
import { encodeCbor } from './public-cbor.js';

/** What a certificate says. */
export interface CertificateBody {
  /** The KES verification key, 32 bytes. */
  readonly hotVerificationKey: Uint8Array;
  /** The number of the certificate, unsigned, 64 bits: a node follows the highest that it has seen. */
  readonly sequenceNumber: bigint;
  /** The absolute period at which evolution 0 of the key stands. */
  readonly startPeriod: AbsolutePeriod;
}

/** A certificate. */
export interface OperationalCertificate extends CertificateBody {
  /** By the cold key, 64 bytes. */
  readonly signature: Uint8Array;
}

/** Whether a certificate is good, and what is known of why it is not. */
export type CertificateVerdict =
  | { readonly valid: true }
  | {
      readonly valid: false;
      /** `pre-launch-form`: the cold key did sign it, but in the form that was given up before the launch of mainnet. */
      readonly reason: 'wrong-signature' | 'pre-launch-form';
    };

/** Bytes of a number in what is signed. */
const NUMBER_SIZE = 8;

/**
 * What the cold key signs: hot verification key (32 bytes) ‖ sequence number ‖ start period (8 bytes each, unsigned big
 * endian). It is not CBOR.
 *
 * @returns 48 bytes.
 * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`, `ERR_EVOLOCK_ARGUMENT_VALUE`.
 *
 * Source: `OCertSignable` of cardano-protocol-tpraos.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { absolutePeriod, certificateMessage } from '@evolock/cardano-kes';
 *
 * const message = certificateMessage({
 *   hotVerificationKey: new Uint8Array(32),
 *   sequenceNumber: 7n,
 *   startPeriod: absolutePeriod(400),
 * });
 * assert.equal(message.byteLength, 48);
 * ```
 */
export function certificateMessage(body: CertificateBody): Uint8Array {
  const { hotVerificationKey, sequenceNumber, startPeriod } = checkBody(body);
  const message = new Uint8Array(hotVerificationKey.byteLength + 2 * NUMBER_SIZE);
  const view = new DataView(message.buffer);
  message.set(hotVerificationKey);
  view.setBigUint64(hotVerificationKey.byteLength, sequenceNumber);
  view.setBigUint64(hotVerificationKey.byteLength + NUMBER_SIZE, startPeriod);
  return message;
}

/**
 * Signs a certificate. The sequence number is the caller's responsibility: {@link issueWithCounter} takes it from the
 * counter's file and never takes one twice.
 *
 * @param coldKey - A live key; it is read only.
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
  coldKey: Ed25519SigningKey,
  body: CertificateBody,
): OperationalCertificate {
  const key = checkLocked('coldKey', coldKey, Ed25519SigningKey, 'an Ed25519SigningKey');
  const checked = checkBody(body);
  return { ...checked, signature: key.sign(certificateMessage(checked)) };
}

/**
 * Whether a certificate was signed by a cold key. Whether its periods are over is not asked: {@link evolutionOf}.
 *
 * @param certificate - What was issued.
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
 * assert.deepEqual(verifyCertificate(certificate, new Uint8Array(32).fill(7)), {
 *   valid: false,
 *   reason: 'wrong-signature',
 * });
 * ```
 */
export function verifyCertificate(
  certificate: OperationalCertificate,
  coldVerificationKey: Uint8Array,
): CertificateVerdict {
  const { signature, ...body } = checkCertificate(certificate);
  const key = checkBytes('coldVerificationKey', coldVerificationKey, ed25519.verificationKeySize);
  if (ed25519.verify(key, certificateMessage(body), signature)) return { valid: true };
  const preLaunch = ed25519.verify(key, preLaunchMessage(body), signature);
  return { valid: false, reason: preLaunch ? 'pre-launch-form' : 'wrong-signature' };
}

/** What was signed before the launch of mainnet: the CBOR of the fields. */
function preLaunchMessage(body: CertificateBody): Uint8Array {
  return encodeCbor([body.hotVerificationKey, body.sequenceNumber, body.startPeriod]);
}

function checkBody(value: unknown): CertificateBody {
  if (typeof value !== 'object' || value === null)
    throw wrongType('certificate', 'an object with the fields of a certificate', value);
  const { hotVerificationKey, sequenceNumber, startPeriod } = value as Partial<CertificateBody>;
  return {
    hotVerificationKey: checkBytes(
      'hotVerificationKey',
      hotVerificationKey,
      sum6Kes.verificationKeySize,
    ),
    sequenceNumber: checkUnsigned64('sequenceNumber', sequenceNumber),
    startPeriod: checkUnsigned64('startPeriod', startPeriod) as AbsolutePeriod,
  };
}

/**
 * Checks that a value is a certificate.
 *
 * @internal
 */
export function checkCertificate(value: unknown): OperationalCertificate {
  const body = checkBody(value);
  const { signature } = value as Partial<OperationalCertificate>;
  return { ...body, signature: checkBytes('signature', signature, ed25519.signatureSize) };
}
