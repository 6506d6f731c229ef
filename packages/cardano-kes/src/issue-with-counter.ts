import { checkBytes, checkOptions, wrongType } from '@evolock/direct-serialise/arguments';
import { checkPath, withLockFile } from '@evolock/direct-serialise-io/files';
import { checkLocked, Ed25519SigningKey, sum6Kes } from '@evolock/kes-sum';
import {
  checkSameKey,
  CounterError,
  readCounterToReplace,
  storeCounter,
  type CertificateCounterFile,
} from './certificate-counter.js';
import type { IssuedCertificate } from './certificate-file.js';
import { issueCertificate } from './certificate.js';
import { checkUnsigned64, MAX_UNSIGNED_64, type AbsolutePeriod } from './numbers.js';
import type { Reservation } from './reservation.js';
import { SpentNumberError } from './spent-number-error.js';

/** What a certificate is issued with. */
export interface IssueRequest {
  /** A live key; it is read only. */
  readonly coldKey: Ed25519SigningKey;
  /** The file of the counter: text or a `file:` URL. */
  readonly counterPath: string | URL;
  /** The KES verification key, 32 bytes. */
  readonly hotVerificationKey: Uint8Array;
  /** The absolute period at which the KES key stands at evolution 0. */
  readonly startPeriod: AbsolutePeriod;
  /**
   * The last number that the counter gave, to issue with it instead of with the next one: when it has no certificate, or
   * a wrong one. The counter must stand exactly one behind it, and is not changed.
   */
  readonly reuseNumber?: bigint | undefined;
}

/**
 * Issues a certificate of the number that a counter's file holds. The file is advanced on the disk **before** the
 * certificate exists: whatever stops the process, no number is used twice unless `reuseNumber` says so. A number can be
 * left without a certificate. From Babbage on a node accepts a pool's last number or the next one, and no other: then
 * issue again with `reuseNumber`. {@link issueToFile} leaves a reservation on the disk, by which the next run finds such
 * a number.
 *
 * @throws {@link CounterError} `ERR_EVOLOCK_CARDANO_COUNTER`, reason `other-cold-key`, `exhausted` or, of `reuseNumber`,
 * `not-its-last`.
 * @throws {@link FileError} `ERR_EVOLOCK_IO_FILE`; reason `locked` while another run issues with the same counter,
 * `several-counters` when its file has another name (hard link), under which it would give the number again.
 * @throws {@link SpentNumberError} `ERR_EVOLOCK_CARDANO_SPENT_NUMBER` when the counter moved on, or may have, and there
 * is no certificate.
 * @throws {@link EnvelopeError} `ERR_EVOLOCK_CARDANO_ENVELOPE` when the file is no counter.
 * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`, `ERR_EVOLOCK_ARGUMENT_VALUE`.
 * @throws `ReleasedError` (of kes-sum) `ERR_EVOLOCK_RELEASED`, `LockLimitError` `ERR_EVOLOCK_LOCK_LIMIT`.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { mkdtempSync, rmSync } from 'node:fs';
 * import { tmpdir } from 'node:os';
 * import { join } from 'node:path';
 * import { absolutePeriod, issueWithCounter, readCounter, writeCounter } from '@evolock/cardano-kes';
 * import { ed25519, MLockedSeed } from '@evolock/kes-sum';
 *
 * const folder = mkdtempSync(join(tmpdir(), 'example-'));
 * const counterPath = join(folder, 'cold.counter');
 * const seed = MLockedSeed.newRandom(32);
 * const coldKey = ed25519.generateKey(seed);
 * writeCounter(counterPath, { next: 8n, coldVerificationKey: coldKey.deriveVerificationKey() });
 *
 * const hotVerificationKey = new Uint8Array(32);
 * const request = { coldKey, counterPath, hotVerificationKey, startPeriod: absolutePeriod(400) };
 * assert.equal(issueWithCounter(request).certificate.sequenceNumber, 8n);
 * assert.equal(readCounter(counterPath).next, 9n);
 * for (const each of [seed, coldKey]) each.release();
 * rmSync(folder, { recursive: true });
 * ```
 */
export function issueWithCounter(request: IssueRequest): IssuedCertificate {
  return issue(checkRequest(request), { reserve: nothing, deliver: nothing });
}

function nothing(): void {
  // There is no file for the certificate.
}

/** What is done with a certificate, and with its number before. Both are done under the lock of the counter. */
export interface Delivery {
  /** Writes down the number that will be taken, before the counter moves on. */
  readonly reserve: (reservation: Reservation) => void;
  /** Does with the certificate what has to be done for the number not to be lost. */
  readonly deliver: (issued: IssuedCertificate) => void;
}

/**
 * Takes a number and issues its certificate, for a request that was checked.
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
      const issued = { certificate: issueCertificate(coldKey, body), coldVerificationKey };
      deliver(issued);
      return issued;
    } catch (cause) {
      throw new SpentNumberError(sequenceNumber, { cause });
    }
  });
}

/** Takes a number: from here on it is used, whatever happens. */
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

/** What the file holds, if that can be found out: not every failure happens before it has its new content. */
function numberIn(path: string): bigint | undefined {
  try {
    return readCounterToReplace(path).next;
  } catch {
    return undefined;
  }
}

/** A request of which everything was looked at. */
export interface CheckedRequest extends IssueRequest {
  readonly counterPath: string;
}

/**
 * Checks a request, before a number is spent on it.
 *
 * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`, `ERR_EVOLOCK_ARGUMENT_VALUE`; `ReleasedError` (of kes-sum).
 *
 * @internal
 */
export function checkRequest(value: unknown): CheckedRequest {
  if (typeof value !== 'object' || value === null)
    throw wrongType('request', 'an object with what a certificate is issued with', value);
  const { coldKey, counterPath, hotVerificationKey, startPeriod, reuseNumber } = checkOptions(
    value as Partial<IssueRequest>,
  );
  return {
    coldKey: checkLocked('coldKey', coldKey, Ed25519SigningKey, 'an Ed25519SigningKey'),
    counterPath: checkPath(counterPath),
    hotVerificationKey: checkBytes(
      'hotVerificationKey',
      hotVerificationKey,
      sum6Kes.verificationKeySize,
    ),
    startPeriod: checkUnsigned64('startPeriod', startPeriod) as AbsolutePeriod,
    reuseNumber:
      reuseNumber === undefined ? undefined : checkUnsigned64('reuseNumber', reuseNumber),
  };
}
