/**
 * A number that is reserved for a certificate. It is written to a file beside the counter before the counter is advanced, and
 * removed when the certificate has its name. A killed run leaves this file, and the next run for the counter finds it.
 */
import { basename, dirname, join } from 'node:path';
import {
  eraseLeftover,
  FileError,
  isFileError,
  leftoversOf,
  PreparedFile,
} from '@evolock/direct-serialise-io/files';
import type { CertificateCounter } from '../../certificate/counter.js';
import { EnvelopeError, type Reservation } from '../../errors.js';
import { areEqual, hexOf } from '../../hex.js';
import type { AbsolutePeriod } from '../../period/numbers.js';
import { readCertificate } from '../certificate-file.js';
import { replacedText } from '../options.js';
import { withFileText } from '../text.js';

/** The file of the reservation of a counter. */
export function reservationPathOf(counterPath: string): string {
  return join(dirname(counterPath), `.${basename(counterPath)}.evolock-reserved`);
}

/**
 * Writes the reservation of a counter, and returns when it is on the disk. The caller holds the lock of the counter.
 */
export function writeReservation(counterPath: string, reservation: Reservation): void {
  const path = reservationPathOf(counterPath);
  for (const each of leftoversOf(path)) eraseLeftover(each);
  const file = new PreparedFile(path, { replace: true, secret: false });
  try {
    file.publish(textOf(reservation));
  } finally {
    file.close();
  }
}

/**
 * Removes the reservation of a counter. Drops a failure: the next run finds the certificate, or the number not taken.
 */
export function removeReservation(counterPath: string): void {
  try {
    eraseLeftover(reservationPathOf(counterPath));
  } catch {
    // The caller has issued the certificate or written the counter, or reports another failure.
  }
}

/** The reserved number of a counter that was read. */
export function openReservation(
  counterPath: string,
  { next, coldVerificationKey }: CertificateCounter,
): Reservation | undefined {
  const found = reservationAt(reservationPathOf(counterPath));
  const isLast =
    found?.number === next - 1n && areEqual(found.coldVerificationKey, coldVerificationKey);
  return isLast && !isIssued(found) ? found : undefined;
}

function reservationAt(path: string): Reservation | undefined {
  try {
    return withFileText(path, replacedText, ({ text }) => reservationIn(text));
  } catch (error) {
    if (isFileError(error, 'not-found')) return undefined;
    throw error;
  }
}

function textOf(reservation: Reservation): Uint8Array {
  const { number, time, certificatePath, startPeriod } = reservation;
  const fields = {
    number: String(number),
    time: time.toISOString(),
    certificatePath,
    hotVerificationKey: hexOf(reservation.hotVerificationKey),
    startPeriod: String(startPeriod),
    coldVerificationKey: hexOf(reservation.coldVerificationKey),
  };
  return Buffer.from(`${JSON.stringify({ evolockReservation: fields })}\n`);
}

/** A file that no run wrote is no reservation. */
function reservationIn(text: Uint8Array): Reservation | undefined {
  try {
    const { evolockReservation: fields } = JSON.parse(Buffer.from(text).toString('utf8')) as {
      evolockReservation: Record<string, string>;
    };
    const { number = '', time = '', certificatePath = '', startPeriod = '' } = fields;
    return {
      number: BigInt(number),
      time: timeIn(time),
      certificatePath,
      hotVerificationKey: bytesIn(fields['hotVerificationKey']),
      startPeriod: BigInt(startPeriod) as AbsolutePeriod,
      coldVerificationKey: bytesIn(fields['coldVerificationKey']),
    };
  } catch {
    return undefined;
  }
}

/** @throws RangeError when it is no time. */
function timeIn(text: string): Date {
  return new Date(new Date(text).toISOString());
}

function bytesIn(digits = ''): Uint8Array {
  return new Uint8Array(Buffer.from(digits, 'hex'));
}

/** Whether the certificate of a reservation is in its file: the same number and the same cold key. */
function isIssued({ number, certificatePath, coldVerificationKey }: Reservation): boolean {
  try {
    const issued = readCertificate(certificatePath);
    return (
      issued.certificate.sequenceNumber === number &&
      areEqual(issued.coldVerificationKey, coldVerificationKey)
    );
  } catch (error) {
    if (error instanceof FileError || error instanceof EnvelopeError) return false;
    throw error;
  }
}
