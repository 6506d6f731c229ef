/** What `kes status` says about one certificate: from a file, or of the key that an agent holds. */
import type { KesParameters } from '@evolock/cardano-kes';
import {
  CERTIFICATE,
  type Certificate,
  certificateFacts,
  certificateJson,
  COUNTER,
  judgeSignature,
} from '../certificates/certificate.js';
import { judgeCounter, judgeNumber, type LastOnChain } from '../certificates/number.js';
import { onChainOf, type OnChainOptions } from '../certificates/on-chain.js';
import {
  evolutionInWords,
  judgeTime,
  leftInWords,
  type LifeAt,
  lifeAt,
} from '../certificates/life-at.js';
import { allValid, type Answer, type Check, type JsonMembers } from '../cli/answer.js';
import { CommandError } from '../cli/errors.js';
import type { Session } from '../cli/session.js';
import { sourceName } from '../cli/text.js';
import { readEnvelope } from '../files/read.js';
import { judgeKey, type KeyJudgement } from '../keys/node-reading.js';
import { clockInWords, clockJson, type Moment } from '../network/clock.js';
import { networkInWords, networkJson } from '../network/network.js';
import { type DayLimits, EXIT_CODE_OF, type Result, resultAt, resultInWords } from './remaining.js';
import { timeline } from './timeline.js';

/** Where a certificate is: in a file, or in an agent. The names are those of the options. */
export interface StatusSource {
  readonly cert?: string | undefined;
  readonly skey?: string | undefined;
  readonly agentControl?: string | undefined;
  readonly coldVkey?: string | undefined;
}

/** A certificate with everything that is known of its key. */
export interface StatusSubject extends Certificate {
  /** Safe to print. */
  readonly name: string;
  /** The checks that do not depend on the moment. */
  readonly checks: readonly Check[];
  /** Checks the signing key at a moment; `undefined` when there is nothing to check. */
  readonly judgeKey: (life: LifeAt) => Promise<KeyJudgement | undefined>;
}

/** How the members of a source are written, for messages about them. */
export type SourceNames = Readonly<Record<keyof StatusSource, string>>;

/**
 * Refuses a source that is not exactly one certificate, or states what its kind does not have.
 *
 * @param source - The source.
 * @param names - How the members are written.
 * @param place - What the messages begin with.
 */
export function checkSource(source: StatusSource, names: SourceNames, place = ''): void {
  const { cert, skey, agentControl, coldVkey } = source;
  if ((cert === undefined) === (agentControl === undefined)) {
    throw new CommandError(
      'usage',
      `${place}name one certificate: ${names.cert}, or ${names.agentControl} for the key of an agent`,
    );
  }
  if (agentControl !== undefined && skey !== undefined) {
    throw new CommandError('usage', `${place}${names.skey} needs ${names.cert}`);
  }
  if (cert !== undefined && coldVkey !== undefined) {
    throw new CommandError('usage', `${place}${names.coldVkey} needs ${names.agentControl}`);
  }
}

/** Reads the certificate of a checked source. */
export async function subjectOf(session: Session, source: StatusSource): Promise<StatusSubject> {
  const { cert = '', skey, agentControl: control, coldVkey } = source;
  if (control === undefined) return subjectOfFile(session, cert, skey);
  const { subjectOfAgent } = await import('../agent/control/info.js');
  return subjectOfAgent(session, { control, coldVkey });
}

async function subjectOfFile(
  session: Session,
  cert: string,
  skey: string | undefined,
): Promise<StatusSubject> {
  const file = await readEnvelope(session, cert, CERTIFICATE);
  return {
    ...file,
    name: sourceName(cert),
    checks: [judgeSignature(file)],
    judgeKey: async ({ evolution }) =>
      skey === undefined ? undefined : judgeKey(skey, file, evolution),
  };
}

/** What is asked about a certificate. */
export interface Inquiry {
  readonly source: StatusSource;
  readonly parameters: KesParameters;
  readonly moment: Moment;
  readonly limits: DayLimits;
  readonly numbers?: NumberOptions | undefined;
}

/** The options about numbers. */
export interface NumberOptions extends OnChainOptions {
  readonly counter?: string | undefined;
}

/** The answer. */
export interface Report {
  readonly result: Result;
  readonly checks: readonly Check[];
  readonly warnings: readonly string[];
  readonly parameters: KesParameters;
  readonly limits: DayLimits;
  readonly subject: StatusSubject;
  readonly life: LifeAt;
}

/** Judges a certificate at a moment. */
export async function reportOn(session: Session, inquiry: Inquiry): Promise<Report> {
  const { parameters, moment, limits, numbers = {} } = inquiry;
  const subject = await subjectOf(session, inquiry.source);
  const life = lifeAt(parameters, subject, moment);
  const key = await subject.judgeKey(life);
  const checks = [
    ...subject.checks,
    judgeTime(life),
    ...(await numberChecks(session, numbers, subject)),
    ...(key === undefined ? [] : [key.check]),
  ];
  const result = allValid(checks) ? resultAt(life.days, limits) : 'invalid';
  const warnings = key?.warnings ?? [];
  return { result, checks, warnings, parameters, limits, subject, life };
}

/** The checks of the numbers: of the certificate on chain, and of the counter. */
async function numberChecks(
  session: Session,
  options: NumberOptions,
  subject: StatusSubject,
): Promise<Check[]> {
  const { certificate } = subject;
  const { sequenceNumber: inUse } = certificate;
  const onChain = await onChainOf(session, options, [certificate]);
  const ofCertificate = onChain === undefined ? [] : [judgeCertificate(inUse, onChain)];
  const { counter: path } = options;
  if (path === undefined) return ofCertificate;
  const counter = await readEnvelope(session, path, COUNTER);
  const pools = [subject, { ...counter, name: sourceName(path) }];
  return [...ofCertificate, judgeCounter(path, { onChain, inUse, next: counter.next, pools })];
}

function judgeCertificate(number: bigint, onChain: LastOnChain): Check {
  const { verdict, right = number, words } = judgeNumber(number, { onChain });
  const valid = verdict === 'accepted';
  return { valid, words: valid ? words : `${words}; issue one with ${right}` };
}

/** The answer about one certificate, with a picture of its life. */
export function reportAnswer(report: Report): Answer {
  const { result, checks, warnings, parameters, limits, subject, life } = report;
  return {
    exitCode: EXIT_CODE_OF[result],
    result: `${subject.name}: ${resultInWords(result, limits)}`,
    checks,
    facts: [
      ['clock', clockInWords(life.moment)],
      ['network', networkInWords(parameters)],
      ['slot', String(life.moment.slot)],
      ['KES period', String(life.period)],
      ['evolution', evolutionInWords(life)],
      ['remaining', leftInWords(life)],
      ...certificateFacts(subject),
    ],
    after: (style) => timeline(report, style).map((line) => `  ${line}`.trimEnd()),
    json: reportJson(report),
    warnings,
  };
}

/** The report for `--json`. */
export function reportJson(report: Report): JsonMembers {
  const { result, checks, parameters, subject, life } = report;
  const { moment, period, evolution, expiry, remainingPeriods, days } = life;
  return {
    valid: result !== 'invalid',
    result,
    checks,
    clock: clockJson(moment),
    network: networkJson(parameters),
    slot: String(moment.slot),
    kesPeriod: String(period),
    evolution: {
      state: evolution.state,
      value: String(evolution.difference),
      limit: { ...evolution.limit },
      remainingPeriods,
    },
    remainingDays: days ?? null,
    expiry: {
      kesPeriod: expiry.period === undefined ? null : String(expiry.period),
      slot: expiry.slot === undefined ? null : String(expiry.slot),
      date: expiry.date?.toISOString() ?? null,
    },
    certificate: certificateJson(subject),
  };
}
