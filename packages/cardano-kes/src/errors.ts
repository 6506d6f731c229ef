/** The errors of this package. Each has a stable `code`. No message contains a secret. */
import type { AbsolutePeriod } from '@evolock/cardano-headers';
import { EvolockError } from '@evolock/direct-serialise';

const reasons = {
  'other-cold-key': ['COUNTER', 'the counter belongs to another cold key'],
  exhausted: ['COUNTER', 'the counter has reached its last number, 2^64 - 1'],
  'not-its-last': [
    'COUNTER',
    'the counter is not one above the number: only the last number that it gave can be used again',
  ],
  'refused-number': [
    'COUNTER',
    'the network refuses the number of the counter, by what is on chain: issue with the last number on chain plus one',
  ],
  backwards: ['COUNTER', 'the counter would go back, and numbers would be used twice'],
  'wrong-signature': [
    'COLD_SIGNATURE',
    'the signer returned a signature that is not valid for the cold verification key: sign the message with the key of the request',
  ],
  'no-request': [
    'REQUEST',
    'it is not a certificate request of kes: copy it again, or give another file',
  ],
  'other-version': [
    'REQUEST',
    'it is a certificate request of another version, and this release reads version 2: make it again with this release',
  ],
  'damaged-request': ['REQUEST', 'the certificate request is damaged: copy it again'],
} as const;

/** Why something is refused. */
export type CardanoErrorReason = keyof typeof reasons;

/** A refusal that its code describes. */
export class CardanoError extends EvolockError {
  readonly code:
    /** A counter belongs to another cold key, is exhausted, would go back, or is not one above `reuseNumber`. Nothing was issued or written. */
    | 'ERR_EVOLOCK_CARDANO_COUNTER'
    /** A signer returned a signature that the cold verification key does not verify. Nothing was written with it. */
    | 'ERR_EVOLOCK_CARDANO_COLD_SIGNATURE'
    /** A text is not a certificate request, is damaged, or is one of another version. */
    | 'ERR_EVOLOCK_CARDANO_REQUEST';
  readonly reason: CardanoErrorReason;

  constructor(reason: CardanoErrorReason, options?: ErrorOptions) {
    const [code, message] = reasons[reason];
    super(message, options);
    this.code = `ERR_EVOLOCK_CARDANO_${code}`;
    this.reason = reason;
  }
}

/** A number of a counter, and the certificate that it was reserved for. */
export interface Reservation {
  readonly number: bigint;
  /** When it was reserved. */
  readonly time: Date;
  readonly certificatePath: string;
  /** The KES verification key of the certificate, 32 bytes. */
  readonly hotVerificationKey: Uint8Array;
  readonly startPeriod: AbsolutePeriod;
  /** 32 bytes. */
  readonly coldVerificationKey: Uint8Array;
}

/**
 * An earlier run reserved a number, was killed or failed, and left no certificate. Nothing was issued, and the counter did
 * not change. A network accepts only the last number or the next one, so issue with the reserved number.
 */
export class ReservedNumberError extends EvolockError {
  readonly code = 'ERR_EVOLOCK_CARDANO_RESERVED_NUMBER';
  /** The file that contains the reservation. */
  override readonly path: string;
  readonly reservation: Reservation;

  constructor(path: string, reservation: Reservation) {
    const { number, certificatePath, time } = reservation;
    const when = time.toISOString().replace(/\.\d{3}Z$/, 'Z');
    super(
      `${path}: number ${String(number)} was reserved on ${when} for ${certificatePath}, where no certificate has it: ${reuse(number)}`,
    );
    this.path = path;
    this.reservation = reservation;
  }
}

interface SpentNumberErrorOptions extends ErrorOptions {
  /** `true` when absent. */
  readonly isCertain?: boolean;
}

/**
 * A counter was advanced, or may have been, and this run left no certificate of the number. From Babbage on a node accepts
 * a pool's last number or the next one, and refuses the number after a missing one. So issue again with `reuseNumber`.
 */
export class SpentNumberError extends EvolockError {
  readonly code = 'ERR_EVOLOCK_CARDANO_SPENT_NUMBER';
  /** The number that was taken. */
  readonly number: bigint;
  /** Whether the number is known to be used. `false` when the counter could not be read again. */
  readonly isCertain: boolean;

  constructor(number: bigint, options?: SpentNumberErrorOptions) {
    const { cause, isCertain = true } = options ?? {};
    const why = cause instanceof Error ? cause.message : 'the certificate was not issued';
    const what = `the certificate number ${String(number)} is used up`;
    const state = isCertain
      ? `${what}, and this run left no certificate of it: ${reuse(number)}`
      : `the counter could not be read again, so it is not known whether ${what}: read the counter. If it holds ${String(number)}, issue again. If it holds more, ${reuse(number)}`;
    super(`${why}; ${state}`, options);
    this.number = number;
    this.isCertain = isCertain;
  }
}

function reuse(number: bigint): string {
  return `issue again with it (reuseNumber: ${String(number)}n), since networks refuse the number after a missing one`;
}
