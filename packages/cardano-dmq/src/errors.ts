/**
 * The errors of this package. Each has a stable `code`. No message contains a secret.
 */
import { EvolockError } from '@evolock/direct-serialise';
import { MAX_BODY_SIZE, MAX_MESSAGE_SIZE, type DmqFailure } from './failures.js';

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
  /** What is wrong. */
  readonly problem: DmqMessageProblem;
  /** Bytes from the beginning of the message; `undefined` when unknown. */
  readonly offset: number | undefined;
  /** The wrong field, and what it has to be. */
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
