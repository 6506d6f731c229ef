/** The errors of this package. Each has a stable `code`. No message contains a secret. */
import { EvolockError } from '@evolock/direct-serialise';
import type { AbsolutePeriod } from './period/numbers.js';

const envelopeProblems = {
  'not-json': 'it is not a text envelope: one JSON object of three strings',
  'duplicate-member': 'it contains a member twice',
  'unknown-member': 'it contains a member other than type, description and cborHex',
  'missing-member': 'type, description or cborHex is missing',
  'too-long': 'its type or description is too long',
  'not-hex': 'its cborHex contains a character that is not a hexadecimal digit',
  'odd-hex': 'its cborHex has an odd number of digits',
  'wrong-type': 'it is of another type than expected',
  'wrong-bech32': 'its bech32 text is damaged: a character is wrong or missing',
  'extended-verification-key':
    'it is an extended (BIP32) verification key: make the plain one of it with cardano-cli key non-extended-key',
  'not-byte-string': 'its CBOR is not a plain byte string',
  'non-shortest-head': 'the head of its CBOR is longer than necessary',
  truncated: 'its CBOR ends too early',
  'trailing-bytes': 'bytes follow its CBOR',
  'wrong-length': 'its content has a length that its type does not allow',
  'wrong-cbor': 'its CBOR does not have the shape of its type',
} as const;

/** What is wrong with a text envelope. */
export type EnvelopeProblem = keyof typeof envelopeProblems;

interface EnvelopeErrorDetails extends ErrorOptions {
  readonly path?: string | undefined;
  /** What was found instead: public facts only. */
  readonly found?: string | undefined;
  readonly offset?: number | undefined;
}

/** A file is not a text envelope of the expected type. The error contains nothing of a key. */
export class EnvelopeError extends EvolockError {
  readonly code = 'ERR_EVOLOCK_CARDANO_ENVELOPE';
  readonly problem: EnvelopeProblem;
  /** The file; `undefined` for text that came from elsewhere. */
  override readonly path: string | undefined;
  readonly found: string | undefined;
  /** Bytes from the beginning of the text; `undefined` when unknown. */
  readonly offset: number | undefined;

  constructor(problem: EnvelopeProblem, details: EnvelopeErrorDetails = {}) {
    const { path, found, offset } = details;
    const at = offset === undefined ? '' : ` (at byte ${String(offset)})`;
    const instead = found === undefined ? '' : `, found ${found}`;
    super(`${path ?? 'the text'}: ${envelopeProblems[problem]}${at}${instead}`, details);
    this.problem = problem;
    this.path = path;
    this.found = found;
    this.offset = offset;
  }
}

const headerProblems = {
  'not-hex': 'the text contains a character that is not a hexadecimal digit',
  'odd-hex': 'the text has an odd number of hexadecimal digits',
  empty: 'there is nothing in it',
  'too-large': 'the input is larger than a header or a block can be',
  truncated: 'the CBOR ends too early',
  'not-cbor': 'the input is not CBOR',
  'too-deep': 'the CBOR nests too deep',
  'trailing-bytes': 'bytes follow the CBOR',
  byron: 'the input is a block of the Byron era, which has no KES',
  'unknown-era': 'the block states an era that does not exist',
  'wrong-shape': 'the input is neither a header nor a block',
  'wrong-field': 'a field has a wrong kind or size',
  'wrong-era': 'the era that the block states has headers or blocks of another shape',
} as const;

/** Why bytes are not a header. */
export type HeaderProblem = keyof typeof headerProblems;

interface HeaderErrorDetails extends ErrorOptions {
  readonly offset?: number | undefined;
  /** The field, and what it has to be. */
  readonly field?: string | undefined;
}

/** The input is not a block header, and not a block that begins with one: a node cannot decode it. */
export class HeaderError extends EvolockError {
  readonly code = 'ERR_EVOLOCK_CARDANO_HEADER';
  readonly problem: HeaderProblem;
  /** Bytes from the beginning of the input; `undefined` when unknown. */
  readonly offset: number | undefined;
  readonly field: string | undefined;

  constructor(problem: HeaderProblem, details: HeaderErrorDetails = {}) {
    const { offset, field } = details;
    const about = field === undefined ? '' : `: ${field}`;
    const at = offset === undefined ? '' : ` (at byte ${String(offset)})`;
    super(`${headerProblems[problem]}${about}${at}`, details);
    this.problem = problem;
    this.offset = offset;
    this.field = field;
  }
}

const dateReasons = {
  'no-anchor':
    'the network has no slot with a known date: give an anchor (a slot and its beginning). The Shelley genesis file of a network with a Byron era does not state one',
  byron: 'the slot lies in an era before the anchor, whose slots have another length',
  'before-start': 'the date lies before the first slot of the network',
  'out-of-range': 'the slot or the date lies too far in the future',
} as const;

/** Why a slot has no date, or a date no slot. */
export type NoDateReason = keyof typeof dateReasons;

/** A slot has no known date, or a date no slot. */
export class NoDateError extends EvolockError {
  readonly code = 'ERR_EVOLOCK_CARDANO_NO_DATE';
  readonly reason: NoDateReason;

  constructor(reason: NoDateReason) {
    super(dateReasons[reason]);
    this.reason = reason;
  }
}

const reasons = {
  'other-cold-key': ['COUNTER', 'the counter belongs to another cold key'],
  exhausted: ['COUNTER', 'the counter has reached its last number, 2^64 - 1'],
  'not-its-last': [
    'COUNTER',
    'the counter is not one above the number: only the last number that it gave can be used again',
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
  'unknown-network': [
    'PARAMETERS',
    'unknown network: use mainnet, preprod, preview, or the Shelley genesis file of the network',
  ],
  'not-json': ['PARAMETERS', 'the genesis file is not a JSON object'],
  missing: ['PARAMETERS', 'the genesis file has no FIELD: is it the Shelley genesis?'],
  'wrong-value': ['PARAMETERS', 'FIELD of the genesis file is not EXPECTED'],
} as const;

/** Why something is refused. */
export type CardanoErrorReason = keyof typeof reasons;

interface CardanoErrorDetails extends ErrorOptions {
  readonly field?: string | undefined;
  readonly expected?: string | undefined;
}

/** A refusal that its code describes. */
export class CardanoError extends EvolockError {
  readonly code:
    /** A counter belongs to another cold key, is exhausted, would go back, or is not one above `reuseNumber`. Nothing was issued or written. */
    | 'ERR_EVOLOCK_CARDANO_COUNTER'
    /** A signer returned a signature that the cold verification key does not verify. Nothing was written with it. */
    | 'ERR_EVOLOCK_CARDANO_COLD_SIGNATURE'
    /** A text is not a certificate request, is damaged, or is one of another version. */
    | 'ERR_EVOLOCK_CARDANO_REQUEST'
    /** The name of a network is unknown, or a genesis file does not state the parameters. */
    | 'ERR_EVOLOCK_CARDANO_PARAMETERS';
  readonly reason: CardanoErrorReason;
  /** The member of the genesis file. */
  readonly field: string | undefined;

  constructor(reason: CardanoErrorReason, details: CardanoErrorDetails = {}) {
    const [code, message] = reasons[reason];
    const { field = '', expected = '' } = details;
    super(message.replace('FIELD', field).replace('EXPECTED', expected), details);
    this.code = `ERR_EVOLOCK_CARDANO_${code}`;
    this.reason = reason;
    this.field = details.field;
  }
}

/** A number of a counter, and the certificate that it was reserved for. */
export interface Reservation {
  readonly number: bigint;
  /** When it was reserved. */
  readonly time: Date;
  /** The absolute path of the certificate. */
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
