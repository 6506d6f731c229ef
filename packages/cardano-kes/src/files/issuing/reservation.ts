/**
 * A number that is reserved for a certificate. It is written to the unfinished file of the certificate before the counter
 * is advanced. A killed run leaves this file, and the next run finds the number in it.
 */
import { FileError, isFileError, type FileIdentity } from '@evolock/direct-serialise-io/files';
import { VERIFICATION_KEY_SIZE } from '../../certificate/certificate.js';
import { certificateOfEnvelope } from '../../certificate/certificate-text.js';
import { readEnvelope } from '../../envelope/envelope.js';
import { EnvelopeError, type Reservation } from '../../errors.js';
import { areEqual, hexOf } from '../../hex.js';
import { MAX_UNSIGNED_64, type AbsolutePeriod } from '../../period/numbers.js';
import { readCertificate } from '../certificate-file.js';
import { replacedText } from '../options.js';
import { withFileText } from '../text.js';

/** Never occurs in the file of a certificate, in which spaces follow each line break but the last. */
const MARK = '\n{"evolockReservation":';

/**
 * A reservation as text, of at most {@link RESERVATION_SIZE} bytes.
 *
 * @internal
 */
export function reservationText(reservation: Reservation): Uint8Array {
  const { number, time, hotVerificationKey, startPeriod, coldVerificationKey } = reservation;
  const fields = {
    number: String(number),
    time: time.toISOString(),
    hotVerificationKey: hexOf(hotVerificationKey),
    startPeriod: String(startPeriod),
    coldVerificationKey: hexOf(coldVerificationKey),
  };
  return Buffer.from(`${MARK}${JSON.stringify(fields)}}\n`);
}

/**
 * Bytes of the longest text of a reservation.
 *
 * @internal
 */
export const RESERVATION_SIZE = reservationText({
  number: MAX_UNSIGNED_64,
  time: new Date(0),
  hotVerificationKey: new Uint8Array(VERIFICATION_KEY_SIZE),
  startPeriod: MAX_UNSIGNED_64 as AbsolutePeriod,
  coldVerificationKey: new Uint8Array(VERIFICATION_KEY_SIZE),
}).byteLength;

/**
 * The reservation in an unfinished file of a certificate. A complete certificate without its name is a reservation too.
 *
 * @returns `undefined` for a file without a reservation: its run ended before the counter was advanced.
 * @throws {@link FileError} `ERR_EVOLOCK_IO_FILE`.
 *
 * @internal
 */
export function reservationIn(path: string): Reservation | undefined {
  try {
    return withFileText(path, replacedText, ({ text, identity }) => {
      return recordIn(text) ?? certificateIn(text, identity);
    });
  } catch (error) {
    if (isFileError(error, 'too-large')) return undefined;
    throw error;
  }
}

function recordIn(text: Uint8Array): Reservation | undefined {
  const bytes = Buffer.from(text.buffer, text.byteOffset, text.byteLength);
  const start = bytes.indexOf(MARK);
  if (start === -1) return undefined;
  try {
    return fromFields(JSON.parse(bytes.toString('latin1', start)));
  } catch {
    // The run ended while it wrote the reservation, before the counter was advanced.
    return undefined;
  }
}

function fromFields(value: unknown): Reservation {
  const { evolockReservation: fields } = value as {
    evolockReservation: Record<string, string>;
  };
  const { number = '', time = '', startPeriod = '' } = fields;
  return {
    number: BigInt(number),
    time: new Date(time),
    hotVerificationKey: bytesIn(fields['hotVerificationKey']),
    startPeriod: BigInt(startPeriod) as AbsolutePeriod,
    coldVerificationKey: bytesIn(fields['coldVerificationKey']),
  };
}

function bytesIn(digits = ''): Uint8Array {
  return new Uint8Array(Buffer.from(digits, 'hex'));
}

const NANOSECONDS_PER_MILLISECOND = 1_000_000n;

function certificateIn(text: Uint8Array, { modified }: FileIdentity): Reservation | undefined {
  try {
    const envelope = readEnvelope(text);
    if (envelope.kind !== 'operational-certificate') return undefined;
    const { certificate, coldVerificationKey } = certificateOfEnvelope(envelope);
    const { sequenceNumber: number, hotVerificationKey, startPeriod } = certificate;
    const time = new Date(Number(modified / NANOSECONDS_PER_MILLISECOND));
    return { number, time, hotVerificationKey, startPeriod, coldVerificationKey };
  } catch (error) {
    if (error instanceof EnvelopeError) return undefined;
    throw error;
  }
}

/**
 * Whether a file contains the certificate of a reservation: the same number and the same cold key.
 *
 * @internal
 */
export function isIssued(path: string, { number, coldVerificationKey }: Reservation): boolean {
  try {
    const issued = readCertificate(path);
    return (
      issued.certificate.sequenceNumber === number &&
      areEqual(issued.coldVerificationKey, coldVerificationKey)
    );
  } catch (error) {
    if (error instanceof FileError || error instanceof EnvelopeError) return false;
    throw error;
  }
}
