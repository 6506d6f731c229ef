import { checkOptions, wrongValue } from '@evolock/direct-serialise/arguments';
import {
  checkPath,
  eraseLeftover,
  leftoversOf,
  PreparedFile,
  withLockFile,
  writeDurably,
} from '@evolock/direct-serialise-io/files';
import { ed25519 } from '@evolock/kes-sum';
import { certificateText, type IssuedCertificate } from './certificate-file.js';
import {
  checkRequest,
  issue,
  type CheckedRequest,
  type IssueRequest,
} from './issue-with-counter.js';
import { MAX_UNSIGNED_64 } from './numbers.js';
import { type WriteOptions } from './read-options.js';
import {
  isIssued,
  isOfCertificate,
  RESERVATION_SIZE,
  ReservedNumberError,
  reservationIn,
  reservationText,
  type Reservation,
} from './reservation.js';
import { areSamePlace } from './same-place.js';
import { SpentNumberError } from './spent-number-error.js';

/**
 * Issues a certificate of the number that a counter's file holds, and writes it to a file. What can stand in the way of
 * the certificate is looked for **before** a number is taken: its folder, a file or a link at its path, and room on the
 * disk, which is taken first. The number, the KES verification key, the start period and the time are written there. Then
 * the counter moves on, and only then the certificate is signed and gets its name.
 *
 * A run that is killed, or fails, after the counter moved on leaves that reservation beside the certificate. The next run
 * for the same certificate file finds it and ends with a {@link ReservedNumberError}; `reuseNumber` then issues with the
 * number. Other unfinished files that killed runs left there are erased. Two runs for one certificate file, or with one
 * counter, exclude each other by locks.
 *
 * @param certificatePath - Text or a `file:` URL.
 * @throws {@link FileError} `ERR_EVOLOCK_IO_FILE`: no number was taken, except for `not-durable` and `second-name`
 * of the certificate, which then is in place; reason `locked` while another run is at work on one of the two files.
 * @throws {@link SpentNumberError} `ERR_EVOLOCK_CARDANO_SPENT_NUMBER` when the counter moved on, or may have, and there
 * is no certificate.
 * @throws {@link ReservedNumberError} `ERR_EVOLOCK_CARDANO_RESERVED_NUMBER` when the last number was reserved by an
 * earlier run and has no certificate; nothing was issued.
 * @throws {@link CounterError} `ERR_EVOLOCK_CARDANO_COUNTER`, reason `other-cold-key`, `exhausted` or, of `reuseNumber`,
 * `not-its-last`.
 * @throws {@link EnvelopeError} `ERR_EVOLOCK_CARDANO_ENVELOPE` when the file is no counter.
 * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`, `ERR_EVOLOCK_ARGUMENT_VALUE`, also when the certificate would
 * take the place of the counter.
 * @throws `ReleasedError` (of kes-sum) `ERR_EVOLOCK_RELEASED`, `LockLimitError` `ERR_EVOLOCK_LOCK_LIMIT`.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { mkdtempSync, rmSync } from 'node:fs';
 * import { tmpdir } from 'node:os';
 * import { join } from 'node:path';
 * import { absolutePeriod, issueToFile, readCertificate, readCounter, writeCounter } from '@evolock/cardano-kes';
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
 * assert.throws(() => issueToFile(join(folder, 'nowhere', 'node.cert'), request));
 * issueToFile(join(folder, 'node.cert'), request);
 * assert.equal(readCertificate(join(folder, 'node.cert')).certificate.sequenceNumber, 8n);
 * assert.equal(readCounter(counterPath).next, 9n);
 * for (const each of [seed, coldKey]) each.release();
 * rmSync(folder, { recursive: true });
 * ```
 */
export function issueToFile(
  certificatePath: string | URL,
  request: IssueRequest,
  options?: WriteOptions,
): IssuedCertificate {
  const path = checkPath(certificatePath);
  const checked = checkRequest(request);
  const { replace = false, description } = checkOptions(options);
  const room = certificateText(longestOf(checked), description).byteLength + RESERVATION_SIZE;
  if (areSamePlace(path, checked.counterPath))
    throw wrongValue('certificatePath', 'another file than the counter', 'the same');
  return withLockFile(path, () => {
    const leftovers = leftoversOf(path);
    const file = new PreparedFile(path, { replace, secret: false }, room);
    try {
      return issueInto(file, checked, description, (reservation) => {
        clearUp({ path, file, leftovers, reservation, isReuse: checked.reuseNumber !== undefined });
      });
    } finally {
      file.close();
    }
  });
}

function issueInto(
  file: PreparedFile,
  request: CheckedRequest,
  description: string | undefined,
  reserve: (reservation: Reservation) => void,
): IssuedCertificate {
  // A certificate that has its name has its number: what fails after that is reported as it is.
  const failures: unknown[] = [];
  const deliver = (made: IssuedCertificate): void => {
    try {
      file.publish(certificateText(made, description));
    } catch (error) {
      if (!file.isInPlace) throw error;
      failures.push(error);
    }
  };
  try {
    const issued = issue(request, { reserve, deliver });
    for (const failure of failures) throw failure as Error;
    return issued;
  } catch (error) {
    // A number that was taken keeps its reservation.
    const isTaken = error instanceof SpentNumberError || request.reuseNumber !== undefined;
    if (!(isTaken && file.isReserved)) file.giveUp(error);
    throw error;
  }
}

interface Found {
  readonly path: string;
  readonly file: PreparedFile;
  /** Unfinished files beside the certificate, from before. */
  readonly leftovers: readonly string[];
  /** Of this run. */
  readonly reservation: Reservation;
  readonly isReuse: boolean;
}

/**
 * Reads what killed runs left, reserves the number, and then erases what was left.
 *
 * @throws {@link ReservedNumberError} `ERR_EVOLOCK_CARDANO_RESERVED_NUMBER`.
 */
function clearUp({ path, file, leftovers, reservation, isReuse }: Found): void {
  const last = isReuse ? reservation.number : reservation.number - 1n;
  const erasable: string[] = [];
  for (const leftover of leftovers) {
    const found = reservationIn(leftover);
    // Another pool's is that pool's to find.
    if (found !== undefined && !isOfSameKey(found, reservation)) continue;
    erasable.push(leftover);
    if (!isReuse && found?.number === last && !isIssued(path, found))
      throw new ReservedNumberError(leftover, found);
  }
  file.reserve(reservationText(reservation));
  for (const leftover of erasable) eraseLeftover(leftover);
}

function isOfSameKey(one: Reservation, other: Reservation): boolean {
  return Buffer.from(one.coldVerificationKey).equals(other.coldVerificationKey);
}

/** A certificate whose file is as large as one of this request can be. */
function longestOf({ hotVerificationKey, startPeriod }: CheckedRequest): IssuedCertificate {
  return {
    certificate: {
      hotVerificationKey,
      sequenceNumber: MAX_UNSIGNED_64,
      startPeriod,
      signature: new Uint8Array(ed25519.signatureSize),
    },
    coldVerificationKey: new Uint8Array(ed25519.verificationKeySize),
  };
}

/**
 * Writes an operational certificate to a file as `cardano-cli` does. Erases unfinished files that killed runs left beside it,
 * but not the reservation of another number, which {@link issueToFile} has to find.
 *
 * @param path - Text or a `file:` URL.
 * @throws {@link FileError} `ERR_EVOLOCK_IO_FILE`.
 * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`, `ERR_EVOLOCK_ARGUMENT_VALUE`.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { mkdtempSync, rmSync } from 'node:fs';
 * import { tmpdir } from 'node:os';
 * import { join } from 'node:path';
 * import { absolutePeriod, issueCertificate, readCertificate, writeCertificate } from '@evolock/cardano-kes';
 * import { ed25519, MLockedSeed } from '@evolock/kes-sum';
 *
 * const folder = mkdtempSync(join(tmpdir(), 'example-'));
 * const seed = MLockedSeed.newRandom(32);
 * const coldKey = ed25519.generateKey(seed);
 * const certificate = issueCertificate(coldKey, {
 *   hotVerificationKey: new Uint8Array(32),
 *   sequenceNumber: 0n,
 *   startPeriod: absolutePeriod(400),
 * });
 * const coldVerificationKey = coldKey.deriveVerificationKey();
 * writeCertificate(join(folder, 'node.cert'), { certificate, coldVerificationKey });
 * assert.deepEqual(readCertificate(join(folder, 'node.cert')).certificate, certificate);
 * for (const each of [seed, coldKey]) each.release();
 * rmSync(folder, { recursive: true });
 * ```
 */
export function writeCertificate(
  path: string | URL,
  issued: IssuedCertificate,
  options?: WriteOptions,
): void {
  const file = checkPath(path);
  const { replace = false, description } = checkOptions(options);
  const text = certificateText(issued, description);
  const keeps = (leftover: string): boolean => {
    const found = reservationIn(leftover);
    return found !== undefined && !isOfCertificate(found, issued);
  };
  writeDurably(file, text, { replace, secret: false, keeps });
}
