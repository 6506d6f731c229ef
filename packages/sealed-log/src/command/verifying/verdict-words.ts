/** The verdict on a log, for its operator: what was changed, what stands and until when, what is missing, and what was not judged. */
import type { Fact, MarkedLine } from '@evolock/command-line/answer';
import { printable, shellWord, sourceName } from '@evolock/command-line/text';
import { isBlank, type ExplainedVerdict } from '../../parallel/judge.js';
import type { ErasureRecord } from '../../parallel/records.js';
import type { EntryDifferences, SealedLogVerdict } from '../../verify/index.js';
import { verdictJson, type LogVerdictJson } from '../../words/json.js';
import { describeVerdict, type DescribedLog, type DescribedPart } from '../../words/log.js';
import { fewNames } from '../../words/phrases.js';
import type { Alarm } from '../../words/severity.js';
import type { TakenPaths } from './log-options.js';

/** What was asked about the log. */
interface Asked {
  readonly paths: TakenPaths;
  readonly now: Date;
  readonly maxAge: number | undefined;
  readonly revokedFrom: number | undefined;
  /** Checkpoints that have no chain beside them. */
  readonly withoutChain: readonly string[];
}

/** What was changed, what stands and until when, what is missing, and what was not judged. */
export function wordsOf(
  { verdict, differences, records }: ExplainedVerdict,
  { paths, withoutChain, ...asked }: Asked,
): {
  readonly result: MarkedLine[];
  /** What is against the log; of a valid one, what stands. */
  readonly summary: readonly string[];
  readonly facts: Fact[];
  readonly alarm: Alarm | undefined;
  readonly json: LogVerdictJson;
} {
  const files = paths.logs.map(sourceName);
  const log: DescribedLog = {
    ...asked,
    files,
    olderFiles: paths.older.map(sourceName),
    seals: sourceName(paths.seals),
    differences,
    missingChains: withoutChain.map((file) => sourceName(`${file}.chain`)),
  };
  const described = describeVerdict(verdict, log);
  const { failure, stands, reasons, facts, notJudged, alarm } = described;
  const name = fewNames(files);
  const result: MarkedLine[] = [];
  if (failure !== undefined) result.push({ mark: 'bad', words: `${name}: ${failure}` });
  if (stands !== undefined)
    result.push({
      // The log does not stand as a whole when an entry is gone.
      mark: verdict.prunedEntries === 0 ? 'good' : 'weak',
      words: `${failure === undefined ? name : 'before it'}: ${stands}`,
    });
  result.push(...reasons.map((words): MarkedLine => ({ mark: 'weak', words })));
  const against = [...(failure === undefined ? [] : [failure]), ...reasons];
  return {
    result,
    summary: against.length > 0 ? against : [stands ?? ''],
    facts: [
      ...(differences === undefined
        ? []
        : differenceFacts(differences, described.differences, records)),
      ...facts.map(factOf),
      ...notJudgedFacts(notJudged, verdict),
    ],
    alarm,
    json: verdictJson(verdict, log),
  };
}

/** What a verdict means to whoever is on call. `typed`: the arguments of this run, which shows more with `--json`. */
export function alarmFacts(alarm: Alarm | undefined, typed: readonly string[]): Fact[] {
  if (alarm === undefined) return [];
  const [command = '', ...rest] = typed.map(shellWord);
  const isOfRun = alarm.command.startsWith(`sealed-log ${command} `);
  return [
    ['on call', alarm.says],
    ['look at', alarm.lookAt],
    ['with', isOfRun ? ['sealed-log', command, '--json', ...rest].join(' ') : alarm.command],
  ];
}

/** Bytes of a line that are shown. */
const SHOWN_BYTES = 200;

/** Each difference: its place, when its entries were sealed, and the line that is there now. */
function differenceFacts(
  { differences, hasMore }: EntryDifferences,
  described: readonly DescribedPart[],
  records: readonly ErasureRecord[],
): Fact[] {
  const facts: Fact[] = [];
  for (const [index, { name, words }] of described.entries()) {
    const text = differences[index]?.text;
    facts.push([name, words]);
    if (text !== undefined)
      facts.push(['', printable(Buffer.from(text.subarray(0, SHOWN_BYTES)).toString())]);
  }
  if (hasMore) facts.push(['', 'and more']);
  if (differences.some(isBlank)) facts.push(...blankFacts(records));
  const [first] = differences;
  if (differences.some(({ kind, entries }) => kind === 'unmatched' && entries === 0))
    facts.push(['', 'leave out what is no file of this log, and copies of one']);
  const isUnmatched = differences.some(({ kind, entries }) => kind === 'unmatched' && entries > 0);
  if (isUnmatched || differences.some(({ kind }) => kind === 'missing'))
    facts.push([
      '',
      `give all files of the log, oldest first, also those that were rotated: if none is left out, these entries were removed${isUnmatched ? ' or changed' : ''}`,
    ]);
  if (first?.kind === 'missing' && first.file === 0 && first.line === 1)
    facts.push([
      '',
      `if the first ${first.entries} were removed on purpose: --retention accepts entries that are older than it says, and --erased those that it names`,
    ]);
  return facts;
}

/** No option is filled in: who blanked a line can have written the record, too. */
function blankFacts(records: readonly ErasureRecord[]): Fact[] {
  const told = records.map(({ entry, reason }): Fact => [
    '',
    `entry ${entry} of the log speaks of it, and anybody could have written that: ${printable(reason)}`,
  ]);
  const way =
    'a blank line can be a lawful erasure or a theft: --erased accepts it, by a list that is kept on this machine';
  if (told.length > 0) return [...told, ['', way]];
  return [['', `no entry of the log speaks of it; ${way}`]];
}

function factOf({ name, tone, words }: DescribedPart): Fact {
  return tone === 'note' ? [name, words, 'weak'] : [name, words];
}

function notJudgedFacts(words: readonly string[], { failure }: SealedLogVerdict): Fact[] {
  const all = words.map((each) => (failure === 'fork' ? `${each}: --json has both` : each));
  return all.map((each, index) => [index === 0 ? 'not judged' : '', each, 'unknown']);
}
