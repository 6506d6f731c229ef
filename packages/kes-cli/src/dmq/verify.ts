/** Verifies files of messages, one after the other. */
import { type DmqFailureCode, type DmqVerdict, verifyDmqMessage } from '@evolock/cardano-dmq';
import { hasDates } from '@evolock/cardano-headers';
import {
  notRead,
  resultOfAll,
  type DatabaseResult,
  type Passed,
} from '@evolock/cardano-headers/parts';
import { evolutionInWords, evolutionJson, periodsInWords } from '../certificates/certificate.js';
import type { Answer, Check, Fact, JsonMembers, MarkedLine } from '@evolock/command-line/answer';
import type { Definition } from '@evolock/command-line/command';
import { CHECKED, ExitCode } from '@evolock/command-line/errors';
import type { Session } from '@evolock/command-line/session';
import { sourceName, type Style } from '@evolock/command-line/text';
import { EXIT_CODES, notJudgedLines, passedAnswer } from '../headers/words.js';
import { type Clock, clockInWords, clockJson, clockOf, durationInWords } from '../network/clock.js';
import {
  NETWORK,
  networkInWords,
  networkJson,
  networkOf,
  type NetworkOptions,
} from '../network/network.js';
import { messageFacts, messageJson, readMessageFile } from './message.js';

export const dmqVerifyCommand: Definition = {
  text: `
    Verifies messages of CIP-137: the message id, the expiry, the certificate by the cold key, the evolution with the limit of the network, that the KES period is the current one (or that of --at), the KES signature over the payload, and with --last-number the order of the certificates. A file holds one message of at most 2,800 bytes, in binary or in hexadecimal. Each verdict is printed at once; with --json it is one line. What needs the state of the ledger or of a node is not judged, and listed. Exit code 1: a message is not valid. 4: something is not a message, and no message is invalid. 3: something could not be read, and everything else is valid.

    [path...]               files, or - for standard input
    --last-number <number>  the highest sequence number known of the certificates of the pool
    --at <moment>           another moment than now: 2026-03-01T12:00:00Z

    # Does a node accept it now?
    $ kes dmq verify --network mainnet message.dmq
    # At another moment, after a certificate with number 7
    $ kes dmq verify --network mainnet --last-number 7 --at 2026-09-01T12:00:00Z message.dmq`,
  readsStdin: true,
  options: NETWORK,
  exitCodes: [...CHECKED, ExitCode.incomplete],
  work: verifyMessages,
};

interface VerifyFlags extends NetworkOptions {
  readonly lastNumber?: bigint;
  readonly at?: Date;
}

interface Judged {
  readonly name: string;
  readonly verdict: DmqVerdict;
  readonly clock: Clock;
  readonly lastNumber: bigint | undefined;
}

/** What the verdict on a message is for all files. */
const RESULTS: Readonly<Record<DmqVerdict['result'], DatabaseResult>> = {
  valid: 'valid',
  invalid: 'invalid',
  'not-a-message': 'incomplete',
};

/** The verdicts on files, in their order. The exit code of each is that of all so far. */
async function* verifyMessages(
  session: Session,
  paths: readonly string[],
  { lastNumber, at, ...network }: VerifyFlags,
): AsyncGenerator<Answer, void, void> {
  const parameters = await networkOf(session, network);
  const results: DatabaseResult[] = [];
  let notJudged: DmqVerdict['notJudged'] = [];
  for (const [index, path] of paths.entries()) {
    const name = sourceName(path);
    const bytes = await bytesOrReason(session, path);
    let answer: Answer;
    if ('reason' in bytes) {
      results.push('unreadable');
      answer = passedAnswer(bytes);
    } else {
      const clock = clockOf('at', at, session.context.now());
      const options = { parameters, now: clock.date, lastSequenceNumber: lastNumber };
      const verdict = verifyDmqMessage(bytes, options);
      if (verdict.message !== undefined) ({ notJudged } = verdict);
      results.push(RESULTS[verdict.result]);
      answer = messageAnswer({ name, verdict, clock, lastNumber }, paths.length === 1);
    }
    const isLast = index === paths.length - 1;
    const after = (style: Style) => (isLast ? notJudgedLines(notJudged, style) : []);
    yield { ...answer, exitCode: EXIT_CODES[resultOfAll(results)], after };
  }
}

async function bytesOrReason(session: Session, path: string): Promise<Uint8Array | Passed> {
  try {
    return await readMessageFile(session, path);
  } catch (error) {
    return { ...notRead(sourceName(path), error), result: 'not-read' };
  }
}

function messageAnswer(judged: Judged, isOnly: boolean): Answer {
  return {
    json: verdictJson(judged),
    result: [verdictLine(judged)],
    ...(isOnly ? { checks: checksOf(judged), facts: messageVerdictFacts(judged) } : {}),
  };
}

function verdictJson({ name, verdict, clock }: Judged): JsonMembers {
  const { result, valid, failures, parameters, message, evolution } = verdict;
  return {
    source: name,
    result,
    valid,
    failures: failures.map((failure) => ({ ...failure })),
    clock: clockJson(clock),
    network: networkJson(parameters),
    evolution: evolution === undefined ? null : evolutionJson(evolution),
    certificateSignature: verdict.certificate,
    kesSignature: verdict.kesSignature,
    message: message === undefined ? null : messageJson(message),
    notJudged: verdict.notJudged.map((each) => ({ ...each })),
  };
}

function verdictLine({ name, verdict }: Judged): Check | MarkedLine {
  const { message, valid, evolution } = verdict;
  const failures = verdict.failures.map((failure) => failure.message).join('; ');
  if (message === undefined)
    return { mark: 'unknown', words: `${name}  not a message: ${failures}` };
  const place = periodsInWords(message.period, evolution?.difference ?? '');
  const words = valid ? `${place}, ${message.poolId}` : `NOT valid: ${failures}`;
  return { valid, words: `${name}  ${words}` };
}

function messageVerdictFacts({ verdict: { message, parameters }, clock }: Judged): Fact[] {
  if (message === undefined) return [];
  return [
    ['clock', clockInWords(clock)],
    ['network', networkInWords(parameters)],
    ...messageFacts(message),
  ];
}

function checksOf({ verdict, clock, lastNumber }: Judged): Check[] {
  const { message, evolution, kesSignature, failures } = verdict;
  if (message === undefined || evolution === undefined) return [];
  const check = (words: string, ...codes: readonly DmqFailureCode[]): Check => {
    const failure = failures.find(({ code }) => codes.includes(code));
    return { valid: failure === undefined, words: failure?.message ?? words };
  };
  const left = message.expiresAt * 1_000 - (clock.date?.getTime() ?? 0);
  return [
    check('the message id is the hash of the payload', 'message-id'),
    check(`it expires in ${durationInWords(left)}`, 'expired', 'expires-too-late'),
    ...(lastNumber === undefined
      ? []
      : [
          check(
            `the sequence number of the certificate is not below ${lastNumber}`,
            'sequence-number-fell',
          ),
        ]),
    check(
      'the certificate is signed by its cold key',
      'certificate-signature',
      'certificate-pre-launch-form',
    ),
    check(
      periodsInWords(message.period, evolutionInWords(evolution.difference, evolution)),
      'certificate-starts-later',
      'certificate-expired',
      'evolution-beyond-algorithm',
    ),
    ...(hasDates(verdict.parameters)
      ? [check(`KES period ${message.period} is the current one`, 'kes-period')]
      : []),
    kesSignature === 'not-checked'
      ? { valid: false, words: 'KES signature: not checked, there is no such evolution' }
      : check('the payload is signed by the KES key of the certificate', 'kes-signature'),
  ];
}
