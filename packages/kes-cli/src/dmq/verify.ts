/** Verifies files of messages, one after the other. */
import { verifyDmqMessage, type DmqVerdict } from '@evolock/cardano-dmq';
import { notRead, type Passed } from '@evolock/cardano-kes/database';
import { ExitCode } from '../cli/errors.js';
import type { Answer, JsonMembers } from '../cli/answer.js';
import { stdinTwice, type Session } from '../cli/session.js';
import type { Style } from '../cli/style.js';
import { sourceName, STDIN } from '../cli/text.js';
import { passedAnswer } from '../headers/words.js';
import { clockJson, type Clock } from '../network/clock.js';
import { networkJson, networkOf, type NetworkOptions } from '../network/network.js';
import { messageJson } from './facts.js';
import { readMessageFile } from './message-file.js';
import { checksOf, notCheckedLines, verdictFacts, verdictLine } from './words.js';

/** The options of `kes dmq verify`. */
export interface VerifyFlags extends NetworkOptions {
  readonly lastNumber?: bigint;
  readonly at?: Date;
}

/** A verdict on a file at a moment, with the options that it depends on. */
export interface Judged {
  readonly name: string;
  readonly verdict: DmqVerdict;
  readonly clock: Clock;
  readonly lastNumber: bigint | undefined;
}

/** From the best result to the worst, which counts. */
const SEVERITY: readonly ExitCode[] = [
  ExitCode.valid,
  ExitCode.environment,
  ExitCode.unrecognised,
  ExitCode.invalid,
];

const EXIT_CODES: Readonly<Record<DmqVerdict['result'], ExitCode>> = {
  valid: ExitCode.valid,
  invalid: ExitCode.invalid,
  'not-a-message': ExitCode.unrecognised,
};

/** The verdicts on files, in their order. The exit code of each is that of all so far. */
export async function* verifyMessages(
  session: Session,
  paths: readonly string[],
  { lastNumber, at, ...network }: VerifyFlags,
): AsyncGenerator<Answer, void, void> {
  if (paths.filter((path) => path === STDIN).length > 1) throw stdinTwice();
  const parameters = await networkOf(session, network);
  let exitCode: ExitCode = ExitCode.valid;
  let outOfScope: readonly string[] = [];
  for (const [index, path] of paths.entries()) {
    const name = sourceName(path);
    const bytes = await bytesOrReason(session, path);
    let answer: Answer;
    if ('reason' in bytes) {
      answer = { exitCode: ExitCode.environment, ...passedAnswer(bytes) };
    } else {
      const clock = clockOf(at, session.context.now());
      const options = { parameters, now: clock.date.getTime(), lastSequenceNumber: lastNumber };
      const verdict = verifyDmqMessage(bytes, options);
      ({ outOfScope } = verdict);
      answer = answerOf({ name, verdict, clock, lastNumber }, paths.length === 1);
    }
    exitCode = worse(exitCode, answer.exitCode ?? ExitCode.valid);
    const isLast = index === paths.length - 1;
    const after = (style: Style) => (isLast ? notCheckedLines(outOfScope, style) : []);
    yield { ...answer, exitCode, after };
  }
}

async function bytesOrReason(session: Session, path: string): Promise<Uint8Array | Passed> {
  try {
    return await readMessageFile(session, path);
  } catch (error) {
    return { ...notRead(sourceName(path), error), result: 'not-read' };
  }
}

function clockOf(at: Date | undefined, now: Date): Clock & { readonly date: Date } {
  return at === undefined ? { clock: 'machine', date: now } : { clock: 'at', date: at };
}

function worse(one: ExitCode, other: ExitCode): ExitCode {
  return SEVERITY.indexOf(other) > SEVERITY.indexOf(one) ? other : one;
}

function answerOf(judged: Judged, isOnly: boolean): Answer {
  return {
    exitCode: EXIT_CODES[judged.verdict.result],
    json: verdictJson(judged),
    result: [verdictLine(judged)],
    ...(isOnly ? { checks: checksOf(judged), facts: verdictFacts(judged) } : {}),
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
    evolution:
      evolution === undefined
        ? null
        : {
            state: evolution.state,
            value: String(evolution.difference),
            limit: { ...evolution.limit },
          },
    certificateSignature: verdict.certificate,
    kesSignature: verdict.kesSignature,
    message: message === undefined ? null : messageJson(message),
    outOfScope: verdict.outOfScope,
  };
}
