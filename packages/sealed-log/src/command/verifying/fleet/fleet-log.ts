/** The judgement of one log of a fleet, from the state that the run before has left. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { JsonMembers } from '@evolock/command-line/answer';
import { CommandError, complaintOf, usage } from '@evolock/command-line/errors';
import type { Session } from '@evolock/command-line/session';
import { printable, shellWord, sourceName } from '@evolock/command-line/text';
import { secondsOfDate } from '../../../format/seal.js';
import type { LogVerdictJson } from '../../../words/json.js';
import { moment } from '../../../words/phrases.js';
import { alarmOf, severityOfCode, type Alarm, type Severity } from '../../../words/severity.js';
import { pathsOf, refuseBeside, type GivenPaths } from '../given-files.js';
import { judgedLog, type AskedOfLog, type JudgedLog } from '../judged-log.js';
import { verifierKeyOf } from '../log-options.js';
import { keepState, keptOf } from './kept-state.js';
import type { Fleet, FleetLog, KnownKey } from './fleet-file.js';
import { filesOfPattern, type Listings } from './patterns.js';

/** A log with its verdict, or with the reason why it was not judged. */
export interface FleetVerdict {
  readonly name: string;
  readonly severity: Severity;
  /** Whether it is valid, or what is against it, in one line. */
  readonly words: string;
  readonly alarm?: Alarm | undefined;
  readonly verdict?: LogVerdictJson;
  readonly json: JsonMembers;
}

/** What is the same for all logs of a run. */
export interface FleetRun {
  readonly session: Session;
  readonly fleet: Fleet;
  readonly threads: number | undefined;
  readonly listings: Listings;
}

/** Judges a log. What goes wrong with it is its verdict, and never that of the others. */
export async function judgeOne(run: FleetRun, log: FleetLog): Promise<FleetVerdict> {
  const { name } = log;
  try {
    const { judged, current } = await verdictOf(run, log);
    const { verdict, summary, alarm, json } = judged;
    const { severity } = verdict;
    const known = {
      keyFrom: current && secondsOfDate('from', current.from),
      keyBy: current?.by,
    };
    return {
      name,
      severity,
      words: summary,
      alarm: alarm && { ...alarm, command: withKey(alarm.command, log) },
      verdict,
      json: { name, severity, words: summary, ...known, verdict: json },
    };
  } catch (error) {
    const { exitCode, code, message } = complaintOf(error, run.session.program.failures);
    const severity = severityOfCode(exitCode);
    return {
      name,
      severity,
      words: message,
      alarm: severity === 'missing' ? alarmOf(['no-seal']).alarm : undefined,
      json: { name, severity, words: message, error: { code, message, exitCode } },
    };
  }
}

function withKey(command: string, { key }: FleetLog): string {
  return command.replace('--key KEY', () => `--key ${shellWord(key)}`);
}

async function verdictOf(
  { session, fleet, threads, listings }: FleetRun,
  log: FleetLog,
): Promise<{ readonly judged: JudgedLog; readonly current: KnownKey | undefined }> {
  const given = givenOf(log, listings);
  refuseBeside('--fleet', fleet.path, given);
  const verifierKey = await verifierKeyOf(session, log.key, given, 'key');
  const earlier = await earlierKeys(session, log, given, verifierKey);
  const file = join(fleet.state, `${encodeURIComponent(log.name)}.state`);
  refuseBeside('state', file, given);
  const now = session.context.now();
  const kept = keptOf(file, { verifierKey, logs: given.logs, now });
  const judged = await judgedLog(session, given, verifierKey, {
    ...askedOf(log, given),
    ...(threads !== undefined && { threads }),
    ...(kept.isKnown && { resume: file }),
    isWhole: kept.isWhole,
    isOfMany: true,
  });
  if (judged.state !== undefined) keepState(file, judged, kept);
  const { reasons, seals } = judged.verdict;
  const isOther = reasons.some(({ code }) => code === 'signature') && seals === 0;
  const old = isOther ? await keyThatSigned(session, given, earlier) : undefined;
  const current = log.keys?.at(-1);
  if (old?.until === undefined) return { judged, current };
  const summary = `${judged.summary}; its seals are of the key that counted until ${momentOf(old.until)}, so this is the log before, or an old copy was put here`;
  return { judged: { ...judged, summary }, current };
}

function momentOf(date: Date): string {
  return moment(secondsOfDate('until', date));
}

function askedOf(
  { key: _, keys: __, files: ___, name: ____, ...asked }: FleetLog,
  given: GivenPaths,
): AskedOfLog {
  const cosigned = `${given.logs.at(-1) ?? ''}${COSIGNED}`;
  const hasNote = asked.policy !== undefined && existsSync(cosigned);
  return {
    ...asked,
    // An end is the last act of a thief, and would be valid for ever.
    mustGoOn: asked.ended !== true,
    ...(hasNote && { checkpoint: [cosigned] }),
  };
}

/** What `cosign` writes beside a log. Witnesses signed it, so its place proves nothing and needs to prove nothing. */
const COSIGNED = '.cosigned';

/** The files that are there. A log without any is missing. */
function givenOf({ files }: FleetLog, listings: Listings): GivenPaths {
  const found = files.flatMap((path) => filesOfPattern(path, listings));
  const given = found.filter((path) => !path.endsWith(COSIGNED) && !path.endsWith('.chain'));
  const hasEntries = given.some((path) => !/\.(?:seals|hashes)$/.test(path) && existsSync(path));
  if (!hasEntries)
    throw new CommandError('missing', `no file of the log is there: ${printable(files.join(' '))}`);
  return pathsOf(given, {});
}

/** The keys of the history but the last, which has to be the present one. */
async function earlierKeys(
  session: Session,
  { keys = [] }: FleetLog,
  given: GivenPaths,
  verifierKey: string,
): Promise<KnownKey[]> {
  const texts: KnownKey[] = [];
  for (const each of keys)
    texts.push({ ...each, key: await verifierKeyOf(session, each.key, given, 'keys') });
  const last = texts.pop();
  if (last !== undefined && last.key !== verifierKey)
    throw usage(`keys: the last one is not the present key: ${sourceName(last.key)}`);
  return texts;
}

/** The earlier key that signed the log. */
async function keyThatSigned(
  session: Session,
  given: GivenPaths,
  earlier: readonly KnownKey[],
): Promise<KnownKey | undefined> {
  for (const each of earlier.toReversed()) {
    const { verdict } = await judgedLog(session, given, each.key, { isOfMany: true });
    if (verdict.seals > 0) return each;
  }
  return undefined;
}
