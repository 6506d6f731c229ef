/** The report on one certificate, of a file or of the key that an agent holds, with a picture of its life. */
import { type Expiry, hasDates, type KesParameters } from '@evolock/cardano-headers';
import { describeLife } from '@evolock/cardano-headers/words';
import { allValid, type Answer, type Check, type JsonMembers } from '@evolock/command-line/answer';
import { ExitCode, usage } from '@evolock/command-line/errors';
import type { Session } from '@evolock/command-line/session';
import { counted, sourceName, STDIN, type Style } from '@evolock/command-line/text';
import {
  CERTIFICATE,
  type Certificate,
  certificateFacts,
  certificateJson,
  COUNTER,
  evolutionInWords,
  lifeAtJson,
  judgeSignature,
  judgeTime,
  type LifeAt,
  lifeAt,
  periodsInWords,
} from '../certificates/certificate.js';
import { judgeCounter, judgeNumber, numberChecks } from '../certificates/number.js';
import { onChainOf, type OnChainOptions } from '../certificates/on-chain.js';
import { EndsSoon } from '../errors.js';
import { readEnvelope } from '../files/read.js';
import { judgeKey, type Judgement } from '../certificates/signing-key-file.js';
import {
  type Boundary,
  boundaryOf,
  clockInWords,
  clockJson,
  type ClockOptions,
  DAY,
  momentOf,
  timeInWords,
} from '../network/clock.js';
import {
  datesWarnings,
  networkArguments,
  networkInWords,
  networkJson,
  networkOf,
  type NetworkOptions,
} from '../network/network.js';

/** Where a certificate is: in a file, or in an agent. The names are those of the options. */
export interface StatusSource {
  readonly cert?: string | undefined;
  readonly skey?: string | undefined;
  readonly agentControl?: string | undefined;
  readonly coldVkey?: string | undefined;
}

/** How the members of a source are written, for messages about them. */
export type SourceNames = Readonly<Record<keyof StatusSource, string>>;

/** Refuses a source that is not exactly one certificate, or states what its kind does not have. */
export function checkSource(source: StatusSource, names: SourceNames, place = ''): void {
  const { cert, skey, agentControl, coldVkey } = source;
  if ((cert === undefined) === (agentControl === undefined)) {
    throw usage(
      `${place}name one certificate: ${names.cert}, or ${names.agentControl} for the key of an agent`,
    );
  }
  if (agentControl !== undefined && skey !== undefined) {
    throw usage(`${place}${names.skey} needs ${names.cert}`);
  }
  if (cert !== undefined && coldVkey !== undefined) {
    throw usage(`${place}${names.coldVkey} needs ${names.agentControl}`);
  }
}

export interface StatusSubject extends Certificate {
  readonly name: string;
  /** The checks that do not depend on the moment. */
  readonly checks: readonly Check[];
  /** Checks the signing key at a moment; `undefined` when there is nothing to check. */
  readonly judgeKey: (life: LifeAt) => Judgement | undefined;
}

async function subjectOf(session: Session, source: StatusSource): Promise<StatusSubject> {
  const { cert = '', skey, agentControl: control, coldVkey } = source;
  if (control !== undefined) {
    const { subjectOfAgent } = await import('../agent/control/info.js');
    return subjectOfAgent(session, control, coldVkey);
  }
  const file = await readEnvelope(session, cert, CERTIFICATE);
  return {
    ...file,
    name: sourceName(cert),
    checks: [judgeSignature(file)],
    judgeKey: ({ evolution }) => (skey === undefined ? undefined : judgeKey(skey, file, evolution)),
  };
}

interface DayLimits {
  readonly warnDays?: number | undefined;
  readonly critDays?: number | undefined;
}

export interface StatusOptions extends NetworkOptions, ClockOptions, DayLimits, OnChainOptions {
  readonly counter?: string | undefined;
}

/** How a certificate is: `warning` and `critical` are valid, and end in less than the days of the options. */
type Result = 'valid' | 'warning' | 'critical' | 'invalid';

export const EXIT_CODE_OF: Readonly<Record<Result, ExitCode>> = {
  valid: ExitCode.valid,
  warning: EndsSoon.warning,
  critical: EndsSoon.critical,
  invalid: ExitCode.invalid,
};

/** The result for a valid certificate that ends in these days; `undefined` is a date out of range, far ahead. */
function resultAt(
  days = Infinity,
  { warnDays = 0, critDays = 0 }: DayLimits,
): Exclude<Result, 'invalid'> {
  if (days < critDays) return 'critical';
  return days < warnDays ? 'warning' : 'valid';
}

export interface CertificateReport {
  readonly result: Result;
  readonly checks: readonly Check[];
  readonly warnings: readonly string[];
  readonly parameters: KesParameters;
  readonly limits: DayLimits;
  readonly subject: StatusSubject;
  readonly life: LifeAt;
}

/** The network of the options, on which limits in days have an effect. */
export async function statusNetwork(
  session: Session,
  options: StatusOptions,
): Promise<KesParameters> {
  const parameters = await networkOf(session, options);
  const hasLimits = options.warnDays !== undefined || options.critDays !== undefined;
  if (!hasLimits || hasDates(parameters)) return parameters;
  throw usage('--warn-days and --crit-days need a network whose slots have dates');
}

/** Judges a certificate. Of many, each has the same clock, and those of the options the same network. */
export async function reportOn(
  session: Session,
  source: StatusSource,
  options: StatusOptions,
  { now, network }: { readonly now: Date; readonly network: KesParameters | undefined },
): Promise<CertificateReport> {
  const parameters = network ?? (await statusNetwork(session, options));
  const moment = momentOf(parameters, options, now);
  const subject = await subjectOf(session, source);
  const life = lifeAt(parameters, subject, moment);
  const key = subject.judgeKey(life);
  const checks = [
    ...subject.checks,
    judgeTime(life),
    ...(await numbersOf(session, source, options, subject, life, parameters)),
    ...(key === undefined ? [] : [key.check]),
  ];
  return {
    result: allValid(checks) ? resultAt(life.remainingDays, options) : 'invalid',
    checks,
    warnings: [...datesWarnings(parameters, options), ...(key?.warnings ?? [])],
    parameters,
    limits: options,
    subject,
    life,
  };
}

async function numbersOf(
  session: Session,
  source: StatusSource,
  options: StatusOptions,
  subject: StatusSubject,
  life: LifeAt,
  parameters: KesParameters,
): Promise<Check[]> {
  const { certificate, coldVerificationKey } = subject;
  const { sequenceNumber: inUse } = certificate;
  const certificates = [certificate];
  const at = { parameters, moment: life.moment };
  const onChain = await onChainOf(session, options, { certificates, coldVerificationKey, at });
  const { cert = STDIN } = source;
  // Another certificate from its start period has ended too.
  const isOver = life.evolution.state === 'expired';
  const again = {
    file: subject,
    out: cert === STDIN ? 'node.cert' : cert,
    network: isOver ? undefined : networkArguments(session, options),
    onChain,
  };
  const checks = numberChecks(judgeNumber(inUse, { onChain }), again);
  const { counter: path } = options;
  if (path === undefined) return checks;
  const counter = await readEnvelope(session, path, COUNTER);
  const pools = [subject, { ...counter, name: sourceName(path) }];
  return [...checks, judgeCounter(path, { onChain, inUse, next: counter.next, pools })];
}

function resultInWords({
  result,
  limits: { warnDays = 0, critDays = 0 },
}: CertificateReport): string {
  if (result === 'invalid') return 'NOT valid';
  if (result === 'valid') return 'valid';
  const days = result === 'critical' ? critDays : warnDays;
  return `valid, ${result}: it ends in less than ${counted(days, 'day')}`;
}

export function reportAnswer(report: CertificateReport): Answer {
  const { result, checks, warnings, parameters, subject, life } = report;
  return {
    exitCode: EXIT_CODE_OF[result],
    result: `${subject.name}: ${resultInWords(report)}`,
    checks,
    facts: [
      ['clock', clockInWords(life.moment)],
      ['network', networkInWords(parameters)],
      ['slot', String(life.moment.slot)],
      ['KES period', String(life.period)],
      ['evolution', evolutionInWords(life.evolution.difference, life.evolution)],
      ['remaining', describeLife(life).left],
      ...certificateFacts(subject),
    ],
    after: (style) => picture(report, style).map((line) => `  ${line}`.trimEnd()),
    json: reportJson(report),
    warnings,
  };
}

export function reportJson({
  result,
  checks,
  parameters,
  subject,
  life,
}: CertificateReport): JsonMembers {
  const { moment, period, expiry, remainingDays } = life;
  return {
    valid: result !== 'invalid',
    result,
    checks,
    clock: clockJson(moment),
    network: networkJson(parameters),
    slot: String(moment.slot),
    kesPeriod: String(period),
    evolution: lifeAtJson(life),
    remainingDays: remainingDays ?? null,
    expiry: {
      kesPeriod: expiry.period?.toString() ?? null,
      slot: expiry.slot?.toString() ?? null,
      date: expiry.date?.toISOString() ?? null,
    },
    certificate: certificateJson(subject),
  };
}

/** Columns of the row of evolutions at most. A certificate has at most 64 evolutions. */
const MAX_ROW = 64;

/** Columns of a line at most: 80 without the indentation. */
const MAX_LINE = 78;

/** The evolutions in one row between two dates, the place of the moment in it, and a legend. */
function picture(report: CertificateReport, style: Style): string[] {
  const { evolutions } = report.life.evolution.limit;
  // An evolution has several columns when there are few.
  const columns = Math.floor(MAX_ROW / evolutions);
  const row = Array.from({ length: evolutions }, (_, at) => {
    const [sign, colour] = signOf(report, at);
    return style[colour](sign.repeat(columns));
  });
  return [
    datesLine(report, evolutions * columns),
    row.join(''),
    placeLine(report.life, columns),
    '',
    legend(report.limits, style),
  ];
}

type Sign = readonly [sign: string, colour: keyof Style];

const FUTURE: Readonly<Record<Exclude<Result, 'invalid'>, Sign>> = {
  valid: ['○', 'future'],
  warning: ['◇', 'warning'],
  critical: ['◆', 'bad'],
};

function signOf({ life, limits, parameters }: CertificateReport, at: number): Sign {
  const { slotsPerKesPeriod, anchor } = parameters;
  const { difference, limit } = life.evolution;
  if (BigInt(at) < difference) return ['·', 'faint'];
  if (BigInt(at) === difference) {
    const result = resultAt(life.remainingDays, limits);
    return ['●', result === 'valid' ? 'good' : FUTURE[result][1]];
  }
  // From the start of an evolution to the end of the certificate.
  const slots = Number(slotsPerKesPeriod) * (limit.evolutions - at);
  return FUTURE[resultAt(anchor && (slots * anchor.slotMilliseconds) / DAY, limits)];
}

/** The dates of the start and of the end, above the ends of the row. */
function datesLine({ parameters, subject, life }: CertificateReport, width: number): string {
  const start = placeOf(boundaryOf(parameters, subject.certificate.startPeriod));
  const end = placeOf(life.expiry);
  const gap = width - start.length - end.length;
  return `${start}${' '.repeat(Math.max(2, gap))}${end}`;
}

function placeOf(boundary: Boundary | Expiry | undefined): string {
  const { slot, date } = boundary ?? {};
  if (date !== undefined) return timeInWords(date).replace(/T.*/, '');
  return slot === undefined ? 'no slot' : `slot ${slot}`;
}

/** The moment, below its evolution, on the side where it fits. The time that is left is omitted when there is no room. */
function placeLine(life: LifeAt, columns: number): string {
  const { period, evolution, remainingPeriods, remainingDays: days } = life;
  const { state, difference, limit } = evolution;
  const left =
    days === undefined
      ? `${counted(remainingPeriods, 'KES period')} after it`
      : `${days.toFixed(1)} days left`;
  const moment = state === 'valid' ? periodsInWords(period, difference) : describeLife(life).when;
  const words = state === 'valid' ? `${moment}, ${left}` : moment;
  if (state === 'expired') return `${words} ┘`.padStart(limit.evolutions * columns);
  const column = state === 'valid' ? Number(difference) * columns : 0;
  const room = Math.max(MAX_LINE - 2 - column, column - 1);
  const shown = words.length <= room ? words : moment;
  return shown.length <= MAX_LINE - 2 - column
    ? `${' '.repeat(column)}└ ${shown}`
    : `${shown} ┘`.padStart(column + 1);
}

function legend({ warnDays, critDays }: DayLimits, style: Style): string {
  const last = (days: number | undefined, [sign, colour]: Sign) =>
    days === undefined ? [] : [`${style[colour](sign)} the last ${counted(days, 'day')}`];
  return [
    `${style.faint('·')} past`,
    `${style.good('●')} current`,
    `${style.future('○')} future`,
    ...last(warnDays, FUTURE.warning),
    ...last(critDays, FUTURE.critical),
  ].join('   ');
}
