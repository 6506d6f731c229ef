/** `kes status` of many certificates, with metrics: one that fails does not hide the others. */
import type { KesParameters } from '@evolock/cardano-kes';
import { EvolockError } from '@evolock/kes-sum';
import { checkDaysOf, type DayLimits } from '../certificates/remaining.js';
import { reportOn, type Report } from '../certificates/report.js';
import { CommandError, complaintOf } from '../cli/errors.js';
import type { Answer } from '../cli/answer.js';
import { stdinTwice, type Session } from '../cli/session.js';
import { STDIN } from '../cli/text.js';
import { checkMetricsName } from '../files/metrics.js';
import { refuseExisting, writePublic } from '../files/write.js';
import { momentOf, type ClockOptions } from '../network/clock.js';
import {
  datesWarnings,
  namedNetwork,
  namesNetwork,
  networkOf,
  type NetworkOptions,
} from '../network/network.js';
import {
  isFound,
  worstExitCode,
  worstFirst,
  type Finding,
  type NotFound,
  type Watched,
} from './finding.js';
import { certificatesAt } from './folders.js';
import { metricsOf } from './metrics.js';
import { findingsText, findingsJson } from './words.js';

/** What is watched, and how. */
export interface WatchOptions extends NetworkOptions, ClockOptions, DayLimits {
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
