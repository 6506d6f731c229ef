/** `kes status`: of one certificate, or of many, the worst first: one that fails does not hide the others. */
import { type Dirent, existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { KesParameters } from '@evolock/cardano-headers';
import { FileError } from '@evolock/cardano-kes/all';
import { exitCodeOf, type Answer, type JsonMembers } from '@evolock/command-line/answer';
import type { Definition } from '@evolock/command-line/command';
import {
  CHECKED,
  CommandError,
  type Complaint,
  ExitCode,
  usage,
} from '@evolock/command-line/errors';
import { type Session, stdinTwice } from '@evolock/command-line/session';
import { systemError } from '@evolock/command-line/system-error';
import { counted, printable, sourceName, STDIN } from '@evolock/command-line/text';
import { periodsInWords } from '../certificates/certificate.js';
import { ON_CHAIN } from '../certificates/on-chain.js';
import { complaintOf, EndsSoon, ifPossible } from '../errors.js';
import { CLOCK, momentOf, timeInWords } from '../network/clock.js';
import { namedNetwork, namesNetwork, NETWORK } from '../network/network.js';
import { certificateMetrics, checkMetricsFile, writeMetrics } from './metrics.js';
import type { Watched } from './pools.js';
import {
  checkSource,
  EXIT_CODE_OF,
  type CertificateReport,
  reportAnswer,
  reportJson,
  reportOn,
  type SourceNames,
  statusNetwork,
  type StatusOptions,
  type StatusSource,
} from './report.js';

interface Options extends StatusOptions, StatusSource {
  readonly pools?: string;
  readonly prometheus?: string;
  readonly quiet?: boolean;
  readonly json?: boolean;
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
    --quiet                  print nothing when all are valid (exit code 0): for cron, which mails what is printed

    # Now
    $ kes status --cert node.cert --network mainnet
    # Can a node use this signing key with the certificate?
    $ kes status --cert node.cert --skey kes.skey --network mainnet
    # At a slot of another network
    $ kes status --cert node.cert --genesis shelley-genesis.json --slot 5000000
    # On Christmas Eve
    $ kes status --cert node.cert --network preprod --at 2026-12-24
    # Does the network accept the numbers of certificate and counter?
    $ kes status --cert node.cert --network mainnet --counter cold.counter --on-chain pool1qqqq3zyy.on-chain.json
    # In a crontab: a mail when less than 14 days are left, or when something is wrong
    $ kes status --quiet --warn-days 14 --agent-control /run/kes-agent/control.socket --network mainnet
    # The key that an agent holds
    $ kes status --agent-control /run/kes-agent/control.socket --network mainnet
    # All certificates of a folder; exit code 10 or 11 when one ends soon
    $ kes status certs/ --network mainnet --warn-days 14 --crit-days 7
    # A list of pools, with metrics for node_exporter
    $ kes status --pools pools.toml --prometheus /var/lib/prometheus/node-exporter/kes.prom`,
  options: [ON_CHAIN, CLOCK, ...NETWORK],
  exitCodes: [...CHECKED, EndsSoon.warning, EndsSoon.critical],
  work: async (session: Session, paths: readonly string[], options: Options) => {
    const { warnDays = Infinity, critDays = 0, pools, quiet = false, json = false } = options;
    if (quiet && json) throw usage('--quiet prints nothing when all are valid: leave --json out');
    if (critDays >= warnDays) throw usage('--crit-days must be less than --warn-days');
    const areMany = paths.length > 0 || pools !== undefined;
    const answer = await (areMany
      ? statusOfMany(session, paths, options)
      : statusOfOne(session, options));
    return quiet && exitCodeOf(answer) === ExitCode.valid ? SILENCE : answer;
  },
};

/** Nothing is printed. */
const SILENCE: Answer = { raw: [], json: {}, exitCode: ExitCode.valid };

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
  const network = await statusNetwork(session, options);
  return reportAnswer(
    await reportOn(session, options, options, { network, now: session.context.now() }),
  );
}

const OF_ONE = ['cert', 'skey', 'agentControl', 'coldVkey', 'counter'] as const;

const STDOUT = STDIN;

async function statusOfMany(
  session: Session,
  paths: readonly string[],
  options: Options,
): Promise<Answer> {
  const { prometheus } = options;
  if (OF_ONE.some((name) => options[name] !== undefined)) {
    throw usage(
      'paths and --pools are for many certificates: --cert, --agent-control and the options about one of them cannot be given beside',
    );
  }
  const { onChain } = options;
  if (onChain !== undefined && (onChain === STDIN || !existsSync(onChain))) {
    throw usage(
      `--on-chain ${sourceName(onChain)}: for many certificates, give the file of cardano-cli query protocol-state, which has the numbers of all pools`,
    );
  }
  checkTarget(options);
  const outcomes = await outcomesOf(session, paths, options);
  const metrics = certificateMetrics(outcomes);
  if (prometheus !== undefined && prometheus !== STDOUT) {
    writeMetrics(prometheus, metrics);
  }
  // On a terminal the last lines are seen first.
  const shown = session.context.stdout.isTTY === true ? outcomes.toReversed() : outcomes;
  // A warning about the network is the same for all of its certificates.
  const warnings = new Set(outcomes.flatMap(({ report }) => report?.warnings ?? []));
  const counts = Object.entries(GROUPS).map(([name, [words]]) => {
    const count = outcomes.filter(({ group }) => group === name).length;
    return { name, words: count === 0 ? [] : [`${count} ${words}`], count };
  });
  const summary = counts.flatMap(({ words }) => words).join(', ');
  const exitCode = outcomes[0]?.exitCode ?? ExitCode.environment;
  return {
    exitCode,
    json: {
      certificates: outcomes.map(({ json }) => json),
      summary: {
        exitCode,
        certificates: outcomes.length,
        ...Object.fromEntries(counts.map(({ name, count }) => [name, count])),
      },
    },
    warnings: [...warnings],
    raw: prometheus === STDOUT ? metrics : undefined,
    facts: shown.map(({ name, words, group }) => [name, words, GROUPS[group][1]]),
    after: [`${counted(outcomes.length, 'certificate')}: ${summary}`],
  };
}

function checkTarget({ prometheus, json = false, quiet = false }: Options): void {
  if (prometheus === undefined) return;
  if (prometheus === STDOUT && quiet)
    throw usage('--prometheus - prints metrics: leave --quiet out');
  if (prometheus === STDOUT && json) throw usage('--prometheus - prints metrics: leave --json out');
  if (prometheus !== STDOUT) checkMetricsFile(prometheus);
}

/** Judges all certificates of the paths and of the list of pools, all at the same moment. Returns the worst first. */
async function outcomesOf(
  session: Session,
  paths: readonly string[],
  options: Options,
): Promise<Outcome[]> {
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
  const outcomes: Outcome[] = [];
  for (const place of places) {
    const { origin, network } = place;
    try {
      if ('error' in origin) throw origin.error;
      const known = { now, network: network === undefined ? common : undefined };
      const report = await reportOn(session, origin, { ...options, ...network }, known);
      outcomes.push(outcomeOf(place, report));
    } catch (error) {
      // Errors of the commands, of the libraries and of the system have a code. Any other is one of the program.
      if (typeof (error as { readonly code?: unknown } | null)?.code !== 'string') throw error;
      outcomes.push(unread(place, complaintOf(error)));
    }
  }
  return outcomes.sort(worstFirst);
}

const CERTIFICATE_NAME = /\.(?:cert|opcert)$/;

/** The certificates of files and of folders with all folders below them, each once. */
function certificatesAt(paths: readonly string[]): Watched[] {
  const places = new Map<string, Watched>();
  for (const path of paths) {
    // A path that leads nowhere is read like a file, which reports why.
    const isFolder = path !== STDIN && ifPossible(() => statSync(path))?.isDirectory() === true;
    const found = isFolder ? [...certificatesBelow(path)] : [watched(path)];
    const words = `${printable(path)}: no file in it is named *.cert or *.opcert: name the files`;
    const none = watched(path, { error: new CommandError('environment', words) });
    for (const place of found.length === 0 ? [none] : found) places.set(place.name, place);
  }
  return [...places.values()];
}

function watched(path: string, origin: Watched['origin'] = { cert: path }): Watched {
  const name = sourceName(path);
  return { name, source: name, origin };
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
      const isRegular = ifPossible(() => statSync(path))?.isFile() ?? true;
      yield isRegular
        ? watched(path)
        : watched(path, { error: new FileError('not-regular', path) });
    }
  }
}

/** A name identifies a certificate, in JSON and among metrics. */
function checkNames(places: readonly Watched[]): void {
  const names = new Set<string>();
  for (const { name } of places) {
    if (names.has(name)) throw usage(`two certificates are named ${name}: rename one`);
    names.add(name);
  }
}

/** The network of the options. It is not needed when the list states the network of each certificate. */
async function commonNetwork(
  session: Session,
  places: readonly Watched[],
  options: Options,
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

const SEVERITY: readonly ExitCode[] = [
  ExitCode.valid,
  EndsSoon.warning,
  EndsSoon.critical,
  ExitCode.usage,
  ExitCode.environment,
  ExitCode.invalid,
];

/** Sorts the worst first: not valid, not read, then by the life that is left. Equals keep their order. */
function worstFirst(one: Outcome, other: Outcome): number {
  const severity = ({ exitCode }: Outcome) => SEVERITY.indexOf(exitCode);
  return severity(other) - severity(one) || one.left - other.left || 0;
}

/** The words and the marks of outcomes, the worst first. The names are those of JSON. */
const GROUPS = {
  invalid: ['not valid', 'bad'],
  notRead: ['not read', 'bad'],
  critical: ['critical', 'critical'],
  warning: ['warning', 'weak'],
  valid: ['valid', 'good'],
} as const;

interface Outcome {
  readonly name: string;
  readonly group: keyof typeof GROUPS;
  readonly exitCode: ExitCode;
  /** Days; without dates KES periods: they are of one network. */
  readonly left: number;
  readonly words: string;
  readonly json: JsonMembers;
  readonly report?: CertificateReport;
}

/** The days that are left, the end, the evolution and the network; or why a certificate is not valid. */
function outcomeOf({ name, source }: Watched, report: CertificateReport): Outcome {
  const { result, checks, parameters, life } = report;
  const { period, evolution, remainingPeriods, remainingDays: days, expiry } = life;
  const failed = checks.filter(({ valid }) => !valid);
  const left =
    days === undefined
      ? `${counted(remainingPeriods, 'KES period')} after this one`
      : `${days.toFixed(1)} days, to ${timeInWords(expiry.date).slice(0, 10)}`;
  return {
    name,
    group: result,
    exitCode: EXIT_CODE_OF[result],
    left: days ?? remainingPeriods,
    words:
      result === 'invalid'
        ? failed.map(({ words }) => words).join('; ')
        : `${left}, ${periodsInWords(period, evolution.difference)}, ${parameters.name}`,
    json: { name, source, ...reportJson(report) },
    report,
  };
}

function unread({ name, source }: Watched, complaint: Complaint): Outcome {
  // The message names the file. So does the line, unless the list of pools has another name.
  const { message, exitCode } = complaint;
  return {
    name,
    group: 'notRead',
    exitCode,
    left: 0,
    words: `not read: ${name === source ? message.replace(`${source}: `, '') : message}`,
    json: { name, source, valid: false, result: 'not-read', error: { ...complaint } },
  };
}
