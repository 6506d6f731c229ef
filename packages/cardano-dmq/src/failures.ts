/**
 * What nodes of the queue refuse: the limits of sizes and times, the failures of a message, each with a code for programs and a
 * message for people, and the errors, each with a stable `code`.
 *
 * Source: CIP-137, and `Policy` of dmq-node.
 */
import {
  evolutionFailures as failuresOf,
  type AbsolutePeriod,
  type CertificateFailure,
  type EvolutionFailure,
  type EvolutionStatus,
} from '@evolock/cardano-headers';
import { EvolockError } from '@evolock/direct-serialise';

/** Bytes of the largest message: 2,800. Nodes relay no larger one. */
export const MAX_MESSAGE_SIZE = 2_800;

/** Bytes of the largest body: 2,000. */
export const MAX_BODY_SIZE = 2_000;

/** The expiry of a message has to be less than this many seconds ahead: 1,800. A node refuses a later one. */
export const MAX_LIFETIME = 1_800;

/** A failure of a message, for programs. */
export type DmqFailureCode =
  | 'malformed'
  | 'message-id'
  | 'expired'
  | 'expires-too-late'
  | 'sequence-number-fell'
  | CertificateFailure['code']
  | EvolutionFailure['code']
  | 'kes-period'
  | 'kes-signature';

/** A failure of a message. */
export interface DmqFailure {
  readonly code: DmqFailureCode;
  /** For people. */
  readonly message: string;
}

/** The stated id is that of another payload. */
export const wrongId: DmqFailure = {
  code: 'message-id',
  message: 'the message id is not the hash of the payload',
};

/**
 * What is wrong with an expiry. A node refuses a message after its expiry, and one whose expiry is too far ahead.
 *
 * @param expiresAt - Seconds since 1970.
 * @param now - Milliseconds since 1970.
 */
export function expiryFailures(expiresAt: number, now: number): DmqFailure[] {
  const left = expiresAt * 1_000 - now;
  const date = new Date(expiresAt * 1_000).toISOString();
  if (left < 0) return [{ code: 'expired', message: `the message expired at ${date}` }];
  if (left < MAX_LIFETIME * 1_000) return [];
  const message = `the message expires at ${date}, and a node accepts less than ${String(MAX_LIFETIME)} seconds ahead`;
  return [{ code: 'expires-too-late', message }];
}

/** What is wrong with a sequence number: a pool's numbers never fall. */
export function sequenceNumberFailures(number: bigint, last: bigint | undefined): DmqFailure[] {
  if (last === undefined || number >= last) return [];
  const message = `the sequence number of the certificate is ${String(number)}, and the last known one is ${String(last)}`;
  return [{ code: 'sequence-number-fell', message }];
}

/** What is wrong with the evolution of a message. */
export function evolutionFailures(period: AbsolutePeriod, status: EvolutionStatus): DmqFailure[] {
  return failuresOf(
    period,
    status,
    (difference) =>
      `the KES period of the message is ${String(-difference)} before the start of the certificate`,
  );
}

/**
 * What is wrong with the KES period. The key of an earlier one is no proof any more: that is what forward security is for.
 *
 * @param period - That of the message.
 * @param current - `undefined` before the start of the network.
 */
export function periodFailures(
  period: AbsolutePeriod,
  current: AbsolutePeriod | undefined,
): DmqFailure[] {
  if (period === current) return [];
  const now =
    current === undefined ? 'the network has not started' : `the current one is ${current}`;
  const message = `the KES period of the message is ${String(period)}, and ${now}`;
  return [{ code: 'kes-period', message }];
}

/** The KES signature does not verify. */
export function wrongSignature(
  period: AbsolutePeriod,
  { difference }: EvolutionStatus,
): DmqFailure {
  return {
    code: 'kes-signature',
    message: `the KES key of the certificate did not sign the payload at KES period ${String(period)}, evolution ${String(difference)}`,
  };
}

const messageProblems = {
  empty: 'there is nothing in it',
  'too-large': `a message has at most ${String(MAX_MESSAGE_SIZE)} bytes`,
  'body-too-large': `a body has at most ${String(MAX_BODY_SIZE)} bytes`,
  truncated: 'the CBOR ends too early',
  'not-cbor': 'the input is not CBOR',
  'too-deep': 'the CBOR nests too deep',
  'wrong-field': 'a field has a wrong kind or size',
  'trailing-bytes': 'bytes follow the message',
} as const;

/** Why bytes are not a message. */
export type DmqMessageProblem = keyof typeof messageProblems;

/** Where bytes are not a message. */
interface DmqMessageErrorDetails extends ErrorOptions {
  readonly offset?: number | undefined;
  readonly field?: string | undefined;
}

/** The bytes are not a message: a node cannot decode them, or refuses their size. */
export class DmqMessageError extends EvolockError {
  readonly code = 'ERR_EVOLOCK_DMQ_MESSAGE';
  readonly problem: DmqMessageProblem;
  /** Bytes from the beginning of the message; `undefined` when unknown. */
  readonly offset: number | undefined;
  readonly field: string | undefined;

  constructor(problem: DmqMessageProblem, details: DmqMessageErrorDetails = {}) {
    const { offset, field } = details;
    const about = field === undefined ? '' : `: ${field}`;
    const at = offset === undefined ? '' : ` (at byte ${String(offset)})`;
    super(`${messageProblems[problem]}${about}${at}`, details);
    this.problem = problem;
    this.offset = offset;
    this.field = field;
  }
}

/** A message was not signed: nodes would refuse it, or the signer gave a signature that does not verify. */
export class DmqSigningError extends EvolockError {
  readonly code = 'ERR_EVOLOCK_DMQ_SIGNING';
  /** All reasons, as a verdict states them. */
  readonly failures: readonly DmqFailure[];

  constructor(failures: readonly DmqFailure[]) {
    super(`the message was not signed: ${failures.map(({ message }) => message).join('; ')}`);
    this.failures = failures;
  }
}
