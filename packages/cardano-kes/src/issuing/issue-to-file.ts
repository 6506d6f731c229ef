/**
 * Issues a certificate with the number of a counter, and writes it to a file. The cold key is in this process, or a function
 * of the caller signs elsewhere.
 */
import type {
  CertificateBody,
  IssuedCertificate,
  AbsolutePeriod,
  OperationalCertificate,
} from '@evolock/cardano-headers';
import type { LastOnChain } from '@evolock/cardano-headers/certificates';
import {
  certificateMessage,
  checkBody,
  COLD_SIGNATURE_SIZE,
  VERIFICATION_KEY_SIZE,
  checkUnsigned64,
  checkOnChain,
} from '@evolock/cardano-headers/files';
import {
  checkBytes,
  checkFunction,
  checkOptions,
  checkRecord,
  wrongType,
} from '@evolock/direct-serialise/arguments';
import { checkPath, holdLockFile, withLockFile } from '@evolock/direct-serialise-io/files';
import { ed25519 } from '@evolock/kes-sum';
import { CardanoError } from '../errors.js';
import { writeOptionNames, type WriteOptions } from '../files/envelope-file.js';
import { checkColdKey, type ColdSigningKey } from '../keys/signing-keys.js';
import { Issuing, refuseSamePlace, type CheckedDetails } from './issuing.js';

/**
 * Signs a certificate. The caller chooses the sequence number: {@link issueToFile} takes it from the file of the counter
 * and never takes a number twice.
 *
 * @param coldKey - A live key. It is only read.
 * @returns The certificate, with its signature of 64 bytes.
 * @throws `ReleasedError` (of kes-sum) `ERR_EVOLOCK_RELEASED`.
 */
export function issueCertificate(
  coldKey: ColdSigningKey,
  body: CertificateBody,
): OperationalCertificate {
  const key = checkColdKey(coldKey);
  const checked = checkBody(body);
  return { ...checked, signature: key.sign(certificateMessage(checked)) };
}

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
  /** The last number on chain, if it is known: a number that the network refuses is not taken then. */
  readonly onChain?: LastOnChain | undefined;
  /** The number of the certificate in use, if it is known. */
  readonly inUse?: bigint | undefined;
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

/**
 * Issues a certificate with the number in a counter's file, and writes it to a file. The order of the steps:
 *
 * 1. Checks the folder, a file or a link at the path, and allocates room on the disk. A failure here takes no number.
 * 2. Writes a reservation beside the counter: the number, the certificate's path, its KES verification key and start period,
 *    and the time.
 * 3. Advances the counter on the disk. No number is used twice, whenever the process stops, unless `reuseNumber` asks for it.
 * 4. Signs the certificate, and gives the file its name.
 *
 * A run that is killed or fails after step 3 leaves its reservation. The next run for the counter, whatever its certificate
 * file, finds it and throws {@link ReservedNumberError}; `reuseNumber` issues with that number. From Babbage on a node accepts
 * a pool's last number or the next one, and no other. Unfinished files of killed runs are erased. Locks exclude a second run
 * for the same certificate file or counter.
 *
 * @throws {@link FileError} `ERR_EVOLOCK_IO_FILE`: no number was taken, except after `not-durable` and `second-name` of the
 * certificate, which is in place then; reason `locked` while another run uses one of the two files.
 * @throws {@link SpentNumberError} `ERR_EVOLOCK_CARDANO_SPENT_NUMBER` when the counter was advanced, or may have been, and
 * no certificate exists.
 * @throws {@link ReservedNumberError} `ERR_EVOLOCK_CARDANO_RESERVED_NUMBER` when an earlier run reserved the last number and
 * left no certificate. Nothing was issued.
 * @throws {@link CardanoError} `ERR_EVOLOCK_CARDANO_COUNTER`, reason `other-cold-key`, `exhausted`, `not-its-last` (of
 * `reuseNumber`) or `refused-number` (by what is on chain). Nothing was issued.
 * @throws `EnvelopeError` (of cardano-headers) `ERR_EVOLOCK_CARDANO_ENVELOPE` when the file is not a counter.
 * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`, `ERR_EVOLOCK_ARGUMENT_VALUE`, also when both paths lead to one
 * file.
 */
export function issueToFile(
  certificatePath: string | URL,
  request: IssueRequest,
  options?: WriteOptions,
): IssuedCertificate {
  const path = checkPath(certificatePath);
  const given: Partial<IssueRequest> = checkRequest(request);
  const coldKey = checkColdKey(given.coldKey);
  const details = checkDetails(path, given, coldKey.deriveVerificationKey());
  const { replace = false } = checkOptions(options, writeOptionNames);
  return withLockFile(path, () =>
    withLockFile(details.counterPath, () => {
      const issuing = new Issuing(path, details, replace);
      try {
        const body = issuing.take();
        return issuing.deliver(body, coldKey.sign(certificateMessage(body)));
      } catch (error) {
        throw issuing.failure(error);
      } finally {
        issuing.close();
      }
    }),
  );
}

/**
 * Issues a certificate like {@link issueToFile}, with a signature by a function of the caller: the cold key is in a hardware
 * device or on another machine. The steps and the reservation of the number are the same. The signature is verified with the
 * cold verification key before the certificate is written.
 *
 * The locks of the certificate file and of the counter are held until the signer has answered. Meanwhile any other use of
 * the two files is refused with the reason `locked`, also in this thread. When the signer fails, the number is used up, since
 * a signature may exist: `reuseNumber` issues with it.
 *
 * @throws {@link SpentNumberError} `ERR_EVOLOCK_CARDANO_SPENT_NUMBER` when the counter was advanced and no certificate
 * exists. Its `cause` is the error of the signer, {@link CardanoError} `ERR_EVOLOCK_CARDANO_COLD_SIGNATURE` for a
 * signature that does not verify, or `ArgumentError` for a result that is not 64 bytes. Else as {@link issueToFile}.
 */
export async function issueToFileWithSigner(
  certificatePath: string | URL,
  request: SignerIssueRequest,
  sign: ColdSigner,
  options?: WriteOptions,
): Promise<IssuedCertificate> {
  const path = checkPath(certificatePath);
  const given: Partial<SignerIssueRequest> = checkRequest(request);
  const details = checkDetails(path, given, given.coldVerificationKey);
  checkFunction('sign', sign);
  const { replace = false } = checkOptions(options, writeOptionNames);
  return underLocks(path, details.counterPath, async (within) => {
    const issuing = within(() => new Issuing(path, details, replace));
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

/** The locks are held, since this thread may begin other work on the files while the signer works. */
async function underLocks<Result>(
  path: string,
  counterPath: string,
  work: (within: Within) => Promise<Result>,
): Promise<Result> {
  const certificate = holdLockFile(path);
  try {
    const counter = holdLockFile(counterPath);
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
  if (!ed25519.verify(coldVerificationKey, certificateMessage(body), signature))
    throw new CardanoError('wrong-signature');
  return signature;
}

function checkRequest(value: unknown): object {
  if (typeof value !== 'object' || value === null)
    throw wrongType('request', 'an object with the parts of a certificate', value);
  return checkRecord('request', value);
}

/** Checks a request before a number is taken. The keys are copies: the caller may change its own while a signer works. */
function checkDetails(
  path: string,
  given: Partial<IssueDetails>,
  coldVerificationKey: unknown,
): CheckedDetails {
  const { counterPath, hotVerificationKey, startPeriod, reuseNumber, onChain, inUse } = given;
  const details = {
    counterPath: checkPath(counterPath),
    hotVerificationKey: checkKey('hotVerificationKey', hotVerificationKey),
    startPeriod: checkUnsigned64('startPeriod', startPeriod) as AbsolutePeriod,
    reuseNumber:
      reuseNumber === undefined ? undefined : checkUnsigned64('reuseNumber', reuseNumber),
    onChain: onChain === undefined ? undefined : checkOnChain(onChain),
    inUse: inUse === undefined ? undefined : checkUnsigned64('inUse', inUse),
    coldVerificationKey: checkKey('coldVerificationKey', coldVerificationKey),
  };
  refuseSamePlace(path, details.counterPath);
  return details;
}

function checkKey(argument: string, value: unknown): Uint8Array {
  return new Uint8Array(checkBytes(argument, value, VERIFICATION_KEY_SIZE));
}
