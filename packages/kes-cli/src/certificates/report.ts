/** What `kes status` says about one certificate. */
import type { KesParameters } from '@evolock/cardano-kes';
import { allValid, type Answer, type Check, type JsonMembers } from '../cli/answer.js';
import type { Session } from '../cli/session.js';
import { sourceName } from '../cli/text.js';
import { readEnvelope } from '../files/read.js';
import { clockInWords, clockJson, type Moment } from '../network/clock.js';
import { networkInWords, networkJson } from '../network/network.js';
import { certificateFacts, certificateJson } from './certificate.js';
import { COUNTER } from './counter.js';
import { judgeCounter, judgeNumber, type LastOnChain } from './number.js';
import { onChainOf, type OnChainOptions } from './on-chain.js';
import { EXIT_CODE_OF, resultAt, resultInWords, type DayLimits, type Result } from './remaining.js';
import { evolutionInWords, judgeTime, leftInWords, standingOf, type Standing } from './standing.js';
import { subjectOf, type StatusSource, type StatusSubject } from './subject.js';
import { timeline } from './timeline.js';

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
  readonly standing: Standing;
}

/** Judges a certificate at a moment. */
export async function reportOn(session: Session, inquiry: Inquiry): Promise<Report> {
  const { parameters, moment, limits, numbers = {} } = inquiry;
  const subject = await subjectOf(session, inquiry.source);
  const standing = standingOf(parameters, subject, moment);
  const key = await subject.judgeKey(standing);
  const checks = [
    ...subject.checks,
    judgeTime(standing),
    ...(await numberChecks(session, numbers, subject)),
    ...(key === undefined ? [] : [key.check]),
  ];
  const result = allValid(checks) ? resultAt(standing.days, limits) : 'invalid';
  const warnings = key?.warnings ?? [];
  return { result, checks, warnings, parameters, limits, subject, standing };
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
  const { result, checks, warnings, parameters, limits, subject, standing } = report;
  return {
    exitCode: EXIT_CODE_OF[result],
    result: `${subject.name}: ${resultInWords(result, limits)}`,
    checks,
    facts: [
      ['clock', clockInWords(standing.moment)],
      ['network', networkInWords(parameters)],
      ['slot', String(standing.moment.slot)],
      ['KES period', String(standing.period)],
      ['evolution', evolutionInWords(standing)],
      ['remaining', leftInWords(standing)],
      ...certificateFacts(subject),
    ],
    after: (style) => timeline(report, style).map((line) => `  ${line}`.trimEnd()),
    json: reportJson(report),
    warnings,
  };
}

/** The report for `--json`. */
export function reportJson(report: Report): JsonMembers {
  const { result, checks, parameters, subject, standing } = report;
  const { moment, period, evolution, expiry, remainingPeriods, days } = standing;
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
