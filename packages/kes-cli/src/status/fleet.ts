/** `kes status` of many certificates, the worst first: one that fails does not hide the others. */
import { type Dirent, readdirSync, type Stats, statSync } from 'node:fs';
import { join } from 'node:path';
import { FileError, type KesParameters } from '@evolock/cardano-kes';
import { EvolockError } from '@evolock/kes-sum';
import type { Answer, Json, JsonMembers, Mark } from '@evolock/command-line/answer';
import { CommandError, type Complaint, ExitCode, usage } from '@evolock/command-line/errors';
import { complaintOf, EndsSoon } from '../errors.js';
import { type Session, stdinTwice } from '@evolock/command-line/session';
import { counted, printable, sourceName, STDIN } from '@evolock/command-line/text';
import { checkMetricsName } from '../files/plain-files.js';
import { systemError } from '@evolock/command-line/system-error';
import { refuseExisting, writePublic } from '../files/write.js';
import { momentOf, timeInWords } from '../network/clock.js';
import { namedNetwork, namesNetwork, type NetworkOptions } from '../network/network.js';
import { metricsOf } from './metrics.js';
import {
  EXIT_CODE_OF,
  type Report,
  reportJson,
  reportOn,
  type Result,
  statusNetwork,
  type StatusOptions,
  type StatusSource,
} from './status.js';

export interface Watched {
  /** Identifies it among all. Safe to print. */
  readonly name: string;
  /** The path of its file, or of the socket of its agent. Safe to print. */
  readonly source: string;
  /** Where it is, or why it cannot be read if that is known. */
  readonly origin: StatusSource | { readonly error: unknown };
  /** The network, if the list states one. */
  readonly network?: NetworkOptions | undefined;
}

interface Finding extends Pick<Watched, 'name' | 'source'> {
  readonly report?: Report;
  readonly complaint?: Complaint;
}

const CERTIFICATE_NAME = /\.(?:cert|opcert)$/;

/** The certificates of files and of folders with all folders below them, each once. */
function certificatesAt(paths: readonly string[]): Watched[] {
  const places = new Map<string, Watched>();
  for (const path of paths) {
    const isFolder = path !== STDIN && statsOf(path)?.isDirectory() === true;
    for (const place of isFolder ? certificatesIn(path) : [watched(path)])
      places.set(place.name, place);
  }
  return [...places.values()];
}

function watched(path: string, origin: Watched['origin'] = { cert: path }): Watched {
  const name = sourceName(path);
  return { name, source: name, origin };
}

/** `undefined` when the path leads nowhere. Reading it reports why. */
function statsOf(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}

function certificatesIn(folder: string): Watched[] {
  const found = [...certificatesBelow(folder)];
  if (found.length > 0) return found;
  const words = `${printable(folder)}: no file in it is named *.cert or *.opcert: name the files`;
  return [watched(folder, { error: new CommandError('environment', words) })];
}

function* certificatesBelow(folder: string): Generator<Watched> {
  let entries: Dirent[];
  try {
    entries = readdirSync(folder, { withFileTypes: true });
  } catch (cause) {
    yield watched(folder, { error: systemError(folder, cause) });
    return;
  }
  for (const entry of entries.sort((one, other) => (one.name < other.name ? -1 : 1))) {
    if (entry.name.startsWith('.')) continue;
    const path = join(folder, entry.name);
    // A link to a folder is not followed: it may lead back.
    if (entry.isDirectory()) yield* certificatesBelow(path);
    else if (CERTIFICATE_NAME.test(entry.name)) {
      // Reading a pipe would wait for its writer.
      const isRegular = statsOf(path)?.isFile() ?? true;
      yield isRegular
        ? watched(path)
        : watched(path, { error: new FileError('not-regular', path) });
    }
  }
}

interface WatchOptions extends StatusOptions {
  readonly pools?: string | undefined;
  readonly prometheus?: string | undefined;
  readonly json?: boolean;
}

/** The path that means standard output. */
const STDOUT = STDIN;

/** How metrics are written: every run replaces those of the run before, and no other file. */
const METRICS = { force: true, kind: 'metrics' } as const;

export async function statusOfAll(
  session: Session,
  paths: readonly string[],
  options: WatchOptions,
): Promise<Answer> {
  const { prometheus } = options;
  checkTarget(options);
  const findings = await findingsOf(session, paths, options);
  const metrics = metricsOf(findings);
  if (prometheus !== undefined && prometheus !== STDOUT) {
    writePublic(prometheus, Buffer.from(`${metrics.join('\n')}\n`), METRICS);
  }
  // On a terminal the last lines are seen first.
  const shown = session.context.stdout.isTTY === true ? findings.toReversed() : findings;
  // A warning about the network is the same for all of its certificates.
  const warnings = new Set(findings.flatMap(({ report }) => report?.warnings ?? []));
  return {
    exitCode: worstExitCode(findings),
    json: findingsJson(findings),
    warnings: [...warnings],
    raw: prometheus === STDOUT ? metrics : undefined,
    facts: shown.map((each) => [each.name, factsOf(each), MARK[resultOf(each)]]),
    after: [summaryInWords(findings)],
  };
}

/** Before any certificate is read. */
function checkTarget({ prometheus, json = false }: WatchOptions): void {
  if (prometheus === undefined) return;
  if (prometheus !== STDOUT) {
    checkMetricsName('--prometheus', prometheus);
    refuseExisting(prometheus, METRICS.force, METRICS.kind);
  } else if (json) {
    throw usage('--prometheus - prints metrics: leave --json out');
  }
}

/** Judges all certificates of the paths and of the list of pools, all at the same moment. Returns the worst first. */
async function findingsOf(
  session: Session,
  paths: readonly string[],
  options: WatchOptions,
): Promise<Finding[]> {
  const { pools, genesis } = options;
  if ([...paths, pools, genesis].filter((source) => source === STDIN).length > 1)
    throw stdinTwice();
  // Loads the reader of TOML, which a list of pools alone needs.
  const listed =
    pools === undefined ? [] : await (await import('./pools.js')).readPools(session, pools);
  const places = [...certificatesAt(paths), ...listed];
  checkNames(places);
  const now = session.context.now();
  const common = await commonNetwork(session, places, options, now);
  const findings: Finding[] = [];
  for (const place of places) {
    const { name, source } = place;
    const found = await reportOrComplaint(session, place, options, { common, now });
    findings.push({ name, source, ...found });
  }
  return findings.sort(worstFirst);
}

/** A name identifies a certificate, in JSON and among metrics. */
function checkNames(places: readonly Watched[]): void {
  const names = new Set<string>();
  for (const { name } of places) {
    if (names.has(name)) {
      throw usage(`two certificates are named ${name}: rename one`);
    }
    names.add(name);
  }
}

/** The network of the options. It is not needed when the list states the network of each certificate. */
async function commonNetwork(
  session: Session,
  places: readonly Watched[],
  options: WatchOptions,
  now: Date,
): Promise<KesParameters | undefined> {
  if (places.every(({ network }) => network !== undefined)) return undefined;
  const ofList = places.find((place) => 'network' in place && place.network === undefined);
  if (ofList !== undefined && !namesNetwork(namedNetwork(session, options))) {
    throw usage(
      `${ofList.name}: the list of pools states no network for it: add network = "mainnet" to the list or to the pool, or name the network of all others by --network <name>`,
    );
  }
  const parameters = await statusNetwork(session, options);
  // An error of the moment concerns all certificates.
  momentOf(parameters, options, now);
  return parameters;
}

async function reportOrComplaint(
  session: Session,
  { origin, network }: Watched,
  options: WatchOptions,
  { common, now }: { readonly common: KesParameters | undefined; readonly now: Date },
): Promise<Pick<Finding, 'report' | 'complaint'>> {
  try {
    if ('error' in origin) throw origin.error;
    const { at, slot, warnDays, critDays } = options;
    const own = { ...network, at, slot, warnDays, critDays };
    const parameters = network === undefined ? common : undefined;
    const known = { now, parameters: parameters ?? (await statusNetwork(session, own)) };
    const judged = parameters === undefined ? own : options;
    return { report: await reportOn(session, origin, judged, known) };
  } catch (error) {
    if (!isAboutInput(error)) throw error;
    return { complaint: complaintOf(error) };
  }
}

/** Whether an error is about a certificate, its network or its agent. Any other error is one of the program. */
function isAboutInput(error: unknown): boolean {
  if (error instanceof CommandError || error instanceof EvolockError) return true;
  return typeof (error as { readonly code?: unknown } | null)?.code === 'string';
}

const SEVERITY: readonly ExitCode[] = [
  ExitCode.valid,
  EndsSoon.warning,
  EndsSoon.critical,
  ExitCode.usage,
  ExitCode.environment,
  ExitCode.invalid,
];

function exitCodeOf({ report, complaint }: Finding): ExitCode {
  return report === undefined
    ? (complaint?.exitCode ?? ExitCode.environment)
    : EXIT_CODE_OF[report.result];
}

/** The exit code of all findings: that of the worst one. They are sorted. */
function worstExitCode([worst]: readonly Finding[]): ExitCode {
  return worst === undefined ? ExitCode.environment : exitCodeOf(worst);
}

/** Sorts the worst first: not valid, not read, then by the days that are left. Equals keep their order. */
function worstFirst(one: Finding, other: Finding): number {
  const severity = (finding: Finding) => SEVERITY.indexOf(exitCodeOf(finding));
  return severity(other) - severity(one) || daysLeft(one) - daysLeft(other) || 0;
}

/** Without dates the remaining periods count: they are of one network. */
function daysLeft({ report }: Finding): number {
  return report?.life.days ?? report?.life.remainingPeriods ?? 0;
}

const MARK: Readonly<Record<Result, Mark>> = {
  valid: 'good',
  warning: 'weak',
  critical: 'critical',
  invalid: 'bad',
};

function resultOf({ report }: Finding): Result {
  return report?.result ?? 'invalid';
}

/** The days that are left, the end, the evolution and the network; or why a certificate is not valid, or not read. */
function factsOf({ name, source, report, complaint }: Finding): string {
  if (report === undefined) {
    // The message names the file. So does the line, unless the list of pools has another name.
    const { message = '' } = complaint ?? {};
    return `not read: ${name === source ? message.replace(`${source}: `, '') : message}`;
  }
  const { result, checks, parameters, life } = report;
  if (result === 'invalid') {
    const failed = checks.filter(({ valid }) => !valid);
    return failed.map(({ words }) => words).join('; ');
  }
  const { evolution, remainingPeriods, days, expiry } = life;
  const left =
    days === undefined
      ? `${counted(remainingPeriods, 'KES period')} after this one`
      : `${days.toFixed(1)} days, to ${timeInWords(expiry.date).slice(0, 10)}`;
  return `${left}, evolution ${evolution.difference}, ${parameters.name}`;
}

/** The groups of findings, the worst first: how each is named in JSON and for a person. */
const GROUPS = [
  ['invalid', 'not valid'],
  ['notRead', 'not read'],
  ['critical', 'critical'],
  ['warning', 'warning'],
  ['valid', 'valid'],
] as const;

function countsOf(findings: readonly Finding[]): Readonly<Record<string, number>> {
  const names = findings.map(({ report }) => report?.result ?? 'notRead');
  const counts = GROUPS.map(([group]) => [group, names.filter((name) => name === group).length]);
  return Object.fromEntries(counts) as Record<string, number>;
}

function summaryInWords(findings: readonly Finding[]): string {
  const counts = countsOf(findings);
  const parts = GROUPS.filter(([group]) => (counts[group] ?? 0) > 0);
  const words = parts.map(([group, words]) => `${counts[group] ?? 0} ${words}`);
  return `${counted(findings.length, 'certificate')}: ${words.join(', ')}`;
}

function findingsJson(findings: readonly Finding[]): JsonMembers {
  const exitCode = worstExitCode(findings);
  return {
    certificates: findings.map(({ name, source, report, complaint }): Json =>
      report === undefined
        ? { name, source, valid: false, result: 'not-read', error: { ...complaint } }
        : { name, source, ...reportJson(report) },
    ),
    summary: { exitCode, certificates: findings.length, ...countsOf(findings) },
  };
}
