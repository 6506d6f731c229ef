/** Whether a node accepts a message: all facts, and all failures. */
import {
  certificateFailure,
  evolutionLimit,
  evolutionOf,
  hasDates,
  periodOfDate,
  type EvolutionStatus,
  type KesParameters,
  type SignatureFact,
} from '@evolock/cardano-headers';
import { nativeHeaders } from '@evolock/cardano-kes';
import {
  checkBytes,
  checkDate,
  checkOptions,
  sameBytes,
  wrongType,
} from '@evolock/direct-serialise/arguments';
import { sum6Kes } from '@evolock/kes-sum';
import { blake2b256 } from '@evolock/kes-sum/all';
import {
  DmqMessageError,
  evolutionFailures,
  expiryFailures,
  periodFailures,
  sequenceNumberFailures,
  wrongId,
  wrongSignature,
  type DmqFailure,
} from './failures.js';
import { messageOf, type DmqMessage } from './message.js';

const { certificateVerdict } = nativeHeaders;

/** What a message is judged by. */
export interface DmqVerifyOptions {
  readonly parameters: KesParameters;
  /** The moment of the verdict. */
  readonly now: Date;
  /** The highest sequence number that is known of the pool; the order of the numbers is not judged when absent. */
  readonly lastSequenceNumber?: bigint | undefined;
}

/** What a verdict did not judge, for programs. */
export type DmqNotJudgedCode =
  'network' | 'stake' | 'other-messages' | 'body' | 'kes-period' | 'certificate-numbers';

/** What a verdict did not judge. */
export interface DmqNotJudged {
  readonly code: DmqNotJudgedCode;
  /** For people. */
  readonly message: string;
}

/** What every verdict states. */
interface VerdictFacts {
  readonly parameters: KesParameters;
  readonly certificate: SignatureFact;
  /** The signature of the payload by the KES key at its evolution. */
  readonly kesSignature: SignatureFact;
  /** All failures: at least one of an invalid message, and of what is none. */
  readonly failures: readonly DmqFailure[];
  /**
   * What was not judged: what needs the state of the ledger or of a node, what the options did not allow to judge, and always
   * of which network the message is. Empty for `not-a-message`.
   */
  readonly notJudged: readonly DmqNotJudged[];
}

/** The facts of a message that was judged. */
export interface JudgedMessage extends VerdictFacts {
  readonly message: DmqMessage;
  /** Where the period of the message lies in the life of the certificate. */
  readonly evolution: EvolutionStatus;
}

/** The verdict on a message without a failure. */
export interface ValidMessage extends JudgedMessage {
  readonly result: 'valid';
  readonly valid: true;
}

/** The verdict on a message with a failure. */
export interface InvalidMessage extends JudgedMessage {
  readonly result: 'invalid';
  readonly valid: false;
  readonly failures: readonly [DmqFailure, ...DmqFailure[]];
}

/** The verdict on bytes that a node cannot decode, or whose size it refuses. */
export interface NotAMessage extends VerdictFacts {
  readonly result: 'not-a-message';
  readonly valid: false;
  readonly message: undefined;
  readonly evolution: undefined;
  readonly failures: readonly [DmqFailure];
}

/** The verdict on a message: `result` says which, and `valid` is for the one that is `valid`. */
export type DmqVerdict = ValidMessage | InvalidMessage | NotAMessage;

function notJudged(code: DmqNotJudgedCode, message: string): DmqNotJudged {
  return Object.freeze({ code, message });
}

const ALWAYS: readonly DmqNotJudged[] = Object.freeze([
  notJudged('network', 'of which network the message is: no message states it'),
  notJudged('stake', 'the stake of the pool, and whether it is registered'),
  notJudged(
    'other-messages',
    'other messages: duplicates, and the time since the last message of the pool',
  ),
  notJudged('body', 'the content of the body, and its least size on the network'),
]);
const PERIOD = notJudged(
  'kes-period',
  'whether the KES period is the current one: the slots of the network have no dates',
);
const NUMBERS = notJudged('certificate-numbers', 'the order of the sequence numbers of the pool');

/**
 * Judges a message as a node of the queue does. Checks its id, its expiry, the sequence number, the certificate with the cold
 * key, the evolution with the limits of network and algorithm, and the KES signature over the given bytes of the payload.
 * Beyond a node, the KES period has to be the current one, where the slots of the network have dates. Checks all of them, even
 * if one fails.
 *
 * @param message - The bytes of the message. Bytes that are not a message get a verdict too.
 * @param options - The network, the moment, and the last known sequence number.
 * @throws `ArgumentError` `ERR_EVOLOCK_ARGUMENT_TYPE`, `ERR_EVOLOCK_ARGUMENT_VALUE`, for no content of the bytes.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { verifyDmqMessage } from '@evolock/cardano-dmq';
 * import { mainnet } from '@evolock/cardano-headers';
 *
 * const options = { parameters: mainnet, now: new Date(), lastSequenceNumber: 7n };
 * const verdict = verifyDmqMessage(Uint8Array.of(0x80), options);
 * assert(verdict.result === 'not-a-message');
 * assert.equal(verdict.failures[0].code, 'malformed');
 * ```
 */
export function verifyDmqMessage(message: Uint8Array, options: DmqVerifyOptions): DmqVerdict {
  const bytes = checkBytes('message', message);
  const checked = checkVerifyOptions(options);
  try {
    return judge(messageOf(bytes), checked);
  } catch (error) {
    if (!(error instanceof DmqMessageError)) throw error;
    return malformed(checked, { code: 'malformed', message: error.message });
  }
}

interface Judging extends Omit<DmqVerifyOptions, 'now'> {
  /** Milliseconds since 1970. */
  readonly now: number;
}

function checkVerifyOptions(options: DmqVerifyOptions): Judging {
  const names = ['parameters', 'now', 'lastSequenceNumber'] as const;
  const { parameters, now, lastSequenceNumber } = checkOptions(options, names) as DmqVerifyOptions;
  // It checks the parameters.
  evolutionLimit(parameters);
  if (lastSequenceNumber !== undefined && typeof lastSequenceNumber !== 'bigint')
    throw wrongType('lastSequenceNumber', 'a bigint', lastSequenceNumber);
  return { parameters, now: checkDate('now', now), lastSequenceNumber };
}

function malformed({ parameters }: Judging, failure: DmqFailure): DmqVerdict {
  return {
    result: 'not-a-message',
    valid: false,
    parameters,
    message: undefined,
    evolution: undefined,
    certificate: 'not-checked',
    kesSignature: 'not-checked',
    failures: [failure],
    notJudged: [],
  };
}

function judge(message: DmqMessage, options: Judging): DmqVerdict {
  const { parameters, now, lastSequenceNumber } = options;
  const { certificate, coldVerificationKey } = message;
  const issued = certificateVerdict(certificate, coldVerificationKey);
  const evolution = evolutionOf(parameters, certificate.startPeriod, message.period);
  const kesSignature = signatureFact(message, evolution);
  const facts = {
    parameters,
    message,
    evolution,
    certificate: issued.valid ? 'good' : 'bad',
    kesSignature,
    notJudged: [
      ...ALWAYS,
      ...(hasDates(parameters) ? [] : [PERIOD]),
      ...(lastSequenceNumber === undefined ? [NUMBERS] : []),
    ],
  } as const;
  const [failure, ...others] = [
    ...(hasItsId(message) ? [] : [wrongId]),
    ...expiryFailures(message.expiresAt, now),
    ...sequenceNumberFailures(certificate.sequenceNumber, lastSequenceNumber),
    ...(issued.valid ? [] : [certificateFailure(issued)]),
    ...evolutionFailures(message.period, evolution),
    ...(hasDates(parameters)
      ? periodFailures(message.period, periodOfDate(parameters, new Date(now)))
      : []),
    ...(kesSignature === 'bad' ? [wrongSignature(message.period, evolution)] : []),
  ];
  return failure === undefined
    ? { ...facts, result: 'valid', valid: true, failures: [] }
    : { ...facts, result: 'invalid', valid: false, failures: [failure, ...others] };
}

function hasItsId({ messageId, payloadBytes }: DmqMessage): boolean {
  return sameBytes(messageId, blake2b256(payloadBytes));
}

/**
 * Whether the KES key of the certificate signed the payload. The signature can be good at an evolution that the network
 * does not accept.
 */
export function signatureFact(
  { certificate, payloadBytes, kesSignature }: DmqMessage,
  { difference }: EvolutionStatus,
): SignatureFact {
  if (difference < 0n || difference >= BigInt(sum6Kes.totalPeriods)) return 'not-checked';
  const key = certificate.hotVerificationKey;
  return sum6Kes.verify(key, Number(difference), payloadBytes, kesSignature) ? 'good' : 'bad';
}
