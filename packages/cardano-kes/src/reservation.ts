/**
 * A number that is reserved for a certificate. It stands on the disk before the counter moves on, in the file in which
 * the certificate will be completed: a run that is killed leaves it, and the next run finds it.
 */
import { ed25519, EvolockError, sum6Kes } from '@evolock/kes-sum';
import {
  certificateOfEnvelope,
  readCertificate,
  type IssuedCertificate,
} from './certificate-file.js';
import { EnvelopeError } from './envelope-error.js';
import { readEnvelope } from './envelope.js';
import { FileError, type FileIdentity } from '@evolock/direct-serialise-io/files';
import { withFileText } from './file-text.js';
import { MAX_UNSIGNED_64, type AbsolutePeriod } from './numbers.js';
import { replacedText } from './read-options.js';

/** A number of a counter, and what it was reserved for. */
export interface Reservation {
  readonly number: bigint;
  /** When. */
  readonly time: Date;
  /** The KES verification key of the certificate, 32 bytes. */
  readonly hotVerificationKey: Uint8Array;
  readonly startPeriod: AbsolutePeriod;
  /** 32 bytes. */
  readonly coldVerificationKey: Uint8Array;
}

/**
 * A number was reserved by a run that was killed or failed, and has no certificate. Nothing was issued, and the counter
 * did not move. A network accepts only the last number that it knows or the next one, so that number has to be used.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { absolutePeriod, ReservedNumberError } from '@evolock/cardano-kes';
 *
 * const error = new ReservedNumberError('.node.cert.1f.evolock-new', {
 *   number: 7n,
 *   time: new Date('2026-11-26T18:40:00Z'),
 *   hotVerificationKey: new Uint8Array(32),
 *   startPeriod: absolutePeriod(400),
 *   coldVerificationKey: new Uint8Array(32),
 * });
 * assert.equal(error.code, 'ERR_EVOLOCK_CARDANO_RESERVED_NUMBER');
 * assert.match(error.message, /number 7 was reserved on 2026-11-26T18:40:00Z and has no certificate/);
 * ```
 */
export class ReservedNumberError extends EvolockError {
  readonly code = 'ERR_EVOLOCK_CARDANO_RESERVED_NUMBER';
  /** The file that holds the reservation. */
  readonly path: string;
  readonly reservation: Reservation;

  constructor(path: string, reservation: Reservation) {
    const n = String(reservation.number);
    const time = reservation.time.toISOString().replace(/\.\d{3}Z$/, 'Z');
    super(
      `${path}: number ${n} was reserved on ${time} and has no certificate: issue it with that number (reuseNumber; kes opcert issue --reuse-number ${n}), since networks refuse the number after it; remove the file to leave the number out`,
    );
    this.path = path;
    this.reservation = reservation;
  }
}

/** Never part of a certificate's file, which has no line break before its end but in front of spaces. */
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
    hotVerificationKey: Buffer.from(hotVerificationKey).toString('hex'),
    startPeriod: String(startPeriod),
    coldVerificationKey: Buffer.from(coldVerificationKey).toString('hex'),
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
  hotVerificationKey: new Uint8Array(sum6Kes.verificationKeySize),
  startPeriod: MAX_UNSIGNED_64 as AbsolutePeriod,
  coldVerificationKey: new Uint8Array(ed25519.verificationKeySize),
}).byteLength;

/**
 * The reservation in an unfinished file of a certificate. A certificate that is complete in it is one too: it has no name.
 *
 * @returns `undefined` for a file without one: it was left before its counter moved.
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
    if (error instanceof FileError && error.reason === 'too-large') return undefined;
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
    // It was being written, so the counter had not moved.
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
 * Whether the certificate of a reservation is at its path.
 *
 * @internal
 */
export function isIssued(path: string, reservation: Reservation): boolean {
  try {
    return isOfCertificate(reservation, readCertificate(path));
  } catch (error) {
    if (error instanceof FileError || error instanceof EnvelopeError) return false;
    throw error;
  }
}

/**
 * Whether a certificate has the number of a reservation, from the same cold key.
 *
 * @internal
 */
export function isOfCertificate(
  { number, coldVerificationKey }: Reservation,
  issued: IssuedCertificate,
): boolean {
  return (
    issued.certificate.sequenceNumber === number &&
    Buffer.from(issued.coldVerificationKey).equals(coldVerificationKey)
  );
}
