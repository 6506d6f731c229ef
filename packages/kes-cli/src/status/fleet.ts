/** `kes status` of many certificates, the worst first: one that fails does not hide the others. */
import { type Dirent, readdirSync, type Stats, statSync } from 'node:fs';
import { join } from 'node:path';
import { FileError, type KesParameters } from '@evolock/cardano-kes';
import { EvolockError } from '@evolock/kes-sum';
import type { Answer, Json, JsonMembers, Mark } from '../cli/answer.js';
import { CommandError, complaintOf } from '../cli/errors.js';
import { type Session, stdinTwice } from '../cli/session.js';
import { counted, printable, sourceName, STDIN } from '../cli/text.js';
import { checkMetricsName } from '../files/plain-files.js';
import { systemError } from '../files/read.js';
import { refuseExisting, writePublic } from '../files/write.js';
import { type ClockOptions, momentOf, timeInWords } from '../network/clock.js';
import {
  datesWarnings,
  namedNetwork,
  namesNetwork,
  networkOf,
  type NetworkOptions,
} from '../network/network.js';
import {
  type Failed,
  type Finding,
  isFound,
  type NotFound,
  type Watched,
  worstExitCode,
  worstFirst,
} from './finding.js';
import { metricsOf } from './metrics.js';
import { checkDaysOf, type DayLimits, type Result } from './remaining.js';
import { type Report, reportJson, reportOn } from './report.js';

/** The names of certificates in folders. */
const CERTIFICATE_NAME = /\.(?:cert|opcert)$/;

/** A path, and why it cannot be read if that is known. */
interface Place {
  readonly path: string;
  readonly error?: unknown;
}

/** The certificates of files and of folders with all folders below them, each once. */
function certificatesAt(paths: readonly string[]): (Watched | NotFound)[] {
  const places = new Map<string, Place>();
  for (const path of paths) {
    const isFolder = path !== STDIN && statsOf(path)?.isDirectory() === true;
    for (const place of isFolder ? placesIn(path) : [{ path }]) places.set(place.path, place);
  }
  return [...places.values()].map(named);
}

function named({ path, error }: Place): Watched | NotFound {
  const name = sourceName(path);
  const names = { name, source: name };
  return error === undefined ? { ...names, origin: { cert: path } } : { ...names, error };
}

/** `undefined` when the path leads nowhere. Reading it reports why. */
function statsOf(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}

function placesIn(folder: string): Place[] {
  const places = [...placesBelow(folder)];
  if (places.length > 0) return places;
  const words = `${printable(folder)}: no file in it is named *.cert or *.opcert: name the files`;
  return [{ path: folder, error: new CommandError('environment', words) }];
}

function* placesBelow(folder: string): Generator<Place> {
  let entries: Dirent[];
  try {
    entries = readdirSync(folder, { withFileTypes: true });
  } catch (cause) {
    yield { path: folder, error: systemError(folder, cause) };
    return;
  }
  for (const entry of entries.sort((one, other) => (one.name < other.name ? -1 : 1))) {
    if (entry.name.startsWith('.')) continue;
    const path = join(folder, entry.name);
    // A link to a folder is not followed: it may lead back.
    if (entry.isDirectory()) yield* placesBelow(path);
    else if (CERTIFICATE_NAME.test(entry.name)) yield placeAt(path);
  }
}

function placeAt(path: string): Place {
  // Reading a pipe would wait for its writer.
  const isRegular = statsOf(path)?.isFile() ?? true;
  return isRegular ? { path } : { path, error: new FileError('not-regular', path) };
}

/** What is watched, and how. */
interface WatchOptions extends NetworkOptions, ClockOptions, DayLimits {
  readonly genesis?: string | undefined;
  readonly pools?: string | undefined;
  readonly prometheus?: string | undefined;
  readonly json?: boolean;
}

/** The path that means standard output. */
const STDOUT = STDIN;

/** How metrics are written: every run replaces those of the run before, and no other file. */
const METRICS = { force: true, kind: 'metrics' } as const;

/** Judges all certificates, writes their metrics, and shows the worst first. */
export async function statusOfAll(
  session: Session,
  paths: readonly string[],
  options: WatchOptions,
): Promise<Answer> {
  const { prometheus } = options;
  checkTarget(options);
  const findings = await watch(session, paths, options);
  const metrics = metricsOf(findings);
  if (prometheus !== undefined && prometheus !== STDOUT) {
    writePublic(prometheus, Buffer.from(`${metrics.join('\n')}\n`), METRICS);
  }
  // On a terminal the last lines are seen first.
  const shown = session.context.stdout.isTTY === true ? findings.toReversed() : findings;
  return {
    exitCode: worstExitCode(findings),
    json: findingsJson(findings),
    warnings: warningsOf(findings),
    raw: prometheus === STDOUT ? metrics : undefined,
    ...findingsText(shown),
  };
}

/** Before any certificate is read. */
function checkTarget({ prometheus, json = false }: WatchOptions): void {
  if (prometheus === undefined) return;
  if (prometheus !== STDOUT) {
    checkMetricsName('--prometheus', prometheus);
    refuseExisting(prometheus, METRICS.force, METRICS.kind);
  } else if (json) {
    throw new CommandError('usage', '--prometheus - prints metrics: leave --json out');
  }
}

/** A warning about the network is the same for all of its certificates. */
function warningsOf(findings: readonly Finding[]): string[] {
  const all = findings.flatMap((each) => (isFound(each) ? each.report.warnings : []));
  return [...new Set(all)];
}

/** Judges all certificates of the paths and of the list of pools. Returns the worst first. */
async function watch(
  session: Session,
  paths: readonly string[],
  options: WatchOptions,
): Promise<Finding[]> {
  checkStdin([...paths, options.pools, options.genesis]);
  const pools = options.pools === undefined ? [] : await poolsOf(session, options.pools);
  const places = [...certificatesAt(paths), ...pools];
  checkNames(places);
  const judge = new Judge(session, options, await commonNetwork(session, places, options));
  const findings: Finding[] = [];
  for (const place of places) findings.push(await judge.findingOf(place));
  return findings.sort(worstFirst);
}

/** Loads the reader of TOML, which a list of pools alone needs. */
async function poolsOf(session: Session, path: string): Promise<readonly Watched[]> {
  const { readPools } = await import('./pools.js');
  return readPools(session, path);
}

function checkStdin(sources: readonly (string | undefined)[]): void {
  if (sources.filter((source) => source === STDIN).length > 1) throw stdinTwice();
}

/** A name identifies a certificate, in JSON and among metrics. */
function checkNames(places: readonly { readonly name: string }[]): void {
  const names = new Set<string>();
  for (const { name } of places) {
    if (names.has(name)) {
      throw new CommandError('usage', `two certificates are named ${name}: rename one`);
    }
    names.add(name);
  }
}

/** The network of the options. It is not needed when the list states the network of each certificate. */
async function commonNetwork(
  session: Session,
  places: readonly (Watched | NotFound)[],
  options: WatchOptions,
): Promise<KesParameters | undefined> {
  if (places.every((place) => 'network' in place && place.network !== undefined)) return undefined;
  const ofList = places.find((place) => 'network' in place && place.network === undefined);
  if (ofList !== undefined && !namesNetwork(namedNetwork(session, options))) {
    throw new CommandError(
      'usage',
      `${ofList.name}: the list of pools states no network for it: add network = "mainnet" to the list or to the pool, or name the network of all others by --network <name>`,
    );
  }
  const parameters = await networkOf(session, options);
  checkDaysOf(parameters, options);
  // An error of the moment concerns all certificates.
  momentOf(parameters, options, session.context.now());
  return parameters;
}

/** Judges one certificate after the other, all at the same moment. */
class Judge {
  readonly #session: Session;
  readonly #options: WatchOptions;
  readonly #network: KesParameters | undefined;
  readonly #now: Date;

  constructor(session: Session, options: WatchOptions, network: KesParameters | undefined) {
    this.#session = session;
    this.#options = options;
    this.#network = network;
    this.#now = session.context.now();
  }

  /** What is found out about a certificate, or why it is not read. */
  async findingOf(place: Watched | NotFound): Promise<Finding> {
    const { name, source } = place;
    try {
      if ('error' in place) throw place.error;
      return { name, source, report: await this.#reportOn(place) };
    } catch (error) {
      if (!isAboutInput(error)) throw error;
      return { name, source, complaint: complaintOf(error) };
    }
  }

  async #reportOn({ origin, network }: Watched): Promise<Report> {
    const options = { ...this.#options, ...network };
    const parameters =
      network === undefined && this.#network !== undefined
        ? this.#network
        : await networkOf(this.#session, network ?? {});
    checkDaysOf(parameters, options);
    const moment = momentOf(parameters, options, this.#now);
    const inquiry = { source: origin, parameters, moment, limits: options };
    const report = await reportOn(this.#session, inquiry);
    return { ...report, warnings: [...datesWarnings(parameters, options), ...report.warnings] };
  }
}

/** Whether an error is about a certificate, its network or its agent. Any other error is one of the program. */
function isAboutInput(error: unknown): boolean {
  if (error instanceof CommandError || error instanceof EvolockError) return true;
  return typeof (error as { readonly code?: unknown } | null)?.code === 'string';
}

/** All findings for a person, one line each, and a summary. */
function findingsText(findings: readonly Finding[]): Required<Pick<Answer, 'facts' | 'after'>> {
  return {
    facts: findings.map((each) => [each.name, factsOf(each), MARK[resultOf(each)]]),
    after: [summaryInWords(findings)],
  };
}

const MARK: Readonly<Record<Result, Mark>> = {
  valid: 'good',
  warning: 'weak',
  critical: 'critical',
  invalid: 'bad',
};

function resultOf(finding: Finding): Result {
  return isFound(finding) ? finding.report.result : 'invalid';
}

/** The days that are left, the end, the evolution and the network; or why a certificate is not valid, or not read. */
function factsOf(finding: Finding): string {
  if (!isFound(finding)) return `not read: ${reasonOf(finding)}`;
  const { result, checks, parameters, life } = finding.report;
  if (result === 'invalid') {
    return checks
      .filter(({ valid }) => !valid)
      .map(({ words }) => words)
      .join('; ');
  }
  const { evolution, remainingPeriods, days, expiry } = life;
  const left =
    days === undefined
      ? `${counted(remainingPeriods, 'KES period')} after this one`
      : `${days.toFixed(1)} days, to ${timeInWords(expiry.date).slice(0, 10)}`;
  return `${left}, evolution ${evolution.difference}, ${parameters.name}`;
}

/** The message names the file. So does the line, unless the list of pools has another name. */
function reasonOf({ name, source, complaint: { message } }: Failed): string {
  return name === source ? message.replace(`${source}: `, '') : message;
}

/** How many certificates have each result. */
function countsOf(findings: readonly Finding[]) {
  const of = (result: Result) =>
    findings.filter((each) => isFound(each) && each.report.result === result).length;
  return {
    invalid: of('invalid'),
    notRead: findings.filter((each) => !isFound(each)).length,
    critical: of('critical'),
    warning: of('warning'),
    valid: of('valid'),
  };
}

function summaryInWords(findings: readonly Finding[]): string {
  const { invalid, notRead, critical, warning, valid } = countsOf(findings);
  const parts = [
    [invalid, 'not valid'],
    [notRead, 'not read'],
    [critical, 'critical'],
    [warning, 'warning'],
    [valid, 'valid'],
  ] as const;
  const counts = parts.filter(([count]) => count > 0).map(([count, words]) => `${count} ${words}`);
  return `${counted(findings.length, 'certificate')}: ${counts.join(', ')}`;
}

/** All findings for `--json`, in one document. */
function findingsJson(findings: readonly Finding[]): JsonMembers {
  return {
    certificates: findings.map(findingJson),
    summary: {
      exitCode: worstExitCode(findings),
      certificates: findings.length,
      ...countsOf(findings),
    },
  };
}

function findingJson(finding: Finding): Json {
  const { name, source } = finding;
  return isFound(finding)
    ? { name, source, ...reportJson(finding.report) }
    : { name, source, valid: false, result: 'not-read', error: { ...finding.complaint } };
}
