/** The verdicts on a sealed log and on a proof of one entry, for a person. */
import {
  entryDifferences,
  verifyEntryProof,
  verifySealedLog,
  type EntryDifference,
  type EntryDifferences,
  type EntryProofFailure,
  type Range,
  type SealedLogFailure,
  type SealedLogReason,
  type SealedLogVerdict,
} from '@evolock/sealed-log/verify';
import { counted, fact, grouped, quoted, type Check, type Fact, type Report } from './report.js';
import { mayContainKey } from './input.js';
import type { EntryProof, SealedLog } from './log-files.js';
import { SettingsError } from './settings.js';

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
  'This is not a verifier key, or a character of it is wrong. A verifier key is one line, which begins like example.com/audit+50d27b1c+/2V2b2xvY2stc2VhbC92MQ.';

/**
 * The verdict on a log, with every fact.
 *
 * @throws {@link SettingsError} The verifier key is none, which says nothing about the log.
 */
export async function logReport(
  { files, seals, hashes, checkpoints, notUsed = [] }: SealedLog,
  key: GivenKey,
  { now, maxAge }: { readonly now: Date; readonly maxAge: number | undefined },
  turn: Turn,
): Promise<Report> {
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
  const verdict = await verifySealedLog({
    verifierKey: key.verifierKey,
    files: files.map(parts),
    seals: parts(seals),
    hashes,
    checkpoints,
    now: Math.floor(now.getTime() / 1_000),
    maxAge,
  });
  const { failure } = verdict;
  const found =
    failure !== undefined && isUnknown(failure)
      ? await entryDifferences(() => ({
          verifierKey: key.verifierKey,
          files: files.map(parts),
          seals: parts(seals),
          hashes,
        }))
      : undefined;
  const headline =
    found === undefined ? headlineOf(verdict) : await differencesHeadline(found, files.length);
  const lacksChain =
    verdict.unverifiedCheckpoints > 0 &&
    (checkpoints ?? []).some(({ chain }) => chain === undefined);
  return {
    ...headline,
    sentences: [
      ...headline.sentences,
      ...(lacksChain ? [NO_CHAIN] : []),
      ...notUsed,
      ...ofLink(key),
    ],
    checks: checksOf(verdict, found, seals, hashes !== undefined, files.length),
    groups: [{ name: 'Log', facts: factsOf(verdict) }],
    notJudged: [...notJudged(verdict, found), ...claimsOf(key)],
    json: found === undefined ? verdict : { ...verdict, ...differencesJson(found) },
    link: { hashes: hashes && areHashesProved(verdict, found) },
  };
}

/** The differences as `sealed-log verify --json` has them, without lines: these may contain keys. */
function differencesJson({ differences, hasMore }: EntryDifferences) {
  return {
    differences: differences.map((each) => ({ ...each, text: undefined })),
    hasMoreDifferences: hasMore,
  };
}

/** What was not judged of this log. */
function notJudged(
  { failure, sealedEntries, unverifiedCheckpoints }: SealedLogVerdict,
  found: EntryDifferences | undefined,
): string[] {
  return [
    ...(failure === 'fork' ? ['which of the two contents is the true one'] : []),
    ...(failure === undefined || failure === 'fork'
      ? []
      : [sealedEntries === 0 ? 'the entries' : 'what comes after the entries that stand']),
    // Without the first file of a rotated log, no seal over an entry fits.
    ...((failure === 'entries' || failure === 'missing-entries') &&
    sealedEntries === 0 &&
    found === undefined
      ? ['entries before these: if the log was rotated, drop all its files']
      : []),
    ...(unverifiedCheckpoints === 0
      ? []
      : [`${counted(unverifiedCheckpoints, 'checkpoint')} whose key is not found`]),
  ];
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

type Headline = Pick<Report, 'tone' | 'title' | 'sentences' | 'wantsFiles'>;

function headlineOf({ result, failure, at, reasons, seals }: SealedLogVerdict): Headline {
  if (failure === 'key') throw new SettingsError(NOT_A_KEY);
  if (failure !== undefined) {
    const title = isUnknown(failure) ? 'Not proved' : 'Not valid';
    // The first seal of another key says only that the log is another one.
    if (failure === 'signature' && seals === 0)
      return { tone: 'bad', title, sentences: [`${ofOtherKey(at)}.`] };
    const place = at === undefined ? '' : ` (at seal ${grouped(at)})`;
    return { tone: 'bad', title, sentences: [`${failures[failure]}${place}.`] };
  }
  if (result === 'valid')
    return { tone: 'good', title: 'Valid: every sealed entry stands', sentences: [] };
  const title = 'Every sealed entry that is here stands, and the log is not complete';
  return { tone: 'note', title, sentences: reasons.map((reason) => `${incomplete[reason]}.`) };
}

/** Characters of a changed line that are searched for keys. A key is shorter. */
const LONGEST = 16_384;

const GIVE_FILES =
  'Add them: all files of the log belong here, also those that were rotated. If none is left out, these lines were removed';

/** A headline with the first line that differs. A file that was not given is no sign of a change. */
async function differencesHeadline(
  { differences }: EntryDifferences,
  files: number,
): Promise<Headline> {
  const gaps = differences.filter(canBeFile);
  const others = differences.filter((each) => !canBeFile(each));
  const [first] = others;
  const wantsFiles = gaps.length > 0;
  const unmatched = gaps.find(({ kind }) => kind === 'unmatched');
  const giveFiles = `${GIVE_FILES}${unmatched === undefined ? '' : ' or changed'}.`;
  if (first === undefined) {
    const missing = gaps.map(
      ({ entry, entries }) => `${counted(entries, 'line')} from entry ${grouped(entry)} on`,
    );
    const name = files === 1 ? 'this' : `part ${grouped((unmatched?.file ?? 0) + 1)}`;
    const orOther = unmatched && `, or ${name} is another file or was changed as a whole`;
    const title = `Files are missing${orOther ?? ''}: ${missing.join(', ')}`;
    return { tone: 'note', title, sentences: [giveFiles], wantsFiles };
  }
  const lines = others.reduce((sum, { entries, present }) => sum + Math.max(entries, present), 0);
  const isOne = lines === 1;
  const at = placeOf(first, files);
  const verb = others.every(({ kind }) => kind === first.kind) ? first.kind : 'changed';
  return {
    tone: 'bad',
    title: isOne
      ? `Not valid: ${isGap(first) ? `a line ${at}` : at} was ${verb} after it was sealed`
      : `Not valid: ${grouped(lines)} lines were ${verb} after they were sealed`,
    sentences: [
      ...(await textOf(first, isOne ? 'It' : `The first, ${at},`)),
      ...(wantsFiles ? [`Files ${unmatched ? 'can be' : 'are'} missing too. ${giveFiles}`] : []),
    ],
    wantsFiles,
  };
}

/** Whether a difference can be that of a file that was not given. */
function canBeFile({ kind }: EntryDifference): boolean {
  return kind === 'missing' || kind === 'unmatched';
}

function isGap({ present }: EntryDifference): boolean {
  return present === 0;
}

/** The line of a difference in its file, or the line before which there is a gap. */
function placeOf({ line, file, present }: EntryDifference, files: number): string {
  const of = files === 1 ? '' : ` of part ${grouped(file + 1)}`;
  return `${present === 0 ? 'before ' : ''}line ${grouped(line)}${of}`;
}

async function textOf({ text }: EntryDifference, subject: string): Promise<string[]> {
  if (text === undefined) return [];
  const line = new TextDecoder().decode(text);
  const isKey = await mayContainKey(line.slice(0, LONGEST));
  const content = isKey ? 'not shown, because it may contain a key' : quoted(line);
  return [`${subject} is now: ${content}.`];
}

function ofOtherKey(at: number | undefined): string {
  return `The verifier key did not sign seal ${grouped(at ?? 0)}: it belongs to another log, or the log was renewed after this key was kept, or is forged`;
}

const NO_CHAIN =
  'A checkpoint is here without its chain, which leads to its key: a log that was written again may not be seen. Drop the file .chain that was kept with it.';

const failures: Readonly<Record<Exclude<SealedLogFailure, 'key'>, string>> = {
  'no-seal': 'The file of seals has no seal of this key',
  form: 'A line of seals is not of the form of one',
  number: 'A seal is missing, or seals are in another order',
  successor: 'A seal names no next key, or wrongly names one',
  signature: 'A seal was not signed by the key of its number',
  time: 'The time of a seal is before that of the seal before it',
  size: 'A seal covers fewer entries than the seal before it',
  'missing-entries':
    'A seal covers more entries than are here: files are missing, or entries were removed',
  entries: 'Entries do not fit: files are missing, or entries were changed, removed or inserted',
  fork: 'A checkpoint and the log have two contents for one number',
};

const incomplete: Readonly<Record<SealedLogReason, string>> = {
  'behind-checkpoint': 'A checkpoint has a later seal: the end was cut, or this is an old copy',
  'future-time': 'The last seal is later than the clock of this computer',
  'not-ended': 'The log has not ended',
  pruned: 'Entries were erased after they were sealed',
  'too-old': 'The last seal is too old: no sealer runs, or the end was cut',
  'torn-entries': 'The log ends within a line',
  'torn-seals': 'The file of seals ends within a line',
  'unsealed-entries': 'Entries after the last seal are not sealed',
  'unverified-checkpoint':
    'A checkpoint names this log, and its key is not found among those of the log',
};

function checksOf(
  verdict: SealedLogVerdict,
  found: EntryDifferences | undefined,
  seals: Uint8Array,
  hasHashes: boolean,
  files: number,
): Check[] {
  const { failure, unsealedEntries = 0, prunedEntries, hashesWrong } = verdict;
  return [
    standing(verdict),
    ...(found === undefined ? changesOf(verdict, hasHashes, files) : differencesOf(found, files)),
    ...(found?.differences.every(canBeFile) ? [] : ofFailedSeal(verdict, seals, files)),
    ...(prunedEntries === 0
      ? []
      : [note('Erased', `Erased after they were sealed: ${listed(verdict.pruned, files)}.`)]),
    ...(unsealedEntries === 0
      ? []
      : [note('Not sealed', `The last ${counted(unsealedEntries, 'line')}: nothing proves them.`)]),
    ...(hashesWrong
      ? [note('Hashes', 'The file of hashes does not fit the entries, which the seals fit.')]
      : []),
    ...(failure === undefined ? [endOf(verdict)] : []),
  ];
}

function standing({ failure, sealedEntries, lastTime, prunedEntries }: SealedLogVerdict): Check {
  const name = 'Stands';
  if (sealedEntries === 0) return note(name, 'No entry is proved.');
  const until = lastTime === undefined ? '' : `, until ${utc(lastTime)}`;
  const except = prunedEntries === 0 ? '' : ', except those that were erased';
  const which =
    sealedEntries === 1
      ? 'Entry 0 stands as it was'
      : `Entries 0 to ${grouped(sealedEntries - 1)} stand as they were`;
  const sentence = `${which} sealed${until}${except}.`;
  // Which of the two contents of a fork is the true one is not known.
  return { name, tone: failure === 'fork' ? 'note' : 'good', sentence };
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
  const which = listed([[sealedEntries, size]], files);
  return [
    note('Not proved', `Seal ${grouped(at)} adds these as a whole, and does not fit: ${which}.`),
  ];
}

const kindNames = {
  changed: 'Changed',
  inserted: 'Inserted',
  missing: 'Missing',
  removed: 'Removed',
  unmatched: 'Not matched',
} as const;

/** A check for each difference: its lines, and the time in which they were sealed. */
function differencesOf({ differences, hasMore }: EntryDifferences, files: number): Check[] {
  const checks = differences.map((each): Check => {
    const { kind, entry, entries, present, sealedAfter, sealedBy } = each;
    const tone = canBeFile(each) ? 'note' : 'bad';
    const several = present > 1 ? `, ${counted(present, 'line')}` : '';
    const place = `${placeOf(each, files)}${several}`;
    const sealed = listed([[entry, entry + entries]], 2);
    const which = entries === 0 ? '' : `: ${sealed}`;
    const time =
      sealedBy === undefined || entries === 0
        ? ''
        : sealedAfter === undefined
          ? `, sealed by ${utc(sealedBy)}`
          : `, sealed between ${utc(sealedAfter)} and ${utc(sealedBy)}`;
    const sentence = `${place}${which}${time}.`;
    return {
      name: kindNames[kind],
      tone,
      sentence: `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}`,
    };
  });
  return hasMore ? [...checks, note('More', 'Other lines differ too.')] : checks;
}

function changesOf(verdict: SealedLogVerdict, hasHashes: boolean, files: number): Check[] {
  const { failure, sealedEntries, hashesWrong } = verdict;
  if (failure !== 'entries') return [];
  const which =
    hasHashes && !hashesWrong ? '' : ' The file of hashes shows which: drop it with the others.';
  const from = listed([[sealedEntries, sealedEntries + 1]], files);
  const sentence = `From ${from} on, files are missing, or something was changed, added or removed.${which}`;
  return [note('Not known', sentence)];
}

function endOf({ ended, endUnproved, reasons }: SealedLogVerdict): Check {
  const name = 'End';
  if (ended) return { name, tone: 'good', sentence: 'The last seal ends the log.' };
  if (endUnproved) return note(name, END_UNPROVED);
  const isCut = reasons.some((reason) => reason === 'behind-checkpoint' || reason === 'too-old');
  if (isCut) return note(name, 'The end may have been cut.');
  const sentence =
    'The log has not ended. Its last seal is that of a checkpoint, or as young as was asked.';
  return { name, tone: 'good', sentence };
}

const END_UNPROVED =
  'Nothing proves where the log ends: entries that were cut together with their seals are not seen. A checkpoint of the last seal that was kept elsewhere proves it: drop or paste it. For a log that grows, so does the greatest age of its last seal.';

function note(name: string, sentence: string): Check {
  return { name, tone: 'note', sentence };
}

/** Ranges that are shown. */
const FEW = 20;

/** Entries, which count from 0, and the lines of a log in one file, which count from 1. */
function listed(ranges: readonly Range[], files: number): string {
  const entries = `${named('entry', 'entries', ranges, 0)}, counted from 0`;
  return files === 1 ? `${named('line', 'lines', ranges, 1)} (${entries})` : entries;
}

function named(one: string, several: string, ranges: readonly Range[], first: number): string {
  const shown = ranges.slice(0, FEW).map(([from, to]) => {
    const last = to === from + 1 ? '' : ` to ${grouped(to - 1 + first)}`;
    return `${grouped(from + first)}${last}`;
  });
  const rest = ranges.length - shown.length;
  const isOne = ranges.length === 1 && !shown.join().includes(' to ');
  return `${isOne ? one : several} ${shown.join(', ')}${rest > 0 ? ` and ${counted(rest, 'more range')}` : ''}`;
}

function factsOf(verdict: SealedLogVerdict): Fact[] {
  const { seals, sealedEntries, firstTime, lastTime, longestGap, starts } = verdict;
  return [
    fact('Proved seals', grouped(seals)),
    fact('Proved entries', grouped(sealedEntries)),
    ...(firstTime === undefined ? [] : [fact('First seal', utc(firstTime))]),
    ...(lastTime === undefined ? [] : [fact('Last proved seal', utc(lastTime))]),
    fact('Longest time between two seals', counted(longestGap, 'second')),
    fact('Starts of the sealer', grouped(starts)),
  ];
}

function utc(seconds: number): string {
  const date = new Date(1_000 * seconds);
  // A seal can state a time that no date has.
  return Number.isNaN(date.getTime())
    ? `second ${grouped(seconds)}`
    : `${date.toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

/**
 * The verdict on a proof of one entry.
 *
 * @throws {@link SettingsError} The verifier key is none.
 */
export function proofReport({ proof, entry }: EntryProof, field: string, key: GivenKey): Report {
  const verdict = verifyEntryProof({
    verifierKey: key.verifierKey,
    entry: entry ?? new TextEncoder().encode(field),
    proof,
  });
  const { failure, index = 0, seal = 0, time = 0 } = verdict;
  if (failure === 'key') throw new SettingsError(NOT_A_KEY);
  const facts = [
    fact('Number of the entry, counted from 0', grouped(index)),
    fact('Seal', grouped(seal)),
    fact('Time of the seal', utc(time)),
  ];
  const isProved = failure === undefined;
  return {
    tone: isProved ? 'good' : 'bad',
    title: isProved ? 'Proved: this entry is in the log' : 'Not proved',
    sentences: [...(isProved ? [] : [`${unproved[failure]}.`]), ...ofLink(key)],
    checks: [],
    groups: isProved ? [{ name: 'Proof', facts }] : [],
    notJudged: claimsOf(key),
    json: verdict,
    link: failure === 'form' ? undefined : {},
  };
}

const unproved: Readonly<Record<Exclude<EntryProofFailure, 'key'>, string>> = {
  form: 'The proof is not of the form of one',
  chain: 'The keys in the proof do not follow from the verifier key',
  signature: 'No key of the log signed the checkpoint of the proof',
  time: 'The time of the checkpoint is before that of its key',
  size: 'The checkpoint covers fewer entries than its key had sealed',
  entry:
    'This entry is not the one that was sealed. It is compared byte for byte, without its newline',
};
