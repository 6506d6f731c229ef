/**
 * Files of operational certificates, of their counters, and of a number that is reserved for a certificate.
 *
 * A reservation is written to a file beside the counter before the counter is advanced, and removed when the certificate has
 * its name. A killed run leaves this file, and the next run for the counter finds it.
 */
import { basename, dirname, join } from 'node:path';
import {
  type IssuedCertificate,
  bytesOfHex,
  hexOf,
  type AbsolutePeriod,
} from '@evolock/cardano-headers';
import {
  type CertificateCounter,
  type CertificateCounterFile,
  type CertificateFile,
  EnvelopeError,
} from '@evolock/cardano-headers/certificates';
import {
  certificateIn,
  checkUnsigned64,
  counterIn,
  itemsOfIssued,
  VERIFICATION_KEY_SIZE,
  type Envelope,
} from '@evolock/cardano-headers/files';
import {
  checkBytes,
  checkOptions,
  sameBytes,
  wrongType,
} from '@evolock/direct-serialise/arguments';
import {
  checkPath,
  eraseLeftover,
  eraseLeftovers,
  FileError,
  isFileError,
  leftoversOf,
  PreparedFile,
  withLockFile,
} from '@evolock/direct-serialise-io/files';
import { decodePublicItem } from '../cbor.js';
import { CardanoError, type Reservation } from '../errors.js';
import {
  publicEnvelopeText,
  withEnvelopeFile,
  withFileText,
  writeOptionNames,
  writePublicEnvelope,
  type WriteOptions,
} from './envelope-file.js';

/** Options of writing a counter. */
export interface CounterWriteOptions extends WriteOptions {
  /** Whether the new counter may be lower than the existing one. Numbers may be used twice then. */
  readonly backwards?: boolean | undefined;
}

/**
 * Reads an operational certificate from a file of `cardano-cli`. `certificateVerdict` of {@link nativeHeaders} verifies its signature.
 *
 * @param path - Text or a `file:` URL: any readable file, also a pipe or a symbolic link.
 * @throws {@link FileError} `ERR_EVOLOCK_IO_FILE`, `EnvelopeError` (of cardano-headers) `ERR_EVOLOCK_CARDANO_ENVELOPE`.
 * @throws `LockLimitError` (of kes-sum) `ERR_EVOLOCK_LOCK_LIMIT`.
 */
export function readCertificate(path: string | URL): CertificateFile {
  return withEnvelopeFile(path, 'operational-certificate', 'public', (envelope) =>
    certificateIn(envelope, decodePublicItem),
  );
}

/** The text of the file of a certificate. */
export function certificateText(issued: IssuedCertificate): Uint8Array {
  const label = { type: 'NodeOperationalCertificate', description: '' };
  return publicEnvelopeText(label, itemsOfIssued(issued));
}

const readCounterIn = (envelope: Envelope) => counterIn(envelope, decodePublicItem);

/** Reads a counter from a file of `cardano-cli`. Takes and throws what {@link readCertificate} takes and throws. */
export function readCounter(path: string | URL): CertificateCounterFile {
  return withEnvelopeFile(path, 'certificate-counter', 'public', readCounterIn);
}

/**
 * The last number of a counter, when an earlier run reserved it for a certificate, was killed or failed, and left none;
 * `undefined` when no number is reserved. `issueToFile` throws {@link ReservedNumberError} then, unless `reuseNumber` is this
 * number.
 *
 * @throws What {@link readCertificate} throws.
 */
export function readReservation(counterPath: string | URL): Reservation | undefined {
  const path = checkPath(counterPath);
  return openReservation(path, readCounter(path));
}

/** Reads a counter that will be replaced. Refuses a symbolic link, since only the link would be replaced. */
export function readCounterToReplace(path: string): CertificateCounterFile {
  return withEnvelopeFile(path, 'certificate-counter', 'replaced', readCounterIn);
}

/**
 * Writes a counter to a file as `cardano-cli` does. An existing counter must belong to the same cold key, and must not be
 * higher unless `options.backwards` is set. A number that a failed run reserved is not reserved any more.
 *
 * @throws {@link CardanoError} `ERR_EVOLOCK_CARDANO_COUNTER`, reason `backwards` or `other-cold-key`.
 * @throws {@link FileError} `ERR_EVOLOCK_IO_FILE`; reason `locked` while another run changes the file, `several-counters`
 * when the existing file has hard links, which would keep the old number.
 * @throws `EnvelopeError` (of cardano-headers) `ERR_EVOLOCK_CARDANO_ENVELOPE` when the existing file is not a counter.
 */
export function writeCounter(
  path: string | URL,
  counter: CertificateCounter,
  options?: CounterWriteOptions,
): void {
  const file = checkPath(path);
  const checked = checkCounter(counter);
  const { replace = false, backwards = false } = checkOptions(options, [
    ...writeOptionNames,
    'backwards',
  ]);
  withLockFile(file, () => {
    if (replace) checkOld(file, checked, backwards);
    storeCounter(file, checked, replace);
    removeReservation(file);
  });
}

/** Writes a counter. The caller holds the lock, so unfinished files beside the counter are those of killed runs. */
export function storeCounter(file: string, counter: CertificateCounter, replace: boolean): void {
  const label = {
    type: 'NodeOperationalCertificateIssueCounter',
    description: `Next certificate issue number: ${String(counter.next)}`,
  };
  eraseLeftovers(file);
  writePublicEnvelope(file, label, [counter.next, counter.coldVerificationKey], {
    replace,
    counter: true,
  });
}

/** Reads a file; `undefined` when there is none. */
function ifThere<Result>(read: () => Result): Result | undefined {
  try {
    return read();
  } catch (error) {
    if (isFileError(error, 'not-found')) return undefined;
    throw error;
  }
}

function checkOld(file: string, counter: CertificateCounter, backwards: boolean): void {
  const old = ifThere(() => readCounterToReplace(file));
  if (old === undefined) return;
  checkSameKey(old, counter.coldVerificationKey);
  if (!backwards && counter.next < old.next) throw new CardanoError('backwards');
}

/** The file of the reservation of a counter. */
export function reservationPathOf(counterPath: string): string {
  return join(dirname(counterPath), `.${basename(counterPath)}.evolock-reserved`);
}

/** Writes the reservation of a counter, and returns when it is on the disk. The caller holds the lock of the counter. */
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

/** Removes the reservation of a counter. Drops a failure: the next run finds the certificate, or the number not taken. */
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
  const path = reservationPathOf(counterPath);
  const found = ifThere(() => withFileText(path, 'replaced', reservationIn));
  const isLast =
    found?.number === next - 1n && sameBytes(found.coldVerificationKey, coldVerificationKey);
  return isLast && !isIssued(found) ? found : undefined;
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
      // Throws for a text that is no time.
      time: new Date(new Date(time).toISOString()),
      certificatePath,
      hotVerificationKey: bytesIn(fields['hotVerificationKey']),
      startPeriod: BigInt(startPeriod) as AbsolutePeriod,
      coldVerificationKey: bytesIn(fields['coldVerificationKey']),
    };
  } catch {
    return undefined;
  }
}

function bytesIn(digits = 'none'): Uint8Array {
  const bytes = bytesOfHex(digits);
  if (bytes === undefined) throw new TypeError('no hexadecimal digits');
  return bytes;
}

/** Whether the certificate of a reservation is in its file: the same number and the same cold key. */
function isIssued({ number, certificatePath, coldVerificationKey }: Reservation): boolean {
  try {
    const issued = readCertificate(certificatePath);
    return (
      issued.certificate.sequenceNumber === number &&
      sameBytes(issued.coldVerificationKey, coldVerificationKey)
    );
  } catch (error) {
    if (error instanceof FileError || error instanceof EnvelopeError) return false;
    throw error;
  }
}

function checkCounter(value: unknown): CertificateCounter {
  if (typeof value !== 'object' || value === null)
    throw wrongType('counter', 'an object with next and coldVerificationKey', value);
  const { next, coldVerificationKey } = value as Partial<CertificateCounter>;
  return {
    next: checkUnsigned64('next', next),
    coldVerificationKey: checkBytes(
      'coldVerificationKey',
      coldVerificationKey,
      VERIFICATION_KEY_SIZE,
    ),
  };
}

/** Checks that a counter belongs to a cold key. */
export function checkSameKey(counter: CertificateCounter, coldVerificationKey: Uint8Array): void {
  if (!sameBytes(counter.coldVerificationKey, coldVerificationKey))
    throw new CardanoError('other-cold-key');
}
