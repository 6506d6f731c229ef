/** One certificate on its way to its file: the number is reserved, then taken, then the certificate gets its name. */
import { lstatSync, realpathSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import {
  type CertificateBody,
  type IssuedCertificate,
  type AbsolutePeriod,
} from '@evolock/cardano-headers';
import {
  type CertificateCounter,
  type LastOnChain,
  numberVerdict,
} from '@evolock/cardano-headers/certificates';
import {
  COLD_SIGNATURE_SIZE,
  VERIFICATION_KEY_SIZE,
  MAX_UNSIGNED_64,
} from '@evolock/cardano-headers/files';
import { wrongValue } from '@evolock/direct-serialise/arguments';
import { eraseLeftover, leftoversOf, PreparedFile } from '@evolock/direct-serialise-io/files';
import { CardanoError, ReservedNumberError, SpentNumberError } from '../errors.js';
import {
  certificateText,
  checkSameKey,
  openReservation,
  readCounterToReplace,
  removeReservation,
  reservationPathOf,
  storeCounter,
  writeReservation,
} from '../files/certificate-files.js';

/** Checked details of a certificate. */
export interface CheckedDetails {
  readonly counterPath: string;
  readonly hotVerificationKey: Uint8Array;
  readonly startPeriod: AbsolutePeriod;
  readonly reuseNumber?: bigint | undefined;
  readonly onChain?: LastOnChain | undefined;
  readonly inUse?: bigint | undefined;
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

  /**
   * Reserves a number on the disk, and takes it: the counter on the disk is above it then, so no number is used twice, whenever
   * the process stops. Returns what the cold key has to sign.
   */
  take(): CertificateBody {
    const { counterPath, reuseNumber, hotVerificationKey, startPeriod } = this.#details;
    const { onChain, inUse } = this.#details;
    const counter = readCounterToReplace(counterPath);
    checkSameKey(counter, this.#details.coldVerificationKey);
    const { next } = counter;
    const sequenceNumber = reuseNumber ?? next;
    const facts = { onChain, inUse, next, isNew: true };
    const { given, verdict } = numberVerdict(sequenceNumber, facts);
    if (reuseNumber !== undefined && given !== 'last') throw new CardanoError('not-its-last');
    if (verdict === 'refused') throw new CardanoError('refused-number');
    if (sequenceNumber === MAX_UNSIGNED_64) throw new CardanoError('exhausted');
    this.#reserve(sequenceNumber);
    if (reuseNumber === undefined) advance(counterPath, counter);
    this.#taken = sequenceNumber;
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
    this.#file.discard(error);
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

  /** Reserves the number, unless an earlier run reserved the number before it for any certificate, and left none. */
  #reserve(number: bigint): void {
    const { counterPath, reuseNumber, onChain: _, inUse: __, ...details } = this.#details;
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

function advance(path: string, counter: CertificateCounter): void {
  const { next } = counter;
  try {
    storeCounter(path, { ...counter, next: next + 1n }, true);
  } catch (cause) {
    const found = numberIn(path);
    if (found === next) throw cause;
    throw new SpentNumberError(next, { cause, isCertain: found !== undefined });
  }
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
  const [found, second] = [one, other].map((path) =>
    attemptOr(undefined, () => lstatSync(path, { bigint: true })),
  );
  return found !== undefined && found.dev === second?.dev && found.ino === second.ino;
}

function placeOf(path: string): string {
  const place = resolve(path);
  return attemptOr(place, () => join(realpathSync(dirname(place)), basename(place)));
}

/** Ignores errors: a later step on the path reports them. */
function attemptOr<Result>(otherwise: Result, look: () => Result): Result {
  try {
    return look();
  } catch {
    return otherwise;
  }
}
