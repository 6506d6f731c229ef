/**
 * Issues a certificate with a counter and a cold key that is elsewhere, and writes it to a file.
 */
import { checkBytes, checkFunction } from '@evolock/direct-serialise/arguments';
import { checkPath, holdLockFile } from '@evolock/direct-serialise-io/files';
import {
  certificateMessage,
  COLD_SIGNATURE_SIZE,
  type CertificateBody,
  type IssuedCertificate,
} from '../../certificate/certificate.js';
import { ColdSignatureError } from '../../errors.js';
import { verifyEd25519 } from '../../keys/certificates.js';
import {
  checkSignerRequest,
  type CheckedDetails,
  type ColdSigner,
  type SignerIssueRequest,
} from './issue-request.js';
import { checkIssuingOptions, Issuing } from './issuing.js';
import type { WriteOptions } from '../options.js';
import { refuseSamePlace } from '../same-place.js';

/**
 * Issues a certificate like {@link issueToFile}, in the same steps and with the same reservation of its number, and calls a
 * function of the caller for the signature: the cold key is in a hardware device or on another machine. The signature is
 * verified with the cold verification key before the certificate is written.
 *
 * The locks of the certificate file and of the counter are held until the signer has answered. Meanwhile any other use of
 * the two files is refused with the reason `locked`, also in this thread. When the signer fails, the number is used up, since
 * a signature may exist: `reuseNumber` issues with it.
 *
 * @param certificatePath - Text or a `file:` URL.
 * @param request - The content, the counter, and the cold verification key.
 * @param sign - Signs the certificate. It is called once, when the counter is advanced.
 * @throws {@link SpentNumberError} `ERR_EVOLOCK_CARDANO_SPENT_NUMBER` when the counter was advanced and no certificate
 * exists. Its `cause` is the error of the signer, {@link ColdSignatureError} `ERR_EVOLOCK_CARDANO_COLD_SIGNATURE` for a
 * signature that does not verify, or `ArgumentError` for a result that is not 64 bytes.
 * @throws {@link FileError} `ERR_EVOLOCK_IO_FILE`, {@link ReservedNumberError} `ERR_EVOLOCK_CARDANO_RESERVED_NUMBER`,
 * {@link CounterError} `ERR_EVOLOCK_CARDANO_COUNTER`, {@link EnvelopeError} `ERR_EVOLOCK_CARDANO_ENVELOPE`,
 * {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`, `ERR_EVOLOCK_ARGUMENT_VALUE`: as {@link issueToFile} throws them.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { generateKeyPairSync, sign } from 'node:crypto';
 * import { absolutePeriod, issueToFileWithSigner, writeCounter } from '@evolock/cardano-kes';
 *
 * // In place of a device:
 * const { privateKey, publicKey } = generateKeyPairSync('ed25519');
 * const coldVerificationKey = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32);
 *
 * const counterPath = 'device.counter';
 * writeCounter(counterPath, { next: 0n, coldVerificationKey });
 * const hotVerificationKey = new Uint8Array(32);
 * const { certificate } = await issueToFileWithSigner(
 *   'device.cert',
 *   { coldVerificationKey, counterPath, hotVerificationKey, startPeriod: absolutePeriod(400) },
 *   async (message) => sign(null, message, privateKey),
 * );
 * assert.equal(certificate.sequenceNumber, 0n);
 * ```
 */
export async function issueToFileWithSigner(
  certificatePath: string | URL,
  request: SignerIssueRequest,
  sign: ColdSigner,
  options?: WriteOptions,
): Promise<IssuedCertificate> {
  const path = checkPath(certificatePath);
  const details = checkSignerRequest(request);
  checkFunction('sign', sign);
  const checked = checkIssuingOptions(options);
  refuseSamePlace(path, details.counterPath);
  return underLocks(path, details.counterPath, async (within) => {
    const issuing = within(() => new Issuing(path, details, checked));
    try {
      const body = within(() => issuing.take());
      const signature = await signatureOf(body, details, sign);
      return within(() => issuing.deliver(body, signature));
    } catch (error) {
      throw issuing.failure(error);
    } finally {
      issuing.close();
    }
  });
}

/** Runs synchronous work under both locks. Throws before the work when one of them was taken away. */
type Within = <Result>(work: () => Result) => Result;

/** The locks are exclusive, since this thread may begin other work on the files while the signer works. */
async function underLocks<Result>(
  path: string,
  counterPath: string,
  work: (within: Within) => Promise<Result>,
): Promise<Result> {
  const certificate = holdLockFile(path, { exclusive: true });
  try {
    const counter = holdLockFile(counterPath, { exclusive: true });
    try {
      return await work((step) => certificate.within(() => counter.within(step)));
    } finally {
      counter.release();
    }
  } finally {
    certificate.release();
  }
}

/** A signature that the cold verification key verifies. */
async function signatureOf(
  body: CertificateBody,
  { coldVerificationKey }: CheckedDetails,
  sign: ColdSigner,
): Promise<Uint8Array> {
  // The signer gets copies, which it may change.
  const hotVerificationKey = new Uint8Array(body.hotVerificationKey);
  const answer = sign(certificateMessage(body), { ...body, hotVerificationKey });
  // Another object with `then` is refused as a result that is no bytes.
  const made = answer instanceof Promise ? await answer : answer;
  const signature = new Uint8Array(checkBytes('the result of sign', made, COLD_SIGNATURE_SIZE));
  if (!verifyEd25519(coldVerificationKey, certificateMessage(body), signature))
    throw new ColdSignatureError();
  return signature;
}
