/** `sealed-log verify`. */
import { existsSync, statSync } from 'node:fs';
import type { Answer, Json, JsonMembers } from '@evolock/command-line/answer';
import type { Definition } from '@evolock/command-line/command';
import { CHECKED, ExitCode, usage } from '@evolock/command-line/errors';
import { timeInOption, wholeNumber } from '@evolock/command-line/option-values';
import type { Session } from '@evolock/command-line/session';
import { writeDurably } from '@evolock/direct-serialise-io/files';
import { secondsOfDate } from '../../format/seal.js';
import type { ExplainedVerdict } from '../../parallel/judge.js';
import type { Checkpoint, EntryDifferences, SealedLogState } from '../../verify/index.js';
import { beyondInWords, erasuresOf } from './erasures.js';
import { askLog, verifierKeyOf, LOG_TERMS, type Answered, type LogOptions } from './log-options.js';
import {
  notesOf,
  otherOrderOf,
  pathsOf,
  refuseBeside,
  ROTATED,
  type GivenPaths,
  type LogPaths,
} from './given-files.js';
import { policyAt, POLICY } from './policies.js';
import { wholeOf } from './read.js';
import { stateAt, stateInFiles } from './resuming.js';
import type { LogVerdictJson } from '../../words/json.js';
import { alarmOf, severityCodes } from '../../words/severity.js';
import { alarmFacts, wordsOf } from './verdict-words.js';

type AnsweredVerdict = Answered<ExplainedVerdict>;

/** Three heartbeats of a sealer, in seconds. */
const USUAL_AGE = 1800;

/** A checkpoint and its chain, in bytes. */
const MOST_NOTE_BYTES = 1 << 16;
const MOST_CHAIN_BYTES = 1 << 26;

interface Options extends LogOptions {
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
  readonly resume?: string;
}

export const verifyCommand: Definition = {
  text: `
    Verifies a sealed log, with its verifier key and nothing secret. Give the files of entries in their order, the live one last, or as a shell lists them (audit.log*): when the live one, which has its seals beside it, is not the last, the others are ordered by the times of their last changes, and files that have no entries are left out. Who took the machine can write everything beside the log, so the verifier key and checkpoints come from elsewhere: keep them on another machine, and verify there. The log is valid when every seal is, and the last one is young enough, or an end. The exit code tells whoever is on call what it is: 1 when something was changed or forged, 5 when entries or seals are missing, or the log is silent, 4 when not everything is proved.

    <log...>               the files of entries, oldest first
    --checkpoint <file>    a checkpoint that was kept elsewhere, with FILE.chain if it is there; may be repeated
    --max-age <time>       the greatest age of the last seal, like 90s, 5m, 2h or 7d: 30m when absent, three heartbeats of a sealer; none for a copy that does not grow, whose end is then not judged
    --ended                the log has to have ended
    --must-go-on           the log must not have ended: else the last act of a thief, an end, is valid for ever
    --erased <erasures>    erasures that are accepted: ranges like 4-6,9 (the entries 4, 5 and 9), or a file with a range and a text on each line, which is not beside the log
    --retention <time>     how long entries are kept, like 400d: those gone from the front that were sealed before are no fault
    --revoked-from <seal>  the number of the key in the oldest copy that was stolen: seals from it on prove nothing
    --resume <file>        go on where the last run ended, by a file that this command writes; what was verified before is not read again

    # Was it changed, and is it still being sealed?
    $ sealed-log verify audit.log --key /mnt/safe/audit.vkey
    # Files that were rotated, and a checkpoint from another machine
    $ sealed-log verify audit.log --rotated 'audit.log.*' --key /mnt/safe/audit.vkey --checkpoint /mnt/safe/audit.checkpoint
    # Entries that witnesses saw: the checkpoint is what sealed-log cosign writes
    $ sealed-log verify audit.log --key /mnt/safe/audit.vkey --checkpoint /mnt/safe/audit.cosigned --policy /mnt/safe/witnesses
    # A file of a finished job
    $ sealed-log verify job.log --key /mnt/safe/job.vkey --ended`,
  values: {
    maxAge: ageInOption,
    checkpoint: oneMore,
    retention: secondsInOption,
    revokedFrom: wholeNumber,
  },
  options: [POLICY, LOG_TERMS, ROTATED],
  exitCodes: [...CHECKED, ExitCode.incomplete, ExitCode.missing],
  work: verify,
};

function oneMore(text: string, before: unknown): string[] {
  return [...((before as string[] | undefined) ?? []), text];
}

function ageInOption(text: string): number | 'none' {
  return text === 'none' ? text : secondsInOption(text);
}

function secondsInOption(text: string): number {
  return Math.ceil(timeInOption(text));
}

async function verify(
  session: Session,
  logs: readonly string[],
  options: Options,
): Promise<Answer> {
  const { checkpoint = [], resume, policy: policyFile } = options;
  const given = pathsOf(logs, options);
  const verifierKey = await verifierKeyOf(session, options.key, given);
  if (resume !== undefined) refuseBeside('--resume', resume, given);
  const { from, ...asked } = await askedOf(session, options, given, verifierKey);
  const policy = policyFile === undefined ? undefined : await policyAt(session, policyFile, given);
  const { checkpoints, erased } = asked;
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
      { start, isFrontSought },
    );
  const resumed = from && (await ask(given, from));
  const isRead = resumed !== undefined && !isOfEntries(resumed, given);
  const { answer, paths, skipped } = isRead ? resumed : await inBestOrder(await ask(given), ask);
  const { verdict, differences, records } = answer;
  const { state } = verdict;
  if (resume !== undefined && state !== undefined)
    writeDurably(
      resume,
      Buffer.from(`${JSON.stringify(stateInFiles(state, isRead ? from : undefined, skipped))}\n`),
      { replace: true, secret: false },
    );
  const beyond =
    verdict.failure === undefined ? beyondInWords(erased, verdict.sealedEntries) : undefined;
  const { now, maxAge, revokedFrom } = asked;
  const described = { paths, now, maxAge, revokedFrom, withoutChain };
  const { result: lines, facts, alarm, json } = wordsOf(answer, described);
  const whole = beyond === undefined ? json : withReason(json, 'erased-beyond', beyond);
  const meant = alarm ?? alarmOf(codesOf(whole), paths.logs).alarm;
  return {
    result: beyond === undefined ? lines : [...lines, { mark: 'weak', words: beyond }],
    facts: [...facts, ...alarmFacts(meant, options.key)],
    warnings: notesOf(paths),
    json: {
      ...membersOf(whole),
      verifierKey,
      now: secondsOfDate('now', now),
      maxAge,
      olderFiles: paths.older.length === 0 ? undefined : [...paths.older],
      ...differencesJson(differences ?? {}, paths),
      erasureRecords: recordsJson(records),
    },
    exitCode: severityCodes[whole.severity],
  };
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
async function askedOf(session: Session, options: Options, paths: LogPaths, verifierKey: string) {
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
