/** The verdict on a log, in words for its operator. */
import type { Answer, Fact, MarkedLine } from '@evolock/command-line/answer';
import { counted, printable, sourceName } from '@evolock/command-line/text';
import { readVerifierKey } from '../../format/key.js';
import type { ExplainedVerdict } from '../../parallel/judge.js';
import type {
  EntryDifference,
  EntryDifferences,
  Range,
  SealedLogFailure,
  SealedLogReason,
  SealedLogState,
  SealedLogVerdict,
} from '../../verify/index.js';
import type { LogPaths } from './given-files.js';

/** What was asked about the log. */
interface Asked {
  readonly paths: LogPaths;
  readonly verifierKey: string;
  readonly now: number;
  readonly maxAge: number | undefined;
  readonly from: SealedLogState | undefined;
  /** Checkpoints that have no chain beside them. */
  readonly withoutChain: readonly string[];
}

/** What was changed, what stands and until when, what is missing, and what was not judged. */
export function wordsOf(
  { verdict, differences }: ExplainedVerdict,
  asked: Asked,
): Pick<Answer, 'result' | 'facts'> {
  const { failure, at, reasons } = verdict;
  const logs = asked.paths.logs.map(sourceName).join(' ');
  const failed: MarkedLine[] = [];
  if (failure !== undefined) {
    const words =
      differences === undefined
        ? failureInWords(failure, at, asked, verdict.sealedEntries)
        : differencesInWords(differences, asked);
    failed.push({ mark: 'bad', words: `${logs}: ${words}` });
  }
  const missing = reasons.map((reason): MarkedLine => {
    return { mark: 'weak', words: reasonInWords(reason, verdict, asked) };
  });
  const what = failed.length === 0 ? logs : 'before it';
  return {
    result: [...failed, ...standing(verdict, what, asked), ...missing],
    facts: [
      ...(differences === undefined ? [] : differenceFacts(differences, asked)),
      ...factsOf(verdict),
      ...notJudged(verdict, differences, asked),
    ],
  };
}

/** The entries that stand, and until when the end is proved. */
function standing(verdict: SealedLogVerdict, what: string, { now }: Asked): MarkedLine[] {
  const { sealedEntries, prunedEntries, lastTime, ended, endUnproved, failure } = verdict;
  // Which of the two contents of a fork is the true one is not known.
  if (lastTime === undefined || failure === 'fork') return [];
  const left = sealedEntries - prunedEntries;
  const count =
    prunedEntries === 0
      ? entriesInWords(sealedEntries)
      : `${left} of ${entriesInWords(sealedEntries)}`;
  const verb = left === 1 ? 'is as it was' : 'are as they were';
  const since = now - lastTime;
  const end = ended
    ? ', when the log ended'
    : endUnproved
      ? '; nothing proves the end'
      : failure === undefined && since > 0
        ? `; the time since, ${duration(since)}, is not proved`
        : '';
  return [
    {
      // The log does not stand as a whole when an entry is gone.
      mark: prunedEntries === 0 ? 'good' : 'weak',
      words: `${what}: ${count} ${verb} sealed, to ${moment(lastTime)}${end}`,
    },
  ];
}

/** What differs. A file that was not given is no sign of a change, and of another file it is not known which it is. */
function differencesInWords({ differences, hasMore }: EntryDifferences, { paths }: Asked): string {
  const gaps = differences.filter(({ kind }) => kind === 'missing');
  const unmatched = differences.filter(({ kind }) => kind === 'unmatched');
  const others = differences.filter((each) => !gaps.includes(each) && !unmatched.includes(each));
  const inWords = ({ entry, entries }: EntryDifference) =>
    `${entriesInWords(entries)} from entry ${entry} on`;
  const unproved = unmatched.map((each) => {
    const name = sourceName(paths.logs[each.file] ?? '');
    return `hardly a line of ${name} was sealed: files are missing, or it is another file, or was changed as a whole: ${inWords(each)}`;
  });
  if (gaps.length > 0) unproved.unshift(`files are missing: ${gaps.map(inWords).join(', ')}`);
  if (others.length === 0) return unproved.join('; ');
  const total = (count: (each: EntryDifference) => number) =>
    others.reduce((sum, each) => sum + count(each), 0);
  const counts = [
    [total(({ entries, present }) => Math.min(entries, present)), 'changed'],
    [total(({ entries, present }) => Math.max(0, entries - present)), 'removed'],
    [total(({ entries, present }) => Math.max(0, present - entries)), 'inserted'],
  ] as const;
  const changes = counts
    .filter(([count]) => count > 0)
    .map(([count, verb]) => `${entriesInWords(count)} ${count === 1 ? 'was' : 'were'} ${verb}`);
  const least = hasMore ? 'at least ' : '';
  return [`NOT as it was sealed: ${least}${changes.join(', ')}`, ...unproved].join('; ');
}

/** Bytes of a line that are shown. */
const SHOWN_BYTES = 200;

/** Each difference: its place, when its entries were sealed, and the line that is there now. */
function differenceFacts({ differences, hasMore }: EntryDifferences, { paths }: Asked): Fact[] {
  const facts: Fact[] = [];
  for (const each of differences) {
    const { kind, text } = each;
    const name = sourceName(paths.logs[each.file] ?? '');
    facts.push([kind, `${placeInWords(each, name)}${sealedInWords(each)}`]);
    if (text !== undefined)
      facts.push(['', printable(Buffer.from(text.subarray(0, SHOWN_BYTES)).toString())]);
  }
  if (hasMore) facts.push(['', 'and more']);
  const [first] = differences;
  const isUnmatched = differences.some(({ kind }) => kind === 'unmatched');
  if (isUnmatched || differences.some(({ kind }) => kind === 'missing'))
    facts.push([
      '',
      `give all files of the log, oldest first, also those that were rotated: if none is left out, these entries were removed${isUnmatched ? ' or changed' : ''}`,
    ]);
  if (first?.kind === 'missing' && first.file === 0 && first.line === 1) {
    const next = first.entry + first.entries;
    facts.push(['', `if the first ones were removed on purpose: --first-entry ${next}`]);
  }
  return facts;
}

function placeInWords({ kind, entry, entries, present, line }: EntryDifference, name: string) {
  const sealed = numbersInWords('entry', 'entries', entry, entries);
  const lines = numbersInWords('line', 'lines', line, present);
  if (kind === 'inserted') return `${lines} of ${name}`;
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

function sealedInWords({ kind, sealedAfter, sealedBy }: EntryDifference): string {
  if (kind === 'inserted' || sealedBy === undefined) return '';
  return sealedAfter === undefined
    ? `, sealed by ${moment(sealedBy)}`
    : `, sealed between ${moment(sealedAfter)} and ${moment(sealedBy)}`;
}

/** Why a log is invalid. The first seal of another key says only that the log is another one. */
export function failureInWords(
  failure: SealedLogFailure,
  at: number | undefined,
  asked: Pick<Asked, 'paths' | 'verifierKey'>,
  proved?: number,
): string {
  if (failure === 'signature' && at === readVerifierKey(asked.verifierKey)?.first)
    return `NOT proved: the verifier key did not sign seal ${String(at)}: the log was renewed after this key was kept, or it is another log, or forged`;
  const start = proved === undefined ? 'entries' : `entries from entry ${proved} on`;
  if (failure === 'entries')
    return `NOT proved: ${start} do not fit seal ${String(at)}: files are missing, or entries were changed, removed or inserted`;
  if (failure === 'missing-entries')
    return `NOT proved: seal ${String(at)} covers more entries than there are: files are missing, or entries were removed`;
  return `NOT as it was sealed: ${reasonOfFailure(failure, at, asked)}`;
}

function reasonOfFailure(
  failure: Exclude<SealedLogFailure, 'entries' | 'missing-entries'>,
  at: number | undefined,
  { paths }: Pick<Asked, 'paths'>,
): string {
  const number = String(at);
  const seals = sourceName(paths.seals);
  switch (failure) {
    case 'key':
      return 'the verifier key is not of the form';
    case 'no-seal':
      return `${seals} has no seal ${number}`;
    case 'form':
      return `${seals} has a line in the place of seal ${number} that is no seal`;
    case 'number':
      return `${seals} has another seal in the place of seal ${number}`;
    case 'successor':
      return `seal ${number} names the next key at a wrong place, or a wrong one`;
    case 'signature':
      return `seal ${number} is forged: the key of its number did not sign it`;
    case 'time':
      return `seal ${number} is of an earlier time than the one before`;
    case 'size':
      return `seal ${number} covers fewer entries than the one before`;
    case 'fork':
      return `seal ${number} is another one in a checkpoint: the log was written again`;
  }
}

function reasonInWords(
  reason: SealedLogReason,
  { lastTime = 0, unsealedEntries = 0, unsealedSince = 0, prunedEntries }: SealedLogVerdict,
  { now, maxAge = 0, paths, withoutChain }: Asked,
): string {
  switch (reason) {
    case 'behind-checkpoint':
      return 'a checkpoint has a later seal: the end was cut, or this is an old copy';
    case 'future-time':
      return `the last seal is ${duration(lastTime - now)} after the present time`;
    case 'not-ended':
      return 'the log has not ended';
    case 'pruned':
      return prunedEntries === 1
        ? '1 entry is gone, and was erased or cut from the front'
        : `${prunedEntries} entries are gone, and were erased or cut from the front`;
    case 'too-old':
      return `the last seal is ${duration(now - lastTime)} old, and at most ${duration(maxAge)} is expected: no sealer runs, or the end was cut`;
    case 'torn-entries':
      return `the last line of ${sourceName(paths.logs.at(-1) ?? '')} has no newline`;
    case 'torn-seals':
      return `the last line of ${sourceName(paths.seals)} has no newline`;
    case 'unsealed-entries':
      return now - unsealedSince > maxAge && lastTime >= now - maxAge
        ? `${entriesInWords(unsealedEntries)} after the last seal, the oldest without a seal for at least ${duration(now - unsealedSince)}, though newer seals were made: nothing proves them, and sealed-log status tells why where the log is sealed`
        : `${entriesInWords(unsealedEntries)} after the last seal: nothing proves them`;
    case 'unverified-checkpoint':
      return withoutChain.length === 0
        ? 'a checkpoint names this log, and no key of the log signed it'
        : `a checkpoint names this log, and its key is not found: ${chainsInWords(withoutChain)}`;
  }
}

/** Without a chain the log may have been written again under another key, which the checkpoint would show. */
function chainsInWords(checkpoints: readonly string[]): string {
  const names = checkpoints.map((file) => sourceName(`${file}.chain`));
  const verb = names.length === 1 ? 'is' : 'are';
  return `${names.join(', ')} ${verb} missing, and a log that was written again may not be seen: keep each checkpoint with its chain`;
}

function factsOf(verdict: SealedLogVerdict): Fact[] {
  const { seals, firstTime, longestGap, starts, reasons, unsealedEntries = 0 } = verdict;
  const { pruned, prunedEntries, hashesWrong } = verdict;
  const facts: readonly (Fact | false)[] = [
    pruned.length > 0 && ['erased', rangesInWords(pruned, prunedEntries)],
    firstTime !== undefined && ['seals', `${seals}, since ${moment(firstTime)}`],
    seals > 1 && ['longest gap', duration(longestGap)],
    starts > 0 && ['starts', String(starts)],
    unsealedEntries > 0 &&
      !reasons.includes('unsealed-entries') && ['not sealed yet', entriesInWords(unsealedEntries)],
    hashesWrong && ['hashes', 'they do not fit the entries, which the seals fit', 'weak'],
  ];
  return facts.filter((fact) => fact !== false);
}

function notJudged(
  verdict: SealedLogVerdict,
  differences: EntryDifferences | undefined,
  { from, withoutChain }: Asked,
): Fact[] {
  const { failure, reasons, seals, sealedEntries, endUnproved } = verdict;
  const { earlierCheckpoints, unverifiedCheckpoints } = verdict;
  const words = [
    failure === 'fork' && 'which of the two is the true one: --json has both',
    failure !== undefined &&
      failure !== 'fork' &&
      (seals === 0 ? 'the entries' : 'what comes after'),
    // Without the first file of a rotated log, no seal over an entry fits.
    (failure === 'entries' || failure === 'missing-entries') &&
      sealedEntries === 0 &&
      differences === undefined &&
      'files before these: if the log was rotated, give all, oldest first',
    endUnproved && 'the end: seals that were cut together with their entries are not seen',
    from !== undefined &&
      `the first ${entriesInWords(from.size)} again, which an earlier run judged`,
    earlierCheckpoints > 0 &&
      `${counted(earlierCheckpoints, 'checkpoint')} of seals that an earlier run judged`,
    unverifiedCheckpoints > 0 &&
      `${counted(unverifiedCheckpoints, 'checkpoint')} that no key of the log signed`,
    unverifiedCheckpoints > 0 &&
      withoutChain.length > 0 &&
      !reasons.includes('unverified-checkpoint') &&
      chainsInWords(withoutChain),
  ].filter((each) => each !== false);
  return words.map((each, index) => [index === 0 ? 'not judged' : '', each, 'unknown']);
}

const FROM_0 = ' (entries count from 0)';

/** The most ranges that are shown. */
const MOST_RANGES = 10;

function rangesInWords(ranges: readonly Range[], count: number): string {
  const shown = ranges
    .slice(0, MOST_RANGES)
    .map(([from, to]) => (to - from === 1 ? String(from) : `${from} to ${to - 1}`));
  const more = ranges.length > MOST_RANGES ? ', and more' : '';
  const start = count === 1 ? 'entry ' : `${count} entries: `;
  return `${start}${shown.join(', ')}${more}${FROM_0}`;
}

/** A number of entries in words. */
export function entriesInWords(count: number): string {
  return count === 1 ? '1 entry' : `${count} entries`;
}

/** A time in words. */
export function moment(seconds: number): string {
  const date = new Date(seconds * 1000);
  if (Number.isNaN(date.getTime())) return `second ${seconds} since 1970`;
  return `${date.toISOString().slice(0, -5).replace('T', ' ')} UTC`;
}

/** A length of time in words. */
export function duration(seconds: number): string {
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7200) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 172_800) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86_400)} days`;
}
