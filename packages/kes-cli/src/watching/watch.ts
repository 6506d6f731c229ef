/** `kes status` of many certificates: one that fails does not hide the others. */
import type { KesParameters } from '@evolock/cardano-kes';
import { EvolockError } from '@evolock/kes-sum';
import { checkDaysOf, type DayLimits } from '../certificates/remaining.js';
import { reportOn, type Report } from '../certificates/report.js';
import { CommandError, complaintOf } from '../cli/errors.js';
import { stdinTwice, type Session } from '../cli/session.js';
import { STDIN } from '../cli/text.js';
import { momentOf, type ClockOptions } from '../network/clock.js';
import { datesWarnings, namesNetwork, networkOf, type NetworkOptions } from '../network/network.js';
import { worstFirst, type Finding } from './finding.js';
import { certificatesAt } from './folders.js';
import type { NotFound, Watched } from './watched.js';

/** What is watched, and how. */
export interface WatchOptions extends NetworkOptions, ClockOptions, DayLimits {
  readonly genesis?: string | undefined;
  readonly pools?: string | undefined;
}

/** Judges all certificates of the paths and of the list of pools. Returns the worst first. */
export async function watch(
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
  if (ofList !== undefined && !namesNetwork(options)) {
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
