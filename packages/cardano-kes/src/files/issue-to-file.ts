/**
 * Issues a certificate with a counter and writes it to a file.
 */
import { lstatSync, realpathSync, type BigIntStats } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { checkOptions, wrongValue } from '@evolock/direct-serialise/arguments';
import {
  checkPath,
  eraseLeftover,
  leftoversOf,
  PreparedFile,
  withLockFile,
} from '@evolock/direct-serialise-io/files';
import {
  COLD_SIGNATURE_SIZE,
  VERIFICATION_KEY_SIZE,
  type IssuedCertificate,
} from '../certificate/certificate.js';
import { ReservedNumberError, SpentNumberError } from '../errors.js';
import { areEqual } from '../hex.js';
import { MAX_UNSIGNED_64 } from '../period/numbers.js';
import { certificateText } from './certificate-file.js';
import { checkRequest, issue, type CheckedRequest, type IssueRequest } from './issue.js';
import { checkDescription, type WriteOptions } from './options.js';
import {
  isIssued,
  RESERVATION_SIZE,
  reservationIn,
  reservationText,
  type Reservation,
} from './reservation.js';

/**
 * Issues a certificate with the number in a counter's file, and writes it to a file. The order of the steps:
 *
 * 1. Checks the folder, a file or a link at the path, and allocates room on the disk. A failure here takes no number.
 * 2. Writes a reservation there: the number, the KES verification key, the start period and the time.
 * 3. Advances the counter on the disk. No number is used twice, whenever the process stops, unless `reuseNumber` asks for it.
 * 4. Signs the certificate, and gives the file its name.
 *
 * A run that is killed or fails after step 3 leaves its reservation. The next run for the same certificate file finds it and
 * throws {@link ReservedNumberError}; `reuseNumber` issues with that number. From Babbage on a node accepts a pool's last
 * number or the next one, and no other. Other unfinished files of killed runs are erased. Locks exclude a second run for the
 * same certificate file or counter.
 *
 * @param certificatePath - Text or a `file:` URL.
 * @throws {@link FileError} `ERR_EVOLOCK_IO_FILE`: no number was taken, except after `not-durable` and `second-name` of the
 * certificate, which is in place then; reason `locked` while another run uses one of the two files.
 * @throws {@link SpentNumberError} `ERR_EVOLOCK_CARDANO_SPENT_NUMBER` when the counter was advanced, or may have been, and
 * no certificate exists.
 * @throws {@link ReservedNumberError} `ERR_EVOLOCK_CARDANO_RESERVED_NUMBER` when an earlier run reserved the last number and
 * left no certificate. Nothing was issued.
 * @throws {@link CounterError} `ERR_EVOLOCK_CARDANO_COUNTER`, reason `other-cold-key`, `exhausted` or `not-its-last` (of
 * `reuseNumber`).
 * @throws {@link EnvelopeError} `ERR_EVOLOCK_CARDANO_ENVELOPE` when the file is not a counter.
 * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`, `ERR_EVOLOCK_ARGUMENT_VALUE`, also when both paths lead to one
 * file.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { absolutePeriod, issueToFile, readCounter, writeCounter } from '@evolock/cardano-kes';
 * import { ed25519, MLockedSeed } from '@evolock/kes-sum';
 *
 * const counterPath = 'pool.counter';
 * const seed = MLockedSeed.newRandom(32);
 * const coldKey = ed25519.generateKey(seed);
 * writeCounter(counterPath, { next: 8n, coldVerificationKey: coldKey.deriveVerificationKey() });
 *
 * const hotVerificationKey = new Uint8Array(32);
 * const request = { coldKey, counterPath, hotVerificationKey, startPeriod: absolutePeriod(400) };
 * assert.equal(issueToFile('node.cert', request).certificate.sequenceNumber, 8n);
 * assert.equal(readCounter(counterPath).next, 9n);
 * for (const each of [seed, coldKey]) each.release();
 * ```
 */
export function issueToFile(
  certificatePath: string | URL,
  request: IssueRequest,
  options?: WriteOptions,
): IssuedCertificate {
  const path = checkPath(certificatePath);
  const checked = checkRequest(request);
  const { replace = false, description: given } = checkOptions(options);
  const description = checkDescription(given, '');
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
  description: string,
  reserve: (reservation: Reservation) => void,
): IssuedCertificate {
  // Once the certificate has its name, the number is not lost: a later failure is thrown as it is.
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
    // Keeps the reservation of a taken number.
    const isTaken = error instanceof SpentNumberError || request.reuseNumber !== undefined;
    if (!(isTaken && file.isReserved)) file.giveUp(error);
    throw error;
  }
}

interface Cleanup {
  readonly path: string;
  readonly file: PreparedFile;
  /** Unfinished files of earlier runs beside the certificate. */
  readonly leftovers: readonly string[];
  /** The reservation of this run. */
  readonly reservation: Reservation;
  readonly isReuse: boolean;
}

/**
 * Reads the files that killed runs left, reserves the number, and then erases those files.
 *
 * @throws {@link ReservedNumberError} `ERR_EVOLOCK_CARDANO_RESERVED_NUMBER`.
 */
function clearUp({ path, file, leftovers, reservation, isReuse }: Cleanup): void {
  const last = isReuse ? reservation.number : reservation.number - 1n;
  const erasable: string[] = [];
  for (const leftover of leftovers) {
    const found = reservationIn(leftover);
    // Leaves the reservation of another pool for that pool.
    if (found !== undefined && !isOfSameKey(found, reservation)) continue;
    erasable.push(leftover);
    if (!isReuse && found?.number === last && !isIssued(path, found))
      throw new ReservedNumberError(leftover, found);
  }
  file.reserve(reservationText(reservation));
  for (const leftover of erasable) eraseLeftover(leftover);
}

function isOfSameKey(one: Reservation, other: Reservation): boolean {
  return areEqual(one.coldVerificationKey, other.coldVerificationKey);
}

/** The certificate of this request with the largest file. */
function longestOf({ hotVerificationKey, startPeriod }: CheckedRequest): IssuedCertificate {
  return {
    certificate: {
      hotVerificationKey,
      sequenceNumber: MAX_UNSIGNED_64,
      startPeriod,
      signature: new Uint8Array(COLD_SIGNATURE_SIZE),
    },
    coldVerificationKey: new Uint8Array(VERIFICATION_KEY_SIZE),
  };
}

/**
 * Whether two paths lead to one file, existing or not: by two paths to its folder, by hard links, or on a file system that
 * ignores case. A symbolic link is a file of its own.
 */
function areSamePlace(one: string, other: string): boolean {
  if (placeOf(one) === placeOf(other)) return true;
  const [found, second] = [statsOf(one), statsOf(other)];
  return found !== undefined && found.dev === second?.dev && found.ino === second.ino;
}

function placeOf(path: string): string {
  const place = resolve(path);
  return attemptOr(place, () => join(realpathSync(dirname(place)), basename(place)));
}

function statsOf(path: string): BigIntStats | undefined {
  return attemptOr(undefined, () => lstatSync(path, { bigint: true, throwIfNoEntry: false }));
}

/** Ignores errors: a later step on the path reports them. */
function attemptOr<Result>(otherwise: Result, look: () => Result): Result {
  try {
    return look();
  } catch {
    return otherwise;
  }
}
