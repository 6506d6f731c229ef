/** `sealed-log verify --fleet`: many logs, one line for each. */
import { availableParallelism } from 'node:os';
import type { Answer, Fact, Mark, MarkedLine } from '@evolock/command-line/answer';
import { Progress } from '@evolock/command-line/progress';
import { Session } from '@evolock/command-line/session';
import { counted, printable } from '@evolock/command-line/text';
import { secondsOfDate } from '../../../format/seal.js';
import { severityCodes, worstOf, type Severity } from '../../../words/severity.js';
import { checkMetricsFile, writeMetrics } from '../metrics-file.js';
import { readFleet, type Fleet } from './fleet-file.js';
import { judgeOne, type FleetRun, type FleetVerdict } from './fleet-log.js';
import { fleetMetrics } from './fleet-metrics.js';

/** How the line of a log begins, and how logs are counted; the worst last. */
const GROUPS: Readonly<Record<Severity, readonly [mark: Mark, counted: string]>> = {
  none: ['good', 'valid'],
  usage: ['unknown', 'not asked rightly'],
  refused: ['unknown', 'not judged'],
  unproved: ['weak', 'not all proved'],
  missing: ['critical', 'missing'],
  changed: ['bad', 'changed'],
};

const SEVERITIES = Object.keys(GROUPS) as Severity[];

export async function verifyFleet(
  session: Session,
  path: string,
  options: { readonly prometheus: string | undefined; readonly threads: number | undefined },
): Promise<Answer> {
  const { prometheus, threads } = options;
  if (prometheus !== undefined) checkMetricsFile(prometheus);
  const fleet = await readFleet(session, path);
  const verdicts = await allOf(session, fleet, threads);
  verdicts.sort((one, other) => rankOf(one) - rankOf(other));
  const now = secondsOfDate('now', session.context.now());
  if (prometheus !== undefined) writeMetrics(prometheus, fleetMetrics(verdicts, now));
  const severity = worstOf(verdicts.map((each) => each.severity));
  const counts = SEVERITIES.map((each) => ({
    severity: each,
    count: verdicts.filter((verdict) => verdict.severity === each).length,
  }));
  const words = counts
    .filter(({ count }) => count > 0)
    .map((each) => `${each.count} ${GROUPS[each.severity][1]}`);
  return {
    result: verdicts.map(lineOf),
    facts: alarmsOf(verdicts),
    after: [`${counted(verdicts.length, 'log')}: ${words.join(', ')}`],
    json: {
      kind: 'fleet',
      severity,
      now,
      counts: Object.fromEntries(counts.map((each) => [each.severity, each.count])),
      logs: verdicts.map(({ json }) => json),
    },
    exitCode: severityCodes[severity],
  };
}

function rankOf({ severity }: FleetVerdict): number {
  return SEVERITIES.indexOf(severity);
}

/** The verdicts in the order of the list. As many logs as there are cores are judged at once. */
async function allOf(
  session: Session,
  fleet: Fleet,
  threads: number | undefined,
): Promise<FleetVerdict[]> {
  const { context, program, args } = session;
  // Many logs at once would write over the lines of each other.
  const quiet = new Session(program, args, { ...context, stderr: { write: () => undefined } });
  const progress = new Progress(context, 'logs', fleet.logs.length);
  const run: FleetRun = { session: quiet, fleet, threads, listings: new Map() };
  const verdicts: FleetVerdict[] = [];
  const rest = fleet.logs.entries();
  const work = async () => {
    for (const [index, log] of rest) {
      verdicts[index] = await judgeOne(run, log);
      progress.read(1);
      progress.advance(1);
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  progress.clear();
  return verdicts;
}

function lineOf({ name, severity, words }: FleetVerdict): MarkedLine {
  return { mark: GROUPS[severity][0], words: `${printable(name)}: ${printable(words)}` };
}

/** What each kind of alarm means to whoever is on call, and what to look at with which command. */
function alarmsOf(verdicts: readonly FleetVerdict[]): Fact[] {
  const told = new Set<string>();
  return verdicts.flatMap(({ name, alarm }): Fact[] => {
    if (alarm === undefined) return [];
    const says: Fact[] = told.has(alarm.says) ? [] : [['on call', alarm.says]];
    told.add(alarm.says);
    return [...says, [printable(name), `${alarm.lookAt}: ${alarm.command}`]];
  });
}
