/** The verdict on a log, in words. */
import { checkOptions, wrongType } from '@evolock/direct-serialise/arguments';
import { secondsOfDate } from '../format/seal.js';
import type {
  EntryDifference,
  EntryDifferences,
  Range,
  SealedLogFailure,
  SealedLogReason,
  SealedLogVerdict,
  Witnessed,
} from '../verify/index.js';
import {
  anchoredInWords,
  duration,
  entriesInWords,
  fewNames,
  moment,
  namesInWords,
} from './phrases.js';
import { alarmOf, type Alarm, type Severity } from './severity.js';

/** What the words need besides the verdict. All of it may be left out. */
export interface DescribedLog {
  /** The names of the files of entries, in their order, as they may be shown. */
  readonly files?: readonly string[] | undefined;
  /** The names of files that are older than the log, which were left out: see `countOlderFiles`. */
  readonly olderFiles?: readonly string[] | undefined;
  /** The name of the file of seals, as it may be shown. */
  readonly seals?: string | undefined;
  /** The present time, as given for the verdict. */
  readonly now?: Date | undefined;
  /** Seconds, as given for the verdict. */
  readonly maxAge?: number | undefined;
  /** The number of the first revoked seal, as given for the verdict. */
  readonly revokedFrom?: number | undefined;
  /** The differences of the entries, where they were looked for. */
  readonly differences?: EntryDifferences | undefined;
  /** The names of chains of checkpoints that were not given. */
  readonly missingChains?: readonly string[] | undefined;
}

/** The same, checked: the present time is POSIX seconds. */
interface CheckedLog extends Omit<DescribedLog, 'now'> {
  readonly now: number | undefined;
}

const describedLogNames = [
  'files',
  'olderFiles',
  'seals',
  'now',
  'maxAge',
  'revokedFrom',
  'differences',
  'missingChains',
] as const;

/** How a verdict or a part of it ended. `note`: neither good nor bad, such as what is not proved. */
export type Tone = 'good' | 'bad' | 'note';

/** A part of a verdict in words. */
export interface DescribedPart {
  readonly name: string;
  readonly tone: Tone;
  /** A phrase, without a capital letter and a full stop. */
  readonly words: string;
}

/** A verdict in words: plain data. All words are phrases, without a capital letter and a full stop. */
export interface LogDescription {
  readonly severity: Severity;
  /** What it means to whoever is on call; `undefined` of a valid log. */
  readonly alarm: Alarm | undefined;
  /** `note`: nothing is against the entries that are here, and files can be missing, or not everything is proved. */
  readonly tone: Tone;
  /** Why the log is not valid; `undefined` when nothing is against the entries that are here. */
  readonly failure: string | undefined;
  /** The entries that stand, and until when; `undefined` when none is proved to. */
  readonly stands: string | undefined;
  /** Why the log is not complete. */
  readonly reasons: readonly string[];
  /** Each of `differences`, in its order: its kind, its lines and entries, and when these were sealed. */
  readonly differences: readonly DescribedPart[];
  /** What else is known: entries that were erased, the seals, the longest time between two. */
  readonly facts: readonly DescribedPart[];
  readonly notJudged: readonly string[];
}

/**
 * The verdict on a log, in words.
 *
 * @param verdict - A verdict of `verifySealedLog`.
 * @param log - Names of its files, and what was asked: sentences name them where they are given.
 * @throws `ArgumentError` `ERR_EVOLOCK_ARGUMENT_TYPE` or `ERR_EVOLOCK_ARGUMENT_NAME`.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { verifySealedLog } from '@evolock/sealed-log/verify';
 * import { describeVerdict } from '@evolock/sealed-log/words';
 *
 * const verdict = await verifySealedLog({ verifierKey: 'none', files: [], seals: new Uint8Array() });
 * assert.equal(describeVerdict(verdict).failure, 'NOT proved: the verifier key is not of the form');
 * ```
 */
export function describeVerdict(verdict: SealedLogVerdict, log?: DescribedLog): LogDescription {
  // The check makes a list of `any` of it.
  const { reasons }: SealedLogVerdict = checkVerdict(verdict);
  const given = checkLog(log);
  const { failure } = verdict;
  const { differences } = given;
  const isOpen = differences?.differences.every(canBeFile) === true;
  return {
    ...alarmOf(
      [failure, ...reasons].filter((each) => each !== undefined),
      { files: given.files, isOpen },
    ),
    tone: verdict.result === 'valid' ? 'good' : failure === undefined || isOpen ? 'note' : 'bad',
    failure:
      failure === undefined
        ? undefined
        : differences === undefined
          ? failureInWords(failure, verdict, given)
          : differencesInWords(differences, given),
    stands: standing(verdict, given),
    reasons: reasons.map((reason) => reasonInWords(reason, verdict, given)),
    differences: (differences?.differences ?? []).map((each) => differencePart(each, given)),
    facts: factsOf(verdict),
    notJudged: notJudged(verdict, given),
  };
}

function checkVerdict(verdict: SealedLogVerdict): SealedLogVerdict {
  if (
    typeof verdict !== 'object' ||
    (verdict as unknown) === null ||
    !Array.isArray(verdict.reasons)
  )
    throw wrongType('verdict', 'a verdict of verifySealedLog', verdict);
  return verdict;
}

function checkLog(log: DescribedLog | undefined): CheckedLog {
  const given = checkOptions(log, describedLogNames, 'log');
  for (const name of ['files', 'olderFiles', 'missingChains'] as const)
    if (given[name] !== undefined && !Array.isArray(given[name]))
      throw wrongType(`log.${name}`, 'a list of names', given[name]);
  const { now } = given;
  return { ...given, now: now === undefined ? undefined : secondsOfDate('log.now', now) };
}

/** Whether files can be missing, or entries can be changed, and nothing tells which. */
function isUnknown(failure: SealedLogFailure | undefined): boolean {
  return failure === 'entries' || failure === 'missing-entries';
}

/** Whether a difference can be that of a file that was not given. */
function canBeFile({ kind }: EntryDifference): boolean {
  return kind === 'missing' || kind === 'unmatched';
}

/** The number of sealed entries that are not there, lawfully or not. */
function absentEntries(verdict: SealedLogVerdict): number {
  return verdict.erasedEntries + verdict.expiredEntries + verdict.prunedEntries;
}

/** Of an invalid log, entries that a later seal covers are listed too. */
function absentBelow(size: number, { erased, expired, pruned }: SealedLogVerdict): number {
  return [...erased, ...expired, ...pruned].reduce(
    (sum, [from, to]) => sum + Math.max(0, Math.min(to, size) - from),
    0,
  );
}

/** The entries that stand, and until when the end is proved. */
function standing(verdict: SealedLogVerdict, { now }: CheckedLog): string | undefined {
  const { sealedEntries, lastTime, ended, failure, verifiedFrom } = verdict;
  // Which of the two contents of a fork is the true one is not known.
  if (lastTime === undefined || failure === 'fork') return undefined;
  if (failure !== undefined && sealedEntries === 0) return undefined;
  const absent =
    failure === undefined ? absentEntries(verdict) : absentBelow(sealedEntries, verdict);
  const left = sealedEntries - absent;
  const count =
    absent === 0 ? entriesInWords(sealedEntries) : `${left} of ${entriesInWords(sealedEntries)}`;
  const verb = left === 1 ? 'is as it was' : 'are as they were';
  const since = now === undefined ? 0 : now - lastTime;
  const end = ended
    ? ', when the log ended'
    : failure === undefined && since > 0
      ? `; the time since, ${duration(since)}, is not proved`
      : '';
  const notRead =
    verifiedFrom === undefined
      ? ''
      : ` (the first ${entriesInWords(verifiedFrom)} by an earlier run, and not read again)`;
  return `${count} ${verb} sealed${notRead}, to ${moment(lastTime)}${end}`;
}

/** What differs. A file that was not given is no sign of a change, and of another file it is not known which it is. */
function differencesInWords({ differences, hasMore }: EntryDifferences, log: CheckedLog): string {
  const gaps = differences.filter(({ kind }) => kind === 'missing');
  const unmatched = differences.filter(({ kind }) => kind === 'unmatched');
  const others = differences.filter((each) => !canBeFile(each));
  const inWords = ({ entry, entries }: EntryDifference) =>
    `${entriesInWords(entries)} from entry ${entry} on`;
  const unproved = unmatched.map((each) => {
    const name = fileName(each.file, log);
    if (each.entries === 0)
      return `hardly a line of ${name} was sealed at its place: it is another file, or a copy, or was inserted`;
    return `hardly a line of ${name} was sealed: files are missing, or it is another file, or was changed as a whole: ${inWords(each)}`;
  });
  if (gaps.length > 0) unproved.unshift(`files are missing: ${gaps.map(inWords).join(', ')}`);
  if (others.length === 0) return unproved.join('; ');
  return [`NOT as it was sealed: ${changesInWords(others, hasMore, log)}`, ...unproved].join('; ');
}

/** One line with its place, or how many entries were changed in each way. */
function changesInWords(
  changes: readonly EntryDifference[],
  hasMore: boolean,
  log: CheckedLog,
): string {
  const [first] = changes;
  if (first !== undefined && changes.length === 1 && Math.max(first.entries, first.present) === 1)
    return `${placeInWords(first, fileName(first.file, log))}${first.kind === 'removed' ? ',' : ''} was ${first.kind}`;
  const total = (count: (each: EntryDifference) => number) =>
    changes.reduce((sum, each) => sum + count(each), 0);
  const counts = [
    [total(({ entries, present }) => Math.min(entries, present)), 'changed'],
    [total(({ entries, present }) => Math.max(0, entries - present)), 'removed'],
    [total(({ entries, present }) => Math.max(0, present - entries)), 'inserted'],
  ] as const;
  const words = counts
    .filter(([count]) => count > 0)
    .map(([count, verb]) => `${entriesInWords(count)} ${count === 1 ? 'was' : 'were'} ${verb}`);
  return `${hasMore ? 'at least ' : ''}${words.join(', ')}`;
}

function fileName(file: number, { files = [] }: CheckedLog): string {
  return files[file] ?? `file ${String(file + 1)}`;
}

function differencePart(difference: EntryDifference, log: CheckedLog): DescribedPart {
  const place = placeInWords(difference, fileName(difference.file, log));
  return {
    name: difference.kind,
    tone: canBeFile(difference) ? 'note' : 'bad',
    words: `${place}${sealedInWords(difference)}`,
  };
}

function placeInWords({ kind, entry, entries, present, line }: EntryDifference, name: string) {
  const sealed = numbersInWords('entry', 'entries', entry, entries);
  const lines = numbersInWords('line', 'lines', line, present);
  if (entries === 0) return `${lines} of ${name}`;
  if (kind === 'removed') return `${sealed}, before line ${line} of ${name}`;
  if (kind === 'missing')
    return line === 1
      ? `${sealed}, before ${name}`
      : `${sealed}, after line ${line - 1} of ${name}`;
  return entries === present
    ? `${lines} of ${name} (${sealed})`
    : `${sealed}: in their places ${lines} of ${name}`;
}

function numbersInWords(one: string, several: string, from: number, count: number): string {
  return count === 1 ? `${one} ${from}` : `${several} ${from} to ${from + count - 1}`;
}

function sealedInWords({ entries, sealedAfter, sealedBy }: EntryDifference): string {
  if (entries === 0 || sealedBy === undefined) return '';
  return sealedAfter === undefined
    ? `, sealed by ${moment(sealedBy)}`
    : `, sealed between ${moment(sealedAfter)} and ${moment(sealedBy)}`;
}

/** What is known of a log that is not valid. */
interface FailedFacts {
  readonly at: number | undefined;
  readonly sealedEntries?: number;
  /** The number of seals that are proved. */
  readonly seals?: number | undefined;
}

/** Why a log is invalid. The first seal of another key says only that the log is another one. */
export function failureInWords(
  failure: SealedLogFailure,
  { at, sealedEntries, seals: held }: FailedFacts,
  {
    seals = 'the file of seals',
    revokedFrom = Infinity,
  }: Pick<DescribedLog, 'seals' | 'revokedFrom'> = {},
): string {
  const number = String(at);
  if (failure === 'no-seal' && at !== undefined && revokedFrom <= at)
    return `NOT proved: every seal from ${revokedFrom} on is revoked, and there is none before it`;
  if (failure === 'signature' && held === 0)
    return `NOT proved: the verifier key did not sign seal ${number}: the log was renewed after this key was kept, or it is another log, or forged`;
  const start = sealedEntries === undefined ? 'entries' : `entries from entry ${sealedEntries} on`;
  if (failure === 'entries')
    return `NOT proved: ${start} do not fit seal ${number}: files are missing, or entries were changed, removed or inserted`;
  if (failure === 'missing-entries')
    return `NOT proved: seal ${number} covers more entries than there are: files are missing, or entries were removed`;
  const reasons: Readonly<
    Record<Exclude<SealedLogFailure, 'entries' | 'missing-entries'>, string>
  > = {
    key: 'the verifier key is not of the form',
    'no-seal': `${seals} has no seal ${number}`,
    form: `${seals} has a line in the place of seal ${number} that is no seal`,
    number: `${seals} has another seal in the place of seal ${number}`,
    successor: `seal ${number} names the next key at a wrong place, or a wrong one`,
    signature: `seal ${number} is forged: the key of its number did not sign it`,
    time: `seal ${number} is of an earlier time than the one before`,
    size: `seal ${number} covers fewer entries than the one before`,
    fork: `seal ${number} is another one in a checkpoint: the log was written again`,
  };
  // Where no seal is read, it can be another file.
  const isOfFile = failure === 'key' || failure === 'no-seal' || (failure === 'form' && held === 0);
  return `NOT ${isOfFile ? 'proved' : 'as it was sealed'}: ${reasons[failure]}`;
}

function reasonInWords(
  reason: SealedLogReason,
  verdict: SealedLogVerdict,
  log: CheckedLog,
): string {
  const { lastTime = 0, unsealedEntries = 0, unsealedSince, prunedEntries } = verdict;
  const { now = 0, maxAge = 0, files = [], seals = 'the file of seals', missingChains = [] } = log;
  switch (reason) {
    case 'behind-checkpoint': {
      const who =
        verdict.verifiedFrom === undefined ? 'a checkpoint' : 'an earlier run, or a checkpoint,';
      return `${who} has a later seal: the end was cut, or this is an old copy`;
    }
    case 'end-unproved':
      return 'nothing proves the end: seals that were cut together with their entries are not seen';
    case 'ended':
      return 'the log has ended, and should go on';
    case 'future-time':
      return `the last seal is ${duration(lastTime - now)} after the present time: set the wrong clock right; a sealed time stays, so wait until it has come, or begin a new log`;
    case 'not-ended':
      return 'the log has not ended';
    case 'not-witnessed':
      return 'no given checkpoint of this log has the cosignatures that the policy asks for: where the log is sealed, sealed-log cosign gets them';
    case 'pruned':
      return `${entriesInWords(prunedEntries)} ${prunedEntries === 1 ? 'is' : 'are'} gone from the front, younger than any given retention and not accepted as erased`;
    case 'revoked':
      return revokedInWords(verdict, log);
    case 'too-old':
      return `the last seal is ${duration(now - lastTime)} old, and at most ${duration(maxAge)} is expected: no sealer runs, or the end was cut`;
    case 'torn-entries':
      return `the last line of ${files.at(-1) ?? 'the entries'} has no newline`;
    case 'torn-seals':
      return `the last line of ${seals} has no newline`;
    case 'unsealed-entries':
      return unsealedSince !== undefined && now - unsealedSince > maxAge && lastTime >= now - maxAge
        ? `${entriesInWords(unsealedEntries)} after the last seal, the oldest without a seal for at least ${duration(now - unsealedSince)}, though newer seals were made: nothing proves them, and sealed-log status tells why where the log is sealed`
        : `${entriesInWords(unsealedEntries)} after the last seal: nothing proves them`;
    case 'unverified-checkpoint':
      return missingChains.length === 0
        ? 'a checkpoint does not count: it is of no form, no key of this log signed it, or its seal is revoked'
        : `a checkpoint does not count, and its key is not found: ${chainsInWords(missingChains)}`;
  }
}

/** A log whose seals end before the first revoked one lost nothing by it. */
function revokedInWords({ state }: SealedLogVerdict, { revokedFrom }: CheckedLog): string {
  const words = `seals from ${revokedFrom ?? 'the revoked one'} on prove nothing, since their key was stolen`;
  const isAll = state !== undefined && revokedFrom !== undefined && state.number < revokedFrom;
  return isAll
    ? `${words}; none was left out, since the last seal here is number ${state.number - 1}`
    : `${words}: they were not read`;
}

/** Without a chain the log may have been written again under another key, which the checkpoint would show. */
function chainsInWords(chains: readonly string[]): string {
  const verb = chains.length === 1 ? 'is' : 'are';
  return `${chains.join(', ')} ${verb} missing, and a log that was written again may not be seen: keep each checkpoint with its chain`;
}

function factsOf(verdict: SealedLogVerdict): DescribedPart[] {
  const { seals, firstTime, longestGap, starts, reasons, unsealedEntries = 0 } = verdict;
  const { erased, expired, pruned, hashesWrong } = verdict;
  const part = (tone: Tone, name: string, words: string): DescribedPart => ({ name, tone, words });
  const facts: readonly (DescribedPart | false)[] = [
    erased.length > 0 && part('note', 'erased', rangesInWords(erased, verdict.erasedEntries)),
    expired.length > 0 && part('note', 'expired', rangesInWords(expired, verdict.expiredEntries)),
    pruned.length > 0 && part('note', 'gone', rangesInWords(pruned, verdict.prunedEntries)),
    firstTime !== undefined && part('good', 'seals', `${seals}, since ${moment(firstTime)}`),
    seals > 1 && part('good', 'longest gap', duration(longestGap)),
    starts > 0 && part('good', 'starts', String(starts)),
    verdict.witnessed !== undefined &&
      part('good', 'anchored', anchoredEntries(verdict, verdict.witnessed)),
    unsealedEntries > 0 &&
      !reasons.includes('unsealed-entries') &&
      part('good', 'not sealed yet', entriesInWords(unsealedEntries)),
    hashesWrong && part('note', 'hashes', 'they do not fit the entries, which the seals fit'),
  ];
  return facts.filter((fact) => fact !== false);
}

function anchoredEntries(
  { sealedEntries, unsealedEntries = 0 }: SealedLogVerdict,
  witnessed: Witnessed,
): string {
  const later = sealedEntries - witnessed.size + unsealedEntries;
  const rest = later === 0 ? '' : `; ${later} ${later === 1 ? 'is' : 'are'} not yet`;
  return `entries to ${witnessed.size} are ${anchoredInWords(witnessed)}${rest}`;
}

/** The most ranges that are shown. */
const MOST_RANGES = 10;

function rangesInWords(ranges: readonly Range[], count: number): string {
  const shown = ranges
    .slice(0, MOST_RANGES)
    .map(([from, to]) => (to - from === 1 ? String(from) : `${from} to ${to - 1}`));
  const more = ranges.length > MOST_RANGES ? ', and more' : '';
  const start = count === 1 ? 'entry ' : `${count} entries: `;
  return `${start}${shown.join(', ')}${more} (entries count from 0)`;
}

function notJudged(verdict: SealedLogVerdict, log: CheckedLog): string[] {
  const { failure, sealedEntries, earlierCheckpoints, unverifiedCheckpoints } = verdict;
  const { cosignersNotJudged } = verdict;
  const { differences, olderFiles = [] } = log;
  const words = [
    failure === 'fork' && 'which of the two contents is the true one',
    failure !== undefined &&
      failure !== 'fork' &&
      (sealedEntries === 0 ? 'the entries' : 'what comes after the entries that stand'),
    // Without the first file of a rotated log, no seal over an entry fits.
    isUnknown(failure) &&
      sealedEntries === 0 &&
      differences === undefined &&
      'files before these: if the log was rotated, give all, oldest first',
    olderFiles.length > 0 && olderInWords(olderFiles),
    cosignersNotJudged.length > 0 &&
      `cosignatures by ML-DSA-44 of ${namesInWords(cosignersNotJudged)}`,
    earlierCheckpoints > 0 &&
      `${checkpointsInWords(earlierCheckpoints)} of seals that an earlier run judged`,
    unverifiedCheckpoints > 0 &&
      `${checkpointsInWords(unverifiedCheckpoints)} that ${unverifiedCheckpoints === 1 ? 'does' : 'do'} not count`,
  ];
  return words.filter((each) => each !== false);
}

function olderInWords(names: readonly string[]): string {
  const files = names.length === 1 ? '1 file that is' : `${names.length} files that are`;
  return `${files} older than the first sealed entry: nothing is known of ${fewNames(names)}`;
}

function checkpointsInWords(count: number): string {
  return count === 1 ? '1 checkpoint' : `${count} checkpoints`;
}
