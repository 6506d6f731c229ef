/**
 * Takes a number of a counter's file and signs the certificate of that number.
 */
import { checkBytes, checkOptions, wrongType } from '@evolock/direct-serialise/arguments';
import { checkPath, withLockFile } from '@evolock/direct-serialise-io/files';
import { checkLocked, Ed25519SigningKey } from '@evolock/kes-sum';
import { VERIFICATION_KEY_SIZE, type IssuedCertificate } from '../certificate/certificate.js';
import { checkSameKey } from '../certificate/counter.js';
import { CounterError, SpentNumberError } from '../errors.js';
import { certificateOf } from '../keys/certificates.js';
import { checkUnsigned64, MAX_UNSIGNED_64, type AbsolutePeriod } from '../period/numbers.js';
import { readCounterToReplace, storeCounter, type CertificateCounterFile } from './counter-file.js';
import type { Reservation } from './reservation.js';

/** What a certificate is issued with. */
export interface IssueRequest {
  /** A live key. It is only read. */
  readonly coldKey: Ed25519SigningKey;
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

/** What the caller does with a number and its certificate, under the lock of the counter. */
export interface Delivery {
  /** Stores the number before the counter is advanced. */
  readonly reserve: (reservation: Reservation) => void;
  /** Stores the certificate. */
  readonly deliver: (issued: IssuedCertificate) => void;
}

/**
 * Takes a number and issues its certificate. Advances the counter on the disk **before** it signs, so no number is used
 * twice, whenever the process stops.
 *
 * @internal
 */
export function issue(request: CheckedRequest, { reserve, deliver }: Delivery): IssuedCertificate {
  const { coldKey, counterPath, hotVerificationKey, startPeriod, reuseNumber } = request;
  const coldVerificationKey = coldKey.deriveVerificationKey();
  const reserveNumber = (number: bigint): void =>
    reserve({ number, time: new Date(), hotVerificationKey, startPeriod, coldVerificationKey });
  return withLockFile(counterPath, () => {
    const counter = readCounterToReplace(counterPath);
    checkSameKey(counter, coldVerificationKey);
    const sequenceNumber = takeNumber(counterPath, counter, reuseNumber, reserveNumber);
    try {
      const body = { hotVerificationKey, sequenceNumber, startPeriod };
      const issued = { certificate: certificateOf(coldKey, body), coldVerificationKey };
      deliver(issued);
      return issued;
    } catch (cause) {
      throw new SpentNumberError(sequenceNumber, { cause });
    }
  });
}

/** Takes a number. When this function returns, the number is used. */
function takeNumber(
  path: string,
  counter: CertificateCounterFile,
  reuseNumber: bigint | undefined,
  reserve: (number: bigint) => void,
): bigint {
  const { next } = counter;
  if (reuseNumber !== undefined) {
    if (next !== reuseNumber + 1n) throw new CounterError('not-its-last');
    reserve(reuseNumber);
    return reuseNumber;
  }
  if (next === MAX_UNSIGNED_64) throw new CounterError('exhausted');
  reserve(next);
  try {
    storeCounter(path, { ...counter, next: next + 1n }, { replace: true });
  } catch (cause) {
    const found = numberIn(path);
    if (found === next) throw cause;
    throw new SpentNumberError(next, { cause, isCertain: found !== undefined });
  }
  return next;
}

/** The number in the file after a failed write; `undefined` when the file cannot be read. */
function numberIn(path: string): bigint | undefined {
  try {
    return readCounterToReplace(path).next;
  } catch {
    return undefined;
  }
}

/** A checked request. */
export interface CheckedRequest extends IssueRequest {
  readonly counterPath: string;
}

/**
 * Checks a request before it takes a number.
 *
 * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`, `ERR_EVOLOCK_ARGUMENT_VALUE`; `ReleasedError` (of kes-sum).
 *
 * @internal
 */
export function checkRequest(value: unknown): CheckedRequest {
  if (typeof value !== 'object' || value === null)
    throw wrongType('request', 'an object with the parts of a certificate', value);
  const { coldKey, counterPath, hotVerificationKey, startPeriod, reuseNumber } = checkOptions(
    value as Partial<IssueRequest>,
  );
  return {
    coldKey: checkLocked('coldKey', coldKey, Ed25519SigningKey, 'an Ed25519SigningKey'),
    counterPath: checkPath(counterPath),
    hotVerificationKey: checkBytes('hotVerificationKey', hotVerificationKey, VERIFICATION_KEY_SIZE),
    startPeriod: checkUnsigned64('startPeriod', startPeriod) as AbsolutePeriod,
    reuseNumber:
      reuseNumber === undefined ? undefined : checkUnsigned64('reuseNumber', reuseNumber),
  };
}
