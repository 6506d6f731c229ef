/** One certificate on its way to its file: the number is reserved, then taken, then the certificate gets its name. */
import { lstatSync, realpathSync, type BigIntStats } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { wrongValue } from '@evolock/direct-serialise/arguments';
import { eraseLeftover, leftoversOf, PreparedFile } from '@evolock/direct-serialise-io/files';
import {
  COLD_SIGNATURE_SIZE,
  VERIFICATION_KEY_SIZE,
  type CertificateBody,
  type IssuedCertificate,
} from '../certificate/certificate.js';
import { checkSameKey } from '../certificate/text.js';
import { CardanoError, ReservedNumberError, SpentNumberError } from '../errors.js';
import { MAX_UNSIGNED_64, type AbsolutePeriod } from '../period/numbers.js';
import {
  certificateText,
  openReservation,
  readCounterToReplace,
  removeReservation,
  reservationPathOf,
  storeCounter,
  writeReservation,
} from './certificate-files.js';

/** Checked details of a certificate. */
export interface CheckedDetails {
  readonly counterPath: string;
  readonly hotVerificationKey: Uint8Array;
  readonly startPeriod: AbsolutePeriod;
  readonly reuseNumber?: bigint | undefined;
  /** 32 bytes. */
  readonly coldVerificationKey: Uint8Array;
}

/**
 * Issues one certificate. The caller has the locks of the certificate and of the counter during each call. The constructor
 * checks the path of the certificate and allocates room on the disk; `take` comes next, then `deliver`. The caller hands
 * each error to `failure`, and calls `close` in any case.
 */
export class Issuing {
  readonly #path: string;
  readonly #details: CheckedDetails;
  readonly #file: PreparedFile;
  #isReserved = false;
  #taken: bigint | undefined;

  constructor(path: string, details: CheckedDetails, replace: boolean) {
    this.#path = path;
    this.#details = details;
    for (const each of leftoversOf(path)) eraseLeftover(each);
    const room = certificateText(longestOf(details)).byteLength;
    this.#file = new PreparedFile(path, { replace, secret: false }, room);
  }

  /** Reserves a number on the disk, and takes it. Returns what the cold key has to sign. */
  take(): CertificateBody {
    const sequenceNumber = takeNumber(this.#details, (number) => this.#reserve(number));
    this.#taken = sequenceNumber;
    const { hotVerificationKey, startPeriod } = this.#details;
    return { hotVerificationKey, sequenceNumber, startPeriod };
  }

  /** Writes the certificate with its signature, which is good, and gives the file its name. */
  deliver(body: CertificateBody, signature: Uint8Array): IssuedCertificate {
    const { coldVerificationKey } = this.#details;
    const issued = { certificate: { ...body, signature }, coldVerificationKey };
    this.#file.publish(certificateText(issued));
    removeReservation(this.#details.counterPath);
    return issued;
  }

  /** The error to throw for an error of any step. Erases the unfinished file. A number that was taken stays reserved. */
  failure(error: unknown): unknown {
    const failure = this.#lost(error);
    const isTaken = failure instanceof SpentNumberError || this.#details.reuseNumber !== undefined;
    if (this.#isReserved && !isTaken) removeReservation(this.#details.counterPath);
    this.#file.giveUp(error);
    return failure;
  }

  /** Closes the files. */
  close(): void {
    this.#file.close();
  }

  /** Once the certificate has its name, its number is not lost. */
  #lost(cause: unknown): unknown {
    if (this.#taken === undefined || this.#file.isInPlace) return cause;
    return new SpentNumberError(this.#taken, { cause });
  }

  /**
   * Reserves the number, unless an earlier run for any certificate reserved the number before it, and left no certificate.
   *
   * @throws {@link ReservedNumberError} `ERR_EVOLOCK_CARDANO_RESERVED_NUMBER`.
   */
  #reserve(number: bigint): void {
    const { counterPath, reuseNumber, ...details } = this.#details;
    if (reuseNumber === undefined) {
      const found = openReservation(counterPath, { ...details, next: number });
      if (found !== undefined) throw new ReservedNumberError(reservationPathOf(counterPath), found);
    }
    const certificatePath = resolve(this.#path);
    writeReservation(counterPath, { ...details, number, time: new Date(), certificatePath });
    this.#isReserved = true;
  }
}

/** The certificate of these details with the largest file. */
function longestOf({ hotVerificationKey, startPeriod }: CheckedDetails): IssuedCertificate {
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
 * Takes a number, under the lock of the counter. When this function returns, the number is used: the counter on the disk is
 * above it. So no number is used twice, whenever the process stops. `reserve` stores the number before the counter is
 * advanced.
 */
export function takeNumber(
  { counterPath, coldVerificationKey, reuseNumber }: CheckedDetails,
  reserve: (number: bigint) => void,
): bigint {
  const counter = readCounterToReplace(counterPath);
  checkSameKey(counter, coldVerificationKey);
  const { next } = counter;
  if (reuseNumber !== undefined) {
    if (next !== reuseNumber + 1n) throw new CardanoError('not-its-last');
    reserve(reuseNumber);
    return reuseNumber;
  }
  if (next === MAX_UNSIGNED_64) throw new CardanoError('exhausted');
  reserve(next);
  try {
    storeCounter(counterPath, { ...counter, next: next + 1n }, true);
  } catch (cause) {
    const found = numberIn(counterPath);
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

/** Refuses the file of the counter as the file of the certificate. */
export function refuseSamePlace(certificatePath: string, counterPath: string): void {
  if (areSamePlace(certificatePath, counterPath))
    throw wrongValue('certificatePath', 'another file than the counter', 'the same');
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
