/**
 * One certificate on its way to its file: the number is reserved, then taken, then the certificate gets its name.
 */
import { resolve } from 'node:path';
import { eraseLeftover, leftoversOf, PreparedFile } from '@evolock/direct-serialise-io/files';
import { checkOptions } from '@evolock/direct-serialise/arguments';
import {
  COLD_SIGNATURE_SIZE,
  VERIFICATION_KEY_SIZE,
  type CertificateBody,
  type IssuedCertificate,
} from '../../certificate/certificate.js';
import { ReservedNumberError, SpentNumberError } from '../../errors.js';
import { MAX_UNSIGNED_64 } from '../../period/numbers.js';
import { certificateText } from '../certificate-file.js';
import type { CheckedDetails } from './issue-request.js';
import { checkDescription, type WriteOptions } from '../options.js';
import {
  openReservation,
  removeReservation,
  reservationPathOf,
  writeReservation,
} from './reservation.js';
import { takeNumber } from './take-number.js';

/**
 * Issues one certificate. The caller has the locks of the certificate and of the counter during each call. The constructor
 * checks the path of the certificate and allocates room on the disk; `take` comes next, then `deliver`. The caller hands
 * each error to `failure`, and calls `close` in any case.
 */
export class Issuing {
  readonly #path: string;
  readonly #details: CheckedDetails;
  readonly #description: string;
  readonly #file: PreparedFile;
  #isReserved = false;
  #taken: bigint | undefined;

  constructor(path: string, details: CheckedDetails, { replace, description }: IssuingOptions) {
    this.#path = path;
    this.#details = details;
    this.#description = description;
    for (const each of leftoversOf(path)) eraseLeftover(each);
    const room = certificateText(longestOf(details), description).byteLength;
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
    this.#file.publish(certificateText(issued, this.#description));
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

/** How the certificate is written. */
interface IssuingOptions {
  readonly replace: boolean;
  readonly description: string;
}

/** The checked options of issuing. */
export function checkIssuingOptions(options: WriteOptions | undefined): IssuingOptions {
  const { replace = false, description } = checkOptions(options);
  return { replace, description: checkDescription(description, '') };
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
