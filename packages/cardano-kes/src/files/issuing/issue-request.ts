/**
 * What a certificate is issued with: a cold key in this process, or a function that signs elsewhere.
 */
import { checkBytes, checkOptions, wrongType } from '@evolock/direct-serialise/arguments';
import { checkPath } from '@evolock/direct-serialise-io/files';
import { VERIFICATION_KEY_SIZE, type CertificateBody } from '../../certificate/certificate.js';
import { checkColdKey, type ColdSigningKey } from '../../keys/signing-keys.js';
import { checkUnsigned64, type AbsolutePeriod } from '../../period/numbers.js';

/** What a certificate states, and where its number comes from. */
export interface IssueDetails {
  /** The file of the counter: text or a `file:` URL. */
  readonly counterPath: string | URL;
  /** The KES verification key, 32 bytes. */
  readonly hotVerificationKey: Uint8Array;
  /** The absolute period in which the KES key is at evolution 0. */
  readonly startPeriod: AbsolutePeriod;
  /**
   * The last number that the counter gave, to use it instead of the next number when it has no certificate or a wrong one.
   * The counter must be exactly one above this number, and does not change.
   */
  readonly reuseNumber?: bigint | undefined;
}

/** What a certificate is issued with, when the cold key is in this process. */
export interface IssueRequest extends IssueDetails {
  /** A live key. It is only read. */
  readonly coldKey: ColdSigningKey;
}

/** What a certificate is issued with, when the cold key is elsewhere. */
export interface SignerIssueRequest extends IssueDetails {
  /** The cold verification key of the pool, 32 bytes. The counter belongs to it, and it verifies the signature. */
  readonly coldVerificationKey: Uint8Array;
}

/**
 * Signs a certificate with a cold key that is elsewhere, now or later: in a hardware device, on another machine.
 *
 * @param message - The 48 bytes to sign with Ed25519: KES verification key (32 bytes) ‖ number ‖ start period (8 bytes each,
 * unsigned big endian). They belong to the signer.
 * @param body - The same as fields, for a device that shows them and makes the message itself.
 * @returns The signature, 64 bytes.
 */
export type ColdSigner = (
  message: Uint8Array,
  body: CertificateBody,
) => Uint8Array | Promise<Uint8Array>;

/** Checked details of a certificate. */
export interface CheckedDetails extends IssueDetails {
  readonly counterPath: string;
  /** 32 bytes. */
  readonly coldVerificationKey: Uint8Array;
}

/** Checks a request with a cold key before a number is taken. */
export function checkRequest(value: unknown): CheckedDetails & IssueRequest {
  const given: Partial<IssueRequest> = checkObject(value);
  const coldKey = checkColdKey(given.coldKey);
  const details = checkDetails(given);
  return { ...details, coldKey, coldVerificationKey: coldKey.deriveVerificationKey() };
}

/**
 * Checks a request without a cold key. The keys are copies, since the caller may change the originals while the signer works.
 */
export function checkSignerRequest(value: unknown): CheckedDetails {
  const given: Partial<SignerIssueRequest> = checkObject(value);
  const { hotVerificationKey, ...details } = checkDetails(given);
  const coldVerificationKey = checkBytes(
    'coldVerificationKey',
    given.coldVerificationKey,
    VERIFICATION_KEY_SIZE,
  );
  return {
    ...details,
    hotVerificationKey: new Uint8Array(hotVerificationKey),
    coldVerificationKey: new Uint8Array(coldVerificationKey),
  };
}

function checkObject(value: unknown): object {
  if (typeof value !== 'object' || value === null)
    throw wrongType('request', 'an object with the parts of a certificate', value);
  return checkOptions(value);
}

function checkDetails(given: Partial<IssueDetails>): IssueDetails & { counterPath: string } {
  const { counterPath, hotVerificationKey, startPeriod, reuseNumber } = given;
  return {
    counterPath: checkPath(counterPath),
    hotVerificationKey: checkBytes('hotVerificationKey', hotVerificationKey, VERIFICATION_KEY_SIZE),
    startPeriod: checkUnsigned64('startPeriod', startPeriod) as AbsolutePeriod,
    reuseNumber:
      reuseNumber === undefined ? undefined : checkUnsigned64('reuseNumber', reuseNumber),
  };
}
