/** The judgement of one log: as a command shows it, and nothing is shown or written yet. */
import { existsSync, statSync } from 'node:fs';
import type { Fact, Json, JsonMembers, MarkedLine } from '@evolock/command-line/answer';
import { usage } from '@evolock/command-line/errors';
import type { Session } from '@evolock/command-line/session';
import { secondsOfDate } from '../../format/seal.js';
import type { ExplainedVerdict } from '../../parallel/judge.js';
import type { Checkpoint, EntryDifferences, SealedLogState } from '../../verify/index.js';
import type { LogVerdictJson } from '../../words/json.js';
import { alarmOf, worstOf, type Alarm, type Severity } from '../../words/severity.js';
import { beyondInWords, erasuresOf } from './erasures.js';
import { notesOf, otherOrderOf, type GivenPaths, type LogPaths } from './given-files.js';
import { askLog, type Answered, type LogOptions } from './log-options.js';
import { policyAt } from './policies.js';
import { wholeOf } from './read.js';
import { stateAt, stateInFiles } from './resuming.js';
import { wordsOf } from './verdict-words.js';

type AnsweredVerdict = Answered<ExplainedVerdict>;

/** Three heartbeats of a sealer, in seconds. */
const USUAL_AGE = 1800;

/** A checkpoint and its chain, in bytes. */
const MOST_NOTE_BYTES = 1 << 16;
const MOST_CHAIN_BYTES = 1 << 26;

/** What is asked of a log. */
export interface AskedOfLog extends Omit<LogOptions, 'key'> {
  readonly checkpoint?: readonly string[];
  /** Seconds, or `none`. */
  readonly maxAge?: number | 'none';
  readonly policy?: string;
  readonly ended?: boolean;
  readonly mustGoOn?: boolean;
  readonly erased?: string;
  /** Seconds. */
  readonly retention?: number;
  readonly revokedFrom?: number;
  /** The file of the state of an earlier run. */
  readonly resume?: string;
  /** Whether everything is read beside what came after that run. */
  readonly isWhole?: boolean;
  readonly isOfMany?: boolean;
}

/** A log that was judged. */
export interface JudgedLog {
  readonly result: readonly MarkedLine[];
  /** The same in one line, without names of files. */
  readonly summary: string;
  readonly facts: readonly Fact[];
  readonly alarm: Alarm | undefined;
  readonly notes: readonly string[];
  readonly verdict: LogVerdictJson;
  readonly json: JsonMembers;
  /** The state to be written, when a state was asked for. */
  readonly state: SealedLogState | undefined;
}

/** Judges a log, whose verifier key is known. */
export async function judgedLog(
  session: Session,
  given: GivenPaths,
  verifierKey: string,
  options: AskedOfLog,
): Promise<JudgedLog> {
  const { checkpoint = [], resume, policy: policyFile, isWhole = false } = options;
  const { from, ...asked } = await askedOf(session, options, given, verifierKey);
  const policy = policyFile === undefined ? undefined : await policyAt(session, policyFile, given);
  const { checkpoints, erased, now, maxAge, revokedFrom } = asked;
  const withoutChain = checkpoint.filter((_, index) => checkpoints[index]?.chain === undefined);
  const isFrontSought =
    resume !== undefined || erased.length > 0 || options.retention !== undefined;
  const ask = (files: GivenPaths, start?: SealedLogState) =>
    askLog(
      session,
      verifierKey,
      files,
      options,
      { verify: asked, policy: policy?.bytes },
      { start, isFrontSought, isOfMany: options.isOfMany },
    );
  const { shown, kept, start } = await answersOf(given, ask, { from, isWhole });
  const { answer, paths } = shown;
  const { verdict, differences, records } = answer;
  const { state } = kept.answer.verdict;
  const beyond =
    verdict.failure === undefined
      ? beyondInWords(erased, verdict.sealedEntries, revokedFrom)
      : undefined;
  const described = { paths, now, maxAge, revokedFrom, withoutChain };
  const { result, summary, facts, alarm, json } = wordsOf(answer, described);
  const whole = beyond === undefined ? json : withReason(json, 'erased-beyond', beyond);
  return {
    result: beyond === undefined ? result : [...result, { mark: 'weak', words: beyond }],
    summary: [...summary, ...(beyond === undefined ? [] : [beyond])].join('; '),
    facts,
    alarm: alarm ?? alarmOf(codesOf(whole), { files: paths.logs }).alarm,
    notes: notesOf(paths),
    verdict: whole,
    json: {
      ...membersOf(whole),
      verifierKey,
      now: secondsOfDate('now', now),
      maxAge,
      olderFiles: paths.older.length === 0 ? undefined : [...paths.older],
      ...differencesJson(differences ?? {}, paths),
      erasureRecords: recordsJson(records),
    },
    state: state && stateInFiles(state, start, kept.skipped),
  };
}

/**
 * What a log answers from the state of an earlier run, and as a whole when that is asked, or when the state says nothing. The worse
 * of two is shown. The state of the whole knows nothing of what was seen before.
 */
async function answersOf(
  given: GivenPaths,
  ask: (files: GivenPaths, start?: SealedLogState) => Promise<AnsweredVerdict>,
  { from, isWhole }: { readonly from: SealedLogState | undefined; readonly isWhole: boolean },
): Promise<{
  readonly shown: AnsweredVerdict;
  readonly kept: AnsweredVerdict;
  /** The state from which the kept one went on. */
  readonly start: SealedLogState | undefined;
}> {
  const resumed = from && (await ask(given, from));
  const isRead = resumed !== undefined && !isOfEntries(resumed, given);
  if (isRead && !isWhole) return { shown: resumed, kept: resumed, start: from };
  const whole = await inBestOrder(await ask(given), ask);
  if (!isRead) return { shown: whole, kept: whole, start: undefined };
  const shown = isToldByWhole(severityOfAnswer(whole), severityOfAnswer(resumed)) ? whole : resumed;
  return { shown, kept: resumed, start: from };
}

/** The whole has all entries that were changed; what came after a state knows what was there before. */
function isToldByWhole(whole: Severity, resumed: Severity): boolean {
  if (whole === resumed) return whole === 'none' || whole === 'changed';
  return worstOf([whole, resumed]) === whole;
}

function severityOfAnswer({ answer }: AnsweredVerdict): Severity {
  const { failure, reasons } = answer.verdict;
  return alarmOf(failure === undefined ? reasons : [failure, ...reasons]).severity;
}

function recordsJson(records: AnsweredVerdict['answer']['records']): Json | undefined {
  if (records.length === 0) return undefined;
  return records.map((each) => ({ ...each, entries: each.entries.map((range) => [...range]) }));
}

function codesOf({ reasons }: LogVerdictJson): string[] {
  return reasons.map(({ code }) => code);
}

/** Interfaces have no index signature. */
function membersOf(json: LogVerdictJson): JsonMembers {
  return json as unknown as JsonMembers;
}

/** The JSON of a verdict to which the command has one more reason. */
function withReason(json: LogVerdictJson, code: string, message: string): LogVerdictJson {
  const reasons = [...json.reasons, { code, message }];
  reasons.sort((one, other) => (one.code < other.code ? -1 : 1));
  const { severity } = alarmOf(codesOf({ ...json, reasons }));
  return { ...json, result: 'incomplete', severity, reasons };
}

/** What the options ask of a log. */
async function askedOf(
  session: Session,
  options: AskedOfLog,
  paths: LogPaths,
  verifierKey: string,
) {
  const { checkpoint = [], maxAge = USUAL_AGE, ended, mustGoOn, resume, revokedFrom } = options;
  if (ended === true && mustGoOn === true)
    throw usage('--ended and --must-go-on exclude each other');
  const { erased: given } = options;
  const erased = given === undefined ? [] : await erasuresOf(session, given, paths);
  const checkpoints: Checkpoint[] = [];
  for (const file of checkpoint) checkpoints.push(await checkpointAt(session, file));
  return {
    checkpoints,
    now: session.context.now(),
    maxAge: maxAge === 'none' ? undefined : maxAge,
    retention: options.retention,
    mustEnd: ended,
    mustGoOn,
    erased,
    revokedFrom,
    from:
      resume === undefined
        ? undefined
        : await stateAt(session, resume, verifierKey, erased, revokedFrom),
  };
}

/**
 * Whether a run that went on from a state found wrong entries. The files can have changed lawfully before them, and the place is of
 * all files: everything is read then.
 */
function isOfEntries({ answer }: AnsweredVerdict, { logs }: GivenPaths): boolean {
  const { failure } = answer.verdict;
  const isOne = failure === 'entries' || failure === 'missing-entries';
  // A pipe was read to its end.
  return isOne && logs.every((path) => statSync(path).isFile());
}

/** Of numbered files the other order is tried: in the right one more seals hold, also of a log that was changed. */
async function inBestOrder(
  first: AnsweredVerdict,
  ask: (files: GivenPaths) => Promise<AnsweredVerdict>,
): Promise<AnsweredVerdict> {
  const { verdict, differences } = first.answer;
  const { logs, older, notes } = first.paths;
  const all = { ...first.paths, logs: [...older, ...logs] };
  const others = verdict.result === 'invalid' ? otherOrderOf(all) : undefined;
  if (others === undefined) return first;
  const again = await ask({ ...others, notes: [] });
  const { seals } = again.answer.verdict;
  const isBetter =
    seals === verdict.seals
      ? changesIn(again.answer.differences) < changesIn(differences)
      : seals > verdict.seals;
  return isBetter ? { ...again, paths: { ...again.paths, notes } } : first;
}

/** How many entries differ, where it is known. */
function changesIn(found: EntryDifferences | undefined): number {
  if (found === undefined || found.hasMore) return Infinity;
  return found.differences.reduce(
    (sum, { entries, present }) => sum + Math.max(entries, present),
    0,
  );
}

function differencesJson(
  { differences = [], hasMore }: Partial<EntryDifferences>,
  { logs }: LogPaths,
): JsonMembers {
  if (hasMore === undefined) return {};
  return {
    differences: differences.map(({ file, text, ...each }) => ({
      ...each,
      file: logs[file],
      text: text && Buffer.from(text).toString(),
    })),
    hasMoreDifferences: hasMore,
  };
}

async function checkpointAt(session: Session, file: string): Promise<Checkpoint> {
  // As bytes: only these show whether it is UTF-8.
  const note = await wholeOf(session, file, MOST_NOTE_BYTES);
  const chain = `${file}.chain`;
  if (!existsSync(chain)) return { note };
  return { note, chain: (await wholeOf(session, chain, MOST_CHAIN_BYTES)).toString() };
}
