/** `kes status` of one certificate: from a file, or of the key that an agent holds. */
import type { Definition } from '@evolock/command-line/command';
import { CHECKED, usage, ExitCode } from '@evolock/command-line/errors';
import { type Answer, allValid, type Check, type JsonMembers } from '@evolock/command-line/answer';
import type { Session } from '@evolock/command-line/session';
import { hasDates, type KesParameters } from '@evolock/cardano-kes';
import { counted, sourceName } from '@evolock/command-line/text';
import { ON_CHAIN, onChainOf, type OnChainOptions } from '../certificates/on-chain.js';
import { EndsSoon } from '../errors.js';
import { CLOCK, clockInWords, clockJson, type ClockOptions, momentOf } from '../network/clock.js';
import {
  NETWORK,
  datesWarnings,
  networkInWords,
  networkJson,
  networkOf,
  type NetworkOptions,
} from '../network/network.js';
import {
  CERTIFICATE,
  type Certificate,
  certificateFacts,
  certificateJson,
  COUNTER,
  judgeSignature,
} from '../certificates/certificate.js';
import {
  evolutionInWords,
  judgeTime,
  leftInWords,
  type LifeAt,
  lifeAt,
} from '../certificates/life-at.js';
import { judgeCounter, judgeNumber } from '../certificates/number.js';
import { readEnvelope } from '../files/read.js';
import { judgeKey, type KeyJudgement } from '../keys/signing-key-file.js';
import { timeline } from './timeline.js';

interface Options extends StatusOptions, StatusSource {
  readonly pools?: string;
  readonly prometheus?: string;
}

export const statusCommand: Definition = {
  text: `
    Shows the KES period of the network, the evolution of the key of the certificate, the remaining periods and days, and whether the certificate is valid, with the reason. It needs no node and no connection: it computes the KES period from the clock. With --agent-control it shows the same of the key that an agent holds, and whether the agent holds it at the right evolution. Of many certificates, by paths or by --pools, it shows the worst first, and one that cannot be read does not hide the others. Of a folder it reads the files that are named *.cert or *.opcert. The exit code is that of the worst: not valid, or no certificate (1), not read (3), then 11, 10, 0.

    [path...]                many certificates: files and folders, or - for standard input
    --pools <file>           and a list of pools in TOML
    --opcert, --cert <file>  or one operational certificate, or - for standard input
    --skey <file>            the KES signing key that a node uses with it
    --agent-control <path>   or the control socket of an agent: the installed key
    --cold-vkey <key>        with --agent-control: check the signature by this cold key
    --counter <file>         the counter of the cold key: is it above this certificate?
    --warn-days <days>       exit code 10 when a certificate ends in less than these days
    --crit-days <days>       exit code 11 when a certificate ends in less than these days
    --prometheus <file>      write metrics of many certificates for node_exporter; - prints them

    # Now
    $ kes status --cert node.cert --network mainnet
    # Can a node use this signing key with the certificate?
    $ kes status --cert node.cert --skey kes.skey --network mainnet
    # At a slot of another network
    $ kes status --cert node.cert --genesis shelley-genesis.json --slot 5000000
    # On Christmas Eve
    $ kes status --cert node.cert --network preprod --at 2026-12-24
    # Does the network accept the numbers of certificate and counter?
    $ kes status --cert node.cert --network mainnet --counter cold.counter --on-chain 7
    # The key that an agent holds
    $ kes status --agent-control /run/kes-agent/control.socket --network mainnet
    # All certificates of a folder; exit code 10 or 11 when one ends soon
    $ kes status certs/ --network mainnet --warn-days 14 --crit-days 7
    # A list of pools, with metrics for node_exporter
    $ kes status --pools pools.toml --prometheus /var/lib/prometheus/node-exporter/kes.prom`,
  options: [ON_CHAIN, CLOCK, ...NETWORK],
  exitCodes: [...CHECKED, EndsSoon.warning, EndsSoon.critical],
  work: (session: Session, paths: readonly string[], options: Options) => {
    checkDayLimits(options);
    const areMany = paths.length > 0 || options.pools !== undefined;
    return areMany ? statusOfMany(session, paths, options) : statusOfOne(session, options);
  },
};

const OPTION_NAMES: SourceNames = {
  cert: '--cert <file>',
  skey: '--skey',
  agentControl: '--agent-control <path>',
  coldVkey: '--cold-vkey',
};

async function statusOfOne(session: Session, options: Options): Promise<Answer> {
  const { cert, agentControl, prometheus } = options;
  if (cert === undefined && agentControl === undefined) {
    throw usage(
      'name certificates: paths of files and folders, or --pools <file>; or one, by --cert <file> or --agent-control <path>',
    );
  }
  checkSource(options, OPTION_NAMES);
  if (prometheus !== undefined) {
    throw usage(
      '--prometheus is for certificates that paths or --pools <file> name: give the certificate as a path, or the agent in a list of pools',
    );
  }
  const parameters = await statusNetwork(session, options);
  const now = session.context.now();
  return reportAnswer(await reportOn(session, options, options, { parameters, now }));
}

const OF_ONE = ['cert', 'skey', 'agentControl', 'coldVkey', 'counter', 'onChain'] as const;

async function statusOfMany(
  session: Session,
  paths: readonly string[],
  options: Options,
): Promise<Answer> {
  if (OF_ONE.some((name) => options[name] !== undefined)) {
    throw usage(
      'paths and --pools are for many certificates: --cert, --agent-control and the options about one of them cannot be given beside',
    );
  }
  const { statusOfAll } = await import('./fleet.js');
  return statusOfAll(session, paths, options);
}

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

/** A certificate with everything that is known of its key. */
export interface StatusSubject extends Certificate {
  /** Safe to print. */
  readonly name: string;
  /** The checks that do not depend on the moment. */
  readonly checks: readonly Check[];
  /** Checks the signing key at a moment; `undefined` when there is nothing to check. */
  readonly judgeKey: (life: LifeAt) => KeyJudgement | undefined;
}

/** Reads the certificate of a checked source. */
async function subjectOf(session: Session, source: StatusSource): Promise<StatusSubject> {
  const { cert = '', skey, agentControl: control, coldVkey } = source;
  if (control !== undefined) {
    const { subjectOfAgent } = await import('../agent/control/info.js');
    return subjectOfAgent(session, { control, coldVkey });
  }
  const file = await readEnvelope(session, cert, CERTIFICATE);
  return {
    ...file,
    name: sourceName(cert),
    checks: [judgeSignature(file)],
    judgeKey: ({ evolution }) => (skey === undefined ? undefined : judgeKey(skey, file, evolution)),
  };
}

export interface DayLimits {
  readonly warnDays?: number | undefined;
  readonly critDays?: number | undefined;
}

/** Refuses limits in an order in which one has no effect. */
function checkDayLimits({ warnDays, critDays }: DayLimits): void {
  if (warnDays === undefined || critDays === undefined || critDays < warnDays) return;
  throw usage('--crit-days must be less than --warn-days');
}

/** How a certificate is: `warning` and `critical` are valid, and end in less than the days of the options. */
export type Result = 'valid' | 'warning' | 'critical' | 'invalid';

export const EXIT_CODE_OF: Readonly<Record<Result, ExitCode>> = {
  valid: ExitCode.valid,
  warning: EndsSoon.warning,
  critical: EndsSoon.critical,
  invalid: ExitCode.invalid,
};

/** The result for a valid certificate that ends in these days; `undefined` is a date out of range, far ahead. */
export function resultAt(
  days: number | undefined,
  { warnDays = 0, critDays = 0 }: DayLimits,
): Exclude<Result, 'invalid'> {
  if (days === undefined) return 'valid';
  if (days < critDays) return 'critical';
  return days < warnDays ? 'warning' : 'valid';
}

function resultInWords({ result, limits }: Report): string {
  if (result === 'invalid') return 'NOT valid';
  if (result === 'valid') return 'valid';
  const { warnDays = 0, critDays = 0 } = limits;
  const days = result === 'critical' ? critDays : warnDays;
  return `valid, ${result}: it ends in less than ${counted(days, 'day')}`;
}

export interface StatusOptions extends NetworkOptions, ClockOptions, DayLimits, OnChainOptions {
  readonly genesis?: string | undefined;
  readonly counter?: string | undefined;
}

export interface Report {
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
  const words = '--warn-days and --crit-days need a network whose slots have dates';
  throw usage(words);
}

/** Judges a certificate. Of many, each has the same clock. */
export async function reportOn(
  session: Session,
  source: StatusSource,
  options: StatusOptions,
  { parameters, now }: { readonly parameters: KesParameters; readonly now: Date },
): Promise<Report> {
  const moment = momentOf(parameters, options, now);
  const subject = await subjectOf(session, source);
  const life = lifeAt(parameters, subject, moment);
  const key = subject.judgeKey(life);
  const checks = [
    ...subject.checks,
    judgeTime(life),
    ...(await numberChecks(session, options, subject)),
    ...(key === undefined ? [] : [key.check]),
  ];
  return {
    result: allValid(checks) ? resultAt(life.days, options) : 'invalid',
    checks,
    warnings: [...datesWarnings(parameters, options), ...(key?.warnings ?? [])],
    parameters,
    limits: options,
    subject,
    life,
  };
}

/** The checks of the numbers: of the certificate on chain, and of the counter. */
async function numberChecks(
  session: Session,
  options: StatusOptions,
  subject: StatusSubject,
): Promise<Check[]> {
  const { certificate } = subject;
  const { sequenceNumber: inUse } = certificate;
  const onChain = await onChainOf(session, options, [certificate]);
  const checks: Check[] = [];
  if (onChain !== undefined) {
    const { verdict, right = inUse, words } = judgeNumber(inUse, { onChain });
    const valid = verdict === 'accepted';
    checks.push({ valid, words: valid ? words : `${words}; issue one with ${right}` });
  }
  const { counter: path } = options;
  if (path === undefined) return checks;
  const counter = await readEnvelope(session, path, COUNTER);
  const pools = [subject, { ...counter, name: sourceName(path) }];
  return [...checks, judgeCounter(path, { onChain, inUse, next: counter.next, pools })];
}

/** The answer about one certificate, with a picture of its life. */
function reportAnswer(report: Report): Answer {
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
      ['remaining', leftInWords(life)],
      ...certificateFacts(subject),
    ],
    after: (style) => timeline(report, style).map((line) => `  ${line}`.trimEnd()),
    json: reportJson(report),
    warnings,
  };
}

export function reportJson({ result, checks, parameters, subject, life }: Report): JsonMembers {
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
