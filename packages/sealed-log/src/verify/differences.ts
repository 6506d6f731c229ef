/** How the entries of a log differ from those that were sealed, in lines of files, for a person. */
import {
  checkFunction,
  checkInteger,
  checkOptions,
  isBytes,
} from '@evolock/direct-serialise/arguments';
import { readSealLine } from '../format/seal.js';
import {
  CHANCE,
  differencesBetween,
  HashList,
  type ComparedLists,
  type Difference,
  type Part,
} from './alignment.js';
import { cryptographyOf } from './cryptography.js';
import { AcceptedErasures } from './entries/absent.js';
import {
  checkIterable,
  Entries,
  Hashes,
  NEWLINE,
  piecesOf,
  piecesOfFiles,
  SealLines,
  type ByteSource,
  type FileSources,
} from '../reading/sources.js';
import { verifySealedLog, type SealedLogOptions } from './verify-log.js';

const comparedLogNames = [
  'verifierKey',
  'files',
  'seals',
  'hashes',
  'firstEntry',
  'erased',
  'signal',
  'cryptography',
] as const;

/** A log whose entries are compared with its hashes. */
export type ComparedLog = Pick<SealedLogOptions, (typeof comparedLogNames)[number]>;

/** A part in which the entries differ from those that were sealed. */
export interface EntryDifference {
  /**
   * `missing`: entries are gone at the beginning or at the end of a file, as when a file was not given. `removed`: entries
   * are gone within a file. `inserted`: there are entries that were not sealed. `changed`: others are in their places.
   * `unmatched`: hardly any entry of a file was sealed at its place: this is another file, or one that was changed as a whole,
   * or a copy, or files were not given.
   */
  readonly kind: 'changed' | 'inserted' | 'missing' | 'removed' | 'unmatched';
  /** The number of the first sealed entry of this part. Of `inserted`, that of the one after it. */
  readonly entry: number;
  /** The number of sealed entries that are gone or changed. 0 for `inserted`. */
  readonly entries: number;
  /** The number of entries in their places. 0 for `missing` and `removed`. */
  readonly present: number;
  /** The place in `files`, from 0, of the first line of this part, or of the line after a gap. */
  readonly file: number;
  /** That line in the file, from 1. At the end of the files, the number of lines and one. */
  readonly line: number;
  /** The first line that is there, at most its first 16,384 bytes. `undefined` for `missing` and `removed`. */
  readonly text: Uint8Array | undefined;
  /** The time of the seal before the one that first covers the entry, POSIX seconds; `undefined` before the first seal. */
  readonly sealedAfter: number | undefined;
  /** The time of the first seal that covers this part, POSIX seconds; `undefined` for what was inserted after the last one. */
  readonly sealedBy: number | undefined;
}

/** How the entries differ from those that were sealed. */
export interface EntryDifferences {
  /** The first differences, at most 20, in the order of the files. */
  readonly differences: readonly EntryDifference[];
  /** Whether there are more. */
  readonly hasMore: boolean;
}

/** Differences that are listed. */
const MOST = 20;

/** Entries that are compared. Each takes 8 bytes of memory, and as many for its hash. */
const MOST_ENTRIES = 1 << 24;

/** Bytes of a line that are kept. */
const LONGEST_TEXT = 16_384;

/**
 * Compares the entries of a log with its hashes, for a log that {@link verifySealedLog} finds invalid with `entries` or
 * `missing-entries`. A file that was not given is told apart from lines that were changed. The hashes count only when every
 * seal of the log fits them.
 *
 * @param log - Called for each reading of the files: once for the seals and hashes, once more for all, and then for lines.
 * @returns `undefined` when nothing can be said: without hashes, when the hashes are not those that were sealed, or for
 * more than 16,777,216 entries.
 * @throws `ArgumentError` `ERR_EVOLOCK_ARGUMENT_TYPE` or `ERR_EVOLOCK_ARGUMENT_VALUE`; what a source or `signal` throws.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { entryDifferences } from '@evolock/sealed-log/verify';
 *
 * const verifierKey =
 *   'example.com/one-key+d1081633+/2V2b2xvY2stc2VhbC92MQMAAAAAAAAAAMasqnh2E6pynvHBGA9OYm3/XBGxr7AhOCJaCZe9y5Ef';
 * const entries = new TextEncoder().encode('a line\n');
 * // Nothing was sealed, so nothing can be compared.
 * const found = await entryDifferences(() => ({ verifierKey, files: [entries], seals: [] }));
 * assert.equal(found, undefined);
 * ```
 */
export async function entryDifferences(
  log: () => ComparedLog,
): Promise<EntryDifferences | undefined> {
  checkFunction('log', log);
  const given = () => checkOptions(log(), comparedLogNames, 'the result of log') as ComparedLog;
  const first = given();
  const size = await sealedSize(first);
  const { firstEntry = 0 } = first;
  if (size === undefined || size - firstEntry > MOST_ENTRIES) return undefined;
  const sealed = await sealedHashes(given(), firstEntry, size);
  const present = await entriesOf(given());
  if (present === undefined) return undefined;
  const found = differencesBetween({ ...present, expected: sealed }, MOST + 1);
  const listed = found.slice(0, MOST);
  const texts = await textsOf(given(), listed);
  const times = await sealTimes(given(), listed, firstEntry);
  const differences = listed.map((each, index): EntryDifference => {
    const entry = firstEntry + each.expectedAt;
    const { count, expectedCount } = each;
    const place = lineAt(each.at, present.starts);
    return {
      kind: kindOf(each, place, present),
      entry,
      entries: expectedCount,
      present: count,
      ...place,
      text: count === 0 ? undefined : texts.get(each.at),
      sealedAfter: times[index]?.before,
      sealedBy: times[index]?.over,
    };
  });
  return { differences, hasMore: found.length > MOST };
}

/** Files of a log, and the hashes of its entries. */
export type HashedFiles = Pick<ComparedLog, (typeof hashedFilesNames)[number]>;

const hashedFilesNames = ['files', 'hashes', 'firstEntry', 'signal', 'cryptography'] as const;

/** Gives the files for each reading, checked. */
export function checkedFiles(log: () => HashedFiles): () => HashedFiles {
  checkFunction('log', log);
  return () => {
    const options = checkOptions(log(), hashedFilesNames, 'the result of log') as HashedFiles;
    checkIterable('files', options.files);
    return options;
  };
}

/** Entries by which the beginning of a log is found. */
const HEAD = 64;

/**
 * Counts the first files that are older than the log: files that were rotated before its first seal have none of its entries. It
 * reads the first lines of each file. The hashes prove nothing, so verify the files that are left: when they are valid, they are
 * the whole log.
 *
 * @param log - Called for each reading: once for the first lines, and once more when files seem to be older.
 * @returns 0 too when it is not known: without hashes, or when no file begins with the first entries.
 * @throws `ArgumentError` `ERR_EVOLOCK_ARGUMENT_TYPE` or `ERR_EVOLOCK_ARGUMENT_VALUE`; what a source or `signal` throws.
 */
export async function countOlderFiles(log: () => HashedFiles): Promise<number> {
  const given = checkedFiles(log);
  const first = given();
  const from = checkInteger('firstEntry', first.firstEntry ?? 0, 0, Number.MAX_SAFE_INTEGER);
  const head = await sealedHashes(first, from, from + HEAD);
  const present = await entriesOf({ ...first, files: headsOf(first) });
  if (present === undefined) return 0;
  const { list, starts } = present;
  const files = starts.map((start, file): Part => [start, starts[file + 1] ?? list.size]);
  let count = starts.findIndex((start) => isBeginning(start, present, head));
  // Of a log that was changed, most of the first entries are in their places. Entries of a later file are known too: before
  // that one, a file whose lines were all changed would seem to be older.
  if (count < 0)
    count = files.findIndex((part) => inPlaceOf(part, list, head) > lengthOf(part) / 2);
  if (count <= 0) return 0;
  const sealed = await sealedHashes(given(), from, from + MOST_ENTRIES);
  const isOlder = (part: Part) => {
    const length = lengthOf(part);
    // A header, and others by chance.
    return knownOf(part, list, sealed) <= Math.max(Math.min(1, length - 1), length / CHANCE);
  };
  return files.slice(0, count).every(isOlder) ? count : 0;
}

function lengthOf([from, to]: Part): number {
  return to - from;
}

/** How many lines of a part are the first of others, each in its place. */
function inPlaceOf([from, to]: Part, list: HashList, others: HashList): number {
  let same = 0;
  for (let at = from; at < to; at += 1) if (list.isSame(at, others, at - from)) same += 1;
  return same;
}

/** How many lines of a part are somewhere among others. */
function knownOf([from, to]: Part, list: HashList, others: HashList): number {
  let known = 0;
  for (let at = from; at < to; at += 1)
    if (others.placesOf(list, at, 0).next().done !== true) known += 1;
  return known;
}

/** The first lines of each file. */
async function* headsOf(log: HashedFiles): AsyncGenerator<ByteSource, void> {
  for await (const file of log.files)
    yield (async function* () {
      let lines = 0;
      for await (const piece of piecesOf('files', file, beforeSlice(log))) {
        let at = 0;
        while (lines < HEAD && at < piece.length) {
          const newline = piece.indexOf(NEWLINE, at);
          at = newline < 0 ? piece.length : newline + 1;
          if (newline >= 0) lines += 1;
        }
        yield piece.subarray(0, at);
        if (lines === HEAD) return;
      }
    })();
}

/** Whether the entries from a place on are the first of a log. Erased ones fit any. */
function isBeginning(start: number, { list, isBlank }: Present, expected: HashList): boolean {
  const length = Math.min(HEAD, expected.size, list.size - start);
  let isKnown = false;
  for (let index = 0; index < length; index += 1) {
    const isSame = list.isSame(start + index, expected, index);
    if (!isSame && !isBlank(start + index)) return false;
    isKnown ||= isSame;
  }
  return isKnown;
}

/** The number of entries whose hashes every seal fits; `undefined` when a seal is wrong, or does not fit them. */
async function sealedSize(log: ComparedLog): Promise<number | undefined> {
  if (log.hashes === undefined) return undefined;
  // Without entries, each root is that of the hashes.
  const onlyHashes = { ...log, files: [], firstEntry: Number.MAX_SAFE_INTEGER };
  const { failure, sealedEntries } = await verifySealedLog(onlyHashes);
  return failure === undefined ? sealedEntries : undefined;
}

/** The hashes of the sealed entries from a number on. */
async function sealedHashes(log: HashedFiles, first: number, size: number): Promise<HashList> {
  const list = new HashList();
  const reader = new Hashes(piecesOf('hashes', log.hashes ?? [], beforeSlice(log)));
  for (let entry = 0; entry < size; entry += 1) {
    let hash = reader.next();
    while (hash === undefined && (await reader.more())) hash = reader.next();
    if (hash === undefined) break;
    if (entry >= first) list.add(hash);
  }
  await reader.close();
  return list;
}

/** The entries that are there. */
type Present = Omit<ComparedLists, 'expected'>;

/** Returns `undefined` when there are too many to compare. */
async function entriesOf(
  log: Pick<ComparedLog, 'files' | 'firstEntry' | 'erased' | 'signal' | 'cryptography'>,
): Promise<Present | undefined> {
  const { sha256 } = cryptographyOf(log.cryptography);
  const hashes = new HashList();
  const accepted = new AcceptedErasures(log.erased ?? []);
  const blank = new Set<number>();
  const starts: number[] = [];
  const files = filesWith(log.files, () => starts.push(hashes.size));
  const entries = new Entries(piecesOfFiles('files', files, beforeSlice(log)), sha256);
  try {
    do {
      for (let hash = entries.next(); hash !== undefined; hash = entries.next()) {
        if (entries.isBlank) blank.add(hashes.size);
        hashes.add(hash);
      }
      if (hashes.size > MOST_ENTRIES) return undefined;
    } while (await entries.more());
  } finally {
    await entries.close();
  }
  return {
    list: hashes,
    starts,
    isBlank: (at) => blank.has(at),
    isErasable: (expectedAt) => accepted.has((log.firstEntry ?? 0) + expectedAt),
  };
}

/** Calls a function when the reading of a file begins. */
async function* filesWith(files: FileSources, begin: () => void): AsyncGenerator<ByteSource, void> {
  for await (const file of files) {
    yield (async function* () {
      begin();
      yield* isBytes(file) ? [file] : file;
    })();
  }
}

function beforeSlice({ signal }: Pick<ComparedLog, 'signal'>): () => void {
  return () => signal?.throwIfAborted();
}

interface FileLine {
  readonly file: number;
  readonly line: number;
}

function lineAt(at: number, starts: readonly number[]): FileLine {
  const file = Math.max(
    0,
    starts.findLastIndex((start) => start <= at),
  );
  return { file, line: at - (starts[file] ?? 0) + 1 };
}

function kindOf({ at, count, expectedCount }: Difference, { line }: FileLine, there: Present) {
  const { size } = there.list;
  const end = at + count;
  const isWhole = line === 1 && (end >= size || there.starts.includes(end));
  if (count > 0 && isWhole) return 'unmatched';
  if (expectedCount === 0) return 'inserted';
  if (count > 0) return 'changed';
  return line === 1 || at === size ? 'missing' : 'removed';
}

/** The first line of each difference, by its place in all files. */
async function textsOf(
  log: ComparedLog,
  differences: readonly Difference[],
): Promise<ReadonlyMap<number, Uint8Array>> {
  const texts = new Map<number, Uint8Array>();
  for (const each of differences) texts.set(each.at, new Uint8Array(0));
  let at = 0;
  for await (const piece of piecesOfFiles('files', log.files, beforeSlice(log))) {
    for (let from = 0; from < piece.length;) {
      const newline = piece.indexOf(NEWLINE, from);
      const end = newline < 0 ? piece.length : newline;
      const text = texts.get(at);
      if (text !== undefined) {
        const part = piece.subarray(from, Math.min(end, from + LONGEST_TEXT - text.length));
        texts.set(at, joined(text, part));
      }
      if (newline >= 0) at += 1;
      from = end + 1;
    }
  }
  return texts;
}

function joined(start: Uint8Array, end: Uint8Array): Uint8Array {
  const both = new Uint8Array(start.length + end.length);
  both.set(start);
  both.set(end, start.length);
  return both;
}

/** The times of the last seal before a part, and of the first one over it. */
interface SealTimes {
  before?: number;
  over?: number;
}

function noTimes(): SealTimes {
  return {};
}

/** The times of the seals around each difference. Every seal was verified. */
async function sealTimes(
  log: ComparedLog,
  differences: readonly Difference[],
  firstEntry: number,
): Promise<readonly SealTimes[]> {
  const parts = differences.map(({ expectedAt, expectedCount }) => {
    const from = firstEntry + expectedAt;
    return { from, to: from + Math.max(1, expectedCount), times: noTimes() };
  });
  const lines = new SealLines(piecesOf('seals', log.seals, beforeSlice(log)));
  do {
    for (let line = lines.next(); line !== undefined; line = lines.next()) {
      const seal = readSealLine(line);
      if (seal === undefined) continue;
      for (const { from, to, times } of parts) {
        if (seal.size <= from) times.before = seal.time;
        if (seal.size >= to) times.over ??= seal.time;
      }
    }
  } while (await lines.more());
  return parts.map(({ times }) => times);
}
