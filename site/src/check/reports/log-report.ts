/** The verdicts on a sealed log and on a proof of one entry, for a person. */
import {
  countOlderFiles,
  entryDifferences,
  findFirstEntry,
  verifyEntryProof,
  verifySealedLog,
  type EntryDifference,
  type EntryDifferences,
  type SealedLogFailure,
  type SealedLogVerdict,
} from '@evolock/sealed-log/verify';
import {
  describeProof,
  describeVerdict,
  proofJson,
  verdictJson,
  type DescribedLog,
  type DescribedPart,
  type LogDescription,
  type LogVerdictJson,
  type ReasonJson,
} from '@evolock/sealed-log/words';
import { fact, grouped, sentenceOf, type Check, type Fact, type Report } from './report.js';
import type { EntryProof, SealedLog } from '../input/log-files.js';
import { SettingsError, type Accepted } from '../settings.js';

/** The verifier key, and whether it came with a link. */
export interface GivenKey {
  readonly verifierKey: string;
  readonly isOfLink: boolean;
}

/** Called between parts of a long check, with the bytes that are done. */
export type Turn = (done: number, total: number) => Promise<void>;

/** Bytes between two turns. */
const STEP = 262_144;

const NOT_A_KEY =
  'This is not a verifier key, or a character of it is wrong. A verifier key is one line, which begins like example.com/audit+7745d3e0+/2V2b2xvY2stc2VhbC92MQ.';

/**
 * The verdict on a log, with every fact.
 *
 * @throws {@link SettingsError} The verifier key is none, which says nothing about the log.
 */
export async function logReport(
  log: SealedLog,
  key: GivenKey,
  asked: Accepted & { readonly now: Date },
  turn: Turn,
): Promise<Report> {
  const { files: given, seals, hashes, checkpoints = [], notUsed = [] } = log;
  const { now, maxAge, revokedFrom } = asked;
  const older = await countOlderFiles(() => ({ files: given, hashes }));
  const files = given.slice(older);
  const { verdict, found, firstEntry } = await judged({ ...log, files }, key, asked, turn);
  if (verdict.failure === 'key') throw new SettingsError(NOT_A_KEY);
  const names = given.length === 1 ? ['the log'] : given.map((_, at) => `part ${grouped(at + 1)}`);
  const described: DescribedLog = {
    files: names.slice(older),
    olderFiles: names.slice(0, older),
    now,
    maxAge,
    revokedFrom,
    differences: found,
    missingChains: checkpoints.some(({ chain }) => chain === undefined)
      ? ['the file .chain of a checkpoint']
      : [],
  };
  const words = describeVerdict(verdict, described);
  const beyond = beyondOf(verdict, asked);
  const headline = headlineOf(verdict, words, found);
  const isHashed = hashes !== undefined;
  return {
    ...headline,
    ...(beyond.length > 0 && { tone: 'note', title: BEYOND }),
    sentences: [
      ...headline.sentences,
      ...beyond.map(({ message }) => sentenceOf(message)),
      ...[...notUsed, ...ofLink(key)],
    ],
    checks: checksOf(verdict, words, found, { seals, files: files.length, hasHashes: isHashed }),
    groups: [{ name: 'Log', facts: factsOf(verdict, words) }],
    log: { verdict, found, differences: words.differences.map(checkOf), older, firstEntry },
    notJudged: [...words.notJudged, ...claimsOf(key)],
    json: {
      ...withReasons(verdictJson(verdict, described), beyond),
      verifierKey: key.verifierKey,
      now: Math.floor(now.getTime() / 1_000),
      maxAge,
      ...(found === undefined ? {} : differencesJson(found)),
    },
    link: { hashes: hashes && areHashesProved(verdict, found) },
  };
}

/** The verdict, and which entries differ when that is why the log is invalid and can be said. */
async function judged(
  { files, seals, hashes, checkpoints }: SealedLog,
  { verifierKey }: GivenKey,
  asked: Accepted & { readonly now: Date },
  turn: Turn,
) {
  const total = [...files, seals].reduce((sum, { byteLength }) => sum + byteLength, 0);
  let done = 0;
  async function* parts(bytes: Uint8Array) {
    for (let at = 0; at < bytes.byteLength; at += STEP) {
      await turn(done, total);
      const part = bytes.subarray(at, at + STEP);
      done += part.byteLength;
      yield part;
    }
  }
  const { erased } = asked;
  // A front that is gone is looked for where that can be accepted.
  const isFrontSought = asked.retention !== undefined || erased.length > 0;
  const firstEntry = isFrontSought ? await findFirstEntry(() => ({ files, hashes })) : undefined;
  const log = () => ({
    verifierKey,
    files: files.map(parts),
    seals: parts(seals),
    hashes,
    firstEntry,
    erased,
  });
  const verdict = await verifySealedLog({ ...log(), ...asked, checkpoints });
  const { failure } = verdict;
  const found =
    failure !== undefined && isUnknown(failure) ? await entryDifferences(log) : undefined;
  return { verdict, found, firstEntry };
}

const BEYOND = 'Every sealed entry stands, and more erasures are accepted than were sealed';

/** Accepted erasures that accept nothing: a licence for what comes, or the log was cut. */
function beyondOf({ failure, sealedEntries }: SealedLogVerdict, { erased }: Accepted) {
  const beyond = erased.filter(([, to]) => to > sealedEntries);
  if (failure !== undefined || beyond.length === 0) return [];
  const ranges = beyond.map(([from, to]) => `${from}-${to}`).join(', ');
  const message = `erasures beyond the last sealed entry are accepted: ${ranges}: they would accept what is not written yet, or the log was cut`;
  return [{ code: 'erased-beyond', message }];
}

/** The JSON of the verdict, with reasons that only the accepted erasures give. */
function withReasons(json: LogVerdictJson, more: readonly ReasonJson[]): LogVerdictJson {
  if (more.length === 0) return json;
  const reasons = [...json.reasons, ...more].sort((one, other) => (one.code < other.code ? -1 : 1));
  const severity = json.severity === 'none' ? 'unproved' : json.severity;
  return { ...json, result: 'incomplete', severity, reasons };
}

/** The differences as `sealed-log verify --json` has them, without lines: these may contain keys. */
function differencesJson({ differences, hasMore }: EntryDifferences) {
  return {
    differences: differences.map((each) => ({ ...each, text: undefined })),
    hasMoreDifferences: hasMore,
  };
}

/** What every log claims, and no verdict can judge. */
function claimsOf({ isOfLink }: GivenKey): string[] {
  return [
    'the times: they are claims of the machine that sealed',
    ...(isOfLink
      ? []
      : [
          'whether the verifier key is that of this log: it has to come from elsewhere, and never from beside the log',
        ]),
  ];
}

function ofLink({ isOfLink }: GivenKey): string[] {
  return isOfLink
    ? ['The verifier key came with the link: compare it with the one that is kept elsewhere.']
    : [];
}

/** Whether the hashes fit a root that was signed. */
function areHashesProved(
  { failure, hashesWrong, changedEntries }: SealedLogVerdict,
  found: EntryDifferences | undefined,
): boolean {
  return !hashesWrong && (failure === undefined || changedEntries > 0 || found !== undefined);
}

/** Whether files can be missing, or entries can be changed, and nothing tells which. */
function isUnknown(failure: SealedLogFailure): boolean {
  return failure === 'entries' || failure === 'missing-entries';
}

type Headline = Pick<Report, 'tone' | 'title' | 'sentences' | 'changedLine' | 'wantsFiles'>;

/** Bytes of a changed line that are searched for keys. A key is shorter. */
const LONGEST = 16_384;

const GIVE_FILES =
  'Add them: all files of the log belong here, also those that were rotated. If none is left out, lines were removed';

/** The title, why the log is not complete, and the first line that differs. */
function headlineOf(
  verdict: SealedLogVerdict,
  { tone, failure, reasons, differences, alarm }: LogDescription,
  found: EntryDifferences | undefined,
): Headline {
  const isGone = ({ kind, entries }: EntryDifference) =>
    entries > 0 && (kind === 'missing' || kind === 'unmatched');
  // Without the hashes nothing tells which it is.
  const wantsFiles =
    found?.differences.some(isGone) ??
    (verdict.failure !== undefined && isUnknown(verdict.failure));
  const isOpen = found === undefined || differences.some(({ name }) => name === 'unmatched');
  const orChanged = isOpen ? ' or changed' : '';
  const first = found?.differences[differences.findIndex((each) => !canBeFile(each))];
  return {
    tone,
    title: sentenceOf(failure ?? titleOf(verdict), ''),
    sentences: [
      ...reasons.map((each) => sentenceOf(each)),
      ...(wantsFiles ? [`${GIVE_FILES}${orChanged}.`] : []),
      // Where files can be missing, nobody is accused before these are given.
      ...(alarm === undefined || wantsFiles
        ? []
        : [alarm.says, alarm.lookAt].map((each) => sentenceOf(each))),
    ],
    changedLine: first?.text && {
      line: first.line,
      isChanged: first.kind === 'changed',
      text: new TextDecoder().decode(first.text.subarray(0, LONGEST)),
    },
    wantsFiles,
  };
}

/** What is said of a log against which nothing was found. */
function titleOf({ result, reasons }: SealedLogVerdict): string {
  if (result === 'valid') return 'valid: every sealed entry stands';
  return reasons.every((reason) => reason === 'end-unproved')
    ? 'every sealed entry stands, and the end is not proved'
    : 'every sealed entry that is here stands, and the log is not complete';
}

/** Whether a difference can be that of a file that was not given. */
function canBeFile({ tone }: DescribedPart): boolean {
  return tone === 'note';
}

interface Given {
  readonly seals: Uint8Array;
  readonly files: number;
  readonly hasHashes: boolean;
}

function checksOf(
  verdict: SealedLogVerdict,
  { stands, differences, facts }: LogDescription,
  found: EntryDifferences | undefined,
  { seals, files, hasHashes }: Given,
): Check[] {
  return [
    stands === undefined
      ? note('Stands', 'No entry is proved.')
      : { name: 'Stands', tone: 'good', sentence: sentenceOf(stands) },
    ...(found === undefined ? changesOf(verdict, hasHashes) : differences.map(checkOf)),
    ...(found?.hasMore ? [note('More', 'Other lines differ too.')] : []),
    ...(found !== undefined && differences.every(canBeFile)
      ? []
      : ofFailedSeal(verdict, seals, files)),
    ...facts.filter(({ tone }) => tone === 'note').map(checkOf),
    ...(verdict.failure === undefined ? [endOf(verdict)] : []),
  ];
}

function checkOf({ name, tone, words }: DescribedPart): Check {
  return { name: sentenceOf(name, ''), tone, sentence: sentenceOf(words) };
}

/** The entries that a seal covers as a whole, and does not fit. */
function ofFailedSeal(
  { failure, at, sealedEntries }: SealedLogVerdict,
  seals: Uint8Array,
  files: number,
) {
  if (failure !== 'entries' || at === undefined) return [];
  const line = new RegExp(`^${at} \\d+ \\d+ (\\d+) `, 'm').exec(new TextDecoder().decode(seals));
  const size = Number(line?.[1] ?? 0);
  if (size <= sealedEntries) return [];
  const which = listed(sealedEntries, size, files);
  return [
    note('Not proved', `Seal ${grouped(at)} adds these as a whole, and does not fit: ${which}.`),
  ];
}

function changesOf({ failure, hashesWrong }: SealedLogVerdict, hasHashes: boolean): Check[] {
  if (failure !== 'entries') return [];
  const way =
    hasHashes && !hashesWrong ? '' : ' The file of hashes shows it: drop it with the others.';
  return [note('Not known', `Which of them.${way}`)];
}

function endOf({ ended, reasons }: SealedLogVerdict): Check {
  const name = 'End';
  if (ended) return { name, tone: 'good', sentence: 'The last seal ends the log.' };
  if (reasons.includes('end-unproved')) return note(name, END_UNPROVED);
  const isCut = reasons.some((reason) => reason === 'behind-checkpoint' || reason === 'too-old');
  if (isCut) return note(name, 'The end may have been cut.');
  const sentence = 'The log has not ended. Its last seal is as young as was asked.';
  return { name, tone: 'good', sentence };
}

const END_UNPROVED =
  'Of a log that grows, give the greatest age of its last seal, under What you accept. A checkpoint that was kept elsewhere shows a cut before it: drop it with the others.';

function note(name: string, sentence: string): Check {
  return { name, tone: 'note', sentence };
}

/** Entries from one number up to another, which count from 0, and the lines of a log in one file, which count from 1. */
function listed(from: number, to: number, files: number): string {
  const entries = `${named('entr', 'y', 'ies', from, to - 1)}, counted from 0`;
  return files === 1 ? `${named('line', '', 's', from + 1, to)} (${entries})` : entries;
}

function named(word: string, one: string, several: string, first: number, last: number): string {
  return first === last
    ? `${word}${one} ${grouped(first)}`
    : `${word}${several} ${grouped(first)} to ${grouped(last)}`;
}

function factsOf({ sealedEntries }: SealedLogVerdict, { facts }: LogDescription): Fact[] {
  return [
    fact('Proved entries', grouped(sealedEntries)),
    ...facts
      .filter(({ tone }) => tone === 'good')
      .map(({ name, words }) => fact(sentenceOf(name, ''), words)),
  ];
}

/**
 * The verdict on a proof of one entry.
 *
 * @throws {@link SettingsError} The verifier key is none.
 */
export function proofReport(
  { proof, entry }: EntryProof,
  field: string,
  key: GivenKey,
  revokedFrom: number | undefined,
): Report {
  const verdict = verifyEntryProof({
    verifierKey: key.verifierKey,
    entry: entry ?? new TextEncoder().encode(field),
    proof,
    revokedFrom,
  });
  const { failure } = verdict;
  if (failure === 'key') throw new SettingsError(NOT_A_KEY);
  const { tone, words } = describeProof(verdict);
  return {
    tone,
    title: tone === 'good' ? 'Proved: this entry is in the log' : 'Not proved',
    sentences: [sentenceOf(words), ...ofLink(key)],
    checks: [],
    groups: [],
    notJudged: claimsOf(key),
    json: proofJson(verdict),
    link: failure === 'form' ? undefined : {},
  };
}
