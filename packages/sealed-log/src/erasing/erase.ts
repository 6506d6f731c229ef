/**
 * Erases sealed entries: spaces are written over their lines in every file of the log that is there. The record beside the key file
 * comes first, so that a run that was killed is finished. Then the log gets an entry that tells of it, for people: anybody could
 * have written it.
 */
import { closeSync, constants, existsSync, fsyncSync, readSync, writeSync } from 'node:fs';
import { sameBytes, wrongType, wrongValue } from '@evolock/direct-serialise/arguments';
import { isFileError } from '@evolock/direct-serialise-io/files';
import { hashesOf, sealsOf } from '../files/log-file.js';
import {
  readErasure,
  removeErasure,
  timeOfErasure,
  whileErasing,
  writeErasure,
  type ErasedLine,
  type Erasure,
} from '../following/erasure.js';
import { closeAll, openFiles, type LogNames } from '../following/log-files.js';
import { SealedHashes } from '../following/sealed-hashes.js';
import { SealsFile } from '../following/seals-file.js';
import { encodeBase64 } from '../format/base64.js';
import { END, type Seal } from '../format/seal.js';
import { NEWLINE } from '../reading/sources.js';
import { AcceptedErasures, type Range } from '../verify/entries/absent.js';
import { blankLeaf, isIn, LogLines, matchIn, type FoundLine } from './lines.js';
import { ChangedFiles, notErased, openToChange } from './overwrite.js';

/** A log in which entries are erased. */
export interface ErasingPlace {
  readonly names: LogNames;
  /** `undefined` for a key that is in memory only: its log ends with the process, and nothing is finished later. */
  readonly keyFile: string | undefined;
}

/** What was erased. */
export interface ErasedEntries {
  /** The number of entries whose text is erased; 0 when all of them were erased before, and nothing was changed. */
  readonly entries: number;
  /**
   * Whether the log has an entry that tells of it. It waits while the last line of the log has no newline. A log that has ended
   * gets none, and so does one in which nothing was changed.
   */
  readonly record: 'written' | 'waits' | 'none';
}

const LONGEST_REASON = 1000;

/** Checks the reason of an erasing. */
export function checkReason(reason: unknown): string {
  if (typeof reason !== 'string') throw wrongType('reason', 'a string', reason);
  if (reason.length > 0 && reason.length <= LONGEST_REASON) return reason;
  throw wrongValue('reason', `1 to ${LONGEST_REASON} characters`, `${reason.length}`);
}

/** Their lines are in the record. */
const MOST_ENTRIES = 10_000;

/**
 * Erases entries, and finishes an erasing that was begun before. What is erased already is left as it is.
 *
 * @throws {@link SealerError} reason `not-erased`, with the way out: nothing was changed.
 */
export async function eraseEntries(
  place: ErasingPlace,
  entries: readonly Range[],
  reason: string,
): Promise<ErasedEntries> {
  const { names, keyFile } = place;
  const { last, isEnded } = sealedIn(place);
  if (finishErasing(place)?.record === 'waits')
    throw notErased(
      names.path,
      'it is missing, or its last line has no newline, so the entry that tells of the last erasing waits: erase again when the line has ended',
    );
  using sealed = wholeHashes(place, last);
  const beyond = entries.find(([, to]) => to > last.size);
  if (beyond !== undefined)
    throw notErased(
      names.path,
      `entry ${Math.max(beyond[0], last.size)} is not sealed: let a sealer seal it, and erase it then`,
    );
  const found = await linesOf(names, sealed, new AcceptedErasures(entries), countOf(entries));
  return locked(place, () => {
    if (keyFile !== undefined && readErasure(keyFile) !== undefined)
      throw notErased(keyFile, 'another run erases just now: wait until it ends');
    using files = new ChangedFiles(names, new Set(found.map(({ file }) => file.identity)));
    const present = found.filter((line) =>
      isPresent(line, sealed, files.hashAt(placeIn(line, sealed))),
    );
    if (present.length === 0) return { entries: 0, record: 'none' };
    const erasure: Erasure = {
      version: 1,
      entries: new AcceptedErasures(present.map(({ entry }) => [entry, entry + 1])).list,
      reason,
      lines: present.map((line) => placeIn(line, sealed)),
      isEnded,
    };
    if (keyFile !== undefined) writeErasure(keyFile, erasure);
    files.overwrite(erasure.lines);
    return { entries: present.length, record: told(place, erasure, false) };
  });
}

/**
 * Finishes an erasing that was begun. Returns `undefined` when there is none, and also while another run is at work on it.
 *
 * @throws {@link SealerError} reason `not-erased`, {@link FileError}: it stays begun.
 */
export function finishErasing(place: ErasingPlace): ErasedEntries | undefined {
  const { names, keyFile } = place;
  if (keyFile === undefined || readErasure(keyFile) === undefined) return undefined;
  try {
    return locked(place, () => {
      const erasure = readErasure(keyFile);
      if (erasure === undefined) return undefined;
      const { lines, entries } = erasure;
      using files = new ChangedFiles(names, new Set(lines.map(({ file }) => file)));
      if (!lines.every((line) => files.isBegun(line)))
        throw notErased(
          names.path,
          `files in which lines are half erased are not found, or were changed: put them back, or name them with the option rotated; when they are gone for good, remove ${keyFile}.erasure`,
        );
      files.overwrite(lines);
      return { entries: countOf(entries), record: told(place, erasure, true) };
    });
  } catch (error) {
    if (isFileError(error, 'locked')) return undefined;
    throw error;
  }
}

/** An entry that has a text. */
export interface MatchedEntry {
  readonly entry: number;
  /** The beginning of its line. */
  readonly text: string;
}

/** The sealed entries that have a text. */
export interface FoundEntries {
  /** The first ones, in order. */
  readonly matches: readonly MatchedEntry[];
  /** The number of all of them. */
  readonly count: number;
  /** The number of sealed entries that are in the files that are here: only these were searched. */
  readonly searched: number;
  readonly sealed: number;
}

/** Looks for a text in the sealed entries of the files that are here, byte for byte. */
export async function searchEntries(
  place: ErasingPlace,
  text: string,
  most: number,
): Promise<FoundEntries> {
  const { last } = sealedIn(place);
  using sealed = wholeHashes(place, last);
  using lines = new LogLines(place.names);
  const wanted = Buffer.from(text);
  const matches: MatchedEntry[] = [];
  let count = 0;
  let searched = 0;
  for await (const line of lines.all(sealed)) {
    searched += 1;
    const found = matchIn(line, wanted);
    if (found === undefined) continue;
    count += 1;
    if (matches.length < most) matches.push({ entry: line.entry, text: found });
  }
  return { matches, count, searched, sealed: last.size };
}

function locked<Result>({ keyFile }: ErasingPlace, work: () => Result): Result {
  return keyFile === undefined ? work() : whileErasing(keyFile, work);
}

/** The last seal of a log whose key is where it is said to be. */
function sealedIn({ names, keyFile }: ErasingPlace): { last: Seal; isEnded: boolean } {
  using file = new SealsFile(sealsOf(names.path), keyFile);
  const { line } = file.end();
  if (typeof line !== 'object') throw notErased(names.path, 'it has no seals: name a sealed log');
  const isEnded = (line.seal.flags & END) !== 0;
  if (!isEnded && keyFile !== undefined && !existsSync(keyFile))
    throw notErased(names.path, `its key is not at ${keyFile}: name it with the option keyFile`);
  return { last: line.seal, isEnded };
}

/** The hashes of all sealed entries: without them no log with an erased entry verifies. */
function wholeHashes({ names: { path }, keyFile }: ErasingPlace, last: Seal): SealedHashes {
  const sealed = SealedHashes.open(hashesOf(path), last.size, keyFile);
  if (sealed?.count === last.size && sameBytes(sealed.root(), last.root)) return sealed;
  sealed?.[Symbol.dispose]();
  throw notErased(
    hashesOf(path),
    'it does not have the hashes of all sealed entries, without which a log with an erased entry does not verify: put back the newest copy, or start a sealer that keeps hashes while all files of the log are there, which makes it',
  );
}

const countOf = (entries: readonly Range[]): number =>
  entries.reduce((sum, [from, to]) => sum + to - from, 0);

function placeIn({ entry, file, from, length }: FoundLine, sealed: SealedHashes): ErasedLine {
  return { file: file.identity, from, length, leaf: encodeBase64(sealed.at(entry)) };
}

/** The lines of entries that are there. */
async function linesOf(
  names: LogNames,
  sealed: SealedHashes,
  wanted: AcceptedErasures,
  count: number,
): Promise<FoundLine[]> {
  if (count > MOST_ENTRIES)
    throw notErased(
      names.path,
      `at most ${MOST_ENTRIES} entries are erased at a time: name fewer, several times`,
    );
  using lines = new LogLines(names);
  const found: FoundLine[] = [];
  for await (const line of lines.all(sealed)) if (wanted.has(line.entry)) found.push(line);
  const isThere = new Set(found.map(({ entry }) => entry));
  const [missing] = wanted.list.flatMap(([from, to]) =>
    Array.from({ length: to - from }, (_, at) => from + at).filter((entry) => !isThere.has(entry)),
  );
  if (missing === undefined) return found;
  throw notErased(
    names.path,
    `entry ${missing} is in no file that is found: name rotated files with the option rotated; when its file was removed, leave it out`,
  );
}

/** Whether a line is as it was sealed, or was erased before. Another one is refused. */
function isPresent(
  { entry, file, line, length }: FoundLine,
  sealed: SealedHashes,
  leaf: Uint8Array | undefined,
): boolean {
  if (leaf !== undefined && sameBytes(leaf, sealed.at(entry))) return true;
  if (leaf !== undefined && sameBytes(leaf, blankLeaf(length))) return false;
  throw notErased(
    file.path,
    `line ${line}, entry ${entry}, was changed after it was sealed, and a change is not hidden: verify the log, and put the right file back`,
  );
}

/** Tells of an erasing in the log, and forgets it, or the lines that are overwritten. */
function told(place: ErasingPlace, erasure: Erasure, wasBegun: boolean): ErasedEntries['record'] {
  const { keyFile } = place;
  const isWritten = !erasure.isEnded && appended(place, erasure, wasBegun);
  const record = erasure.isEnded ? 'none' : isWritten ? 'written' : 'waits';
  if (keyFile === undefined) return record;
  if (record === 'waits') writeErasure(keyFile, { ...erasure, lines: [] });
  else removeErasure(keyFile);
  return record;
}

/** Appends the entry for people, unless another program is within a line, or made no new file yet. */
function appended(place: ErasingPlace, { entries, reason }: Erasure, wasBegun: boolean): boolean {
  const line = Buffer.from(`${JSON.stringify({ sealedLogErased: { entries, reason } })}\n`);
  if (wasBegun && isTold(place, line)) return true;
  const { path } = place.names;
  if (!existsSync(path)) return false;
  const { fd, stats } = openToChange(path, constants.O_APPEND);
  try {
    const size = Number(stats.size);
    const end = Buffer.alloc(1);
    if (size > 0 && (readSync(fd, end, 0, 1, size - 1) === 0 || end[0] !== NEWLINE)) return false;
    writeSync(fd, line);
    fsyncSync(fd);
    return true;
  } finally {
    closeSync(fd);
  }
}

/** Whether a run that was killed has written the entry. The file that has it may have been rotated since. */
function isTold({ names, keyFile }: ErasingPlace, line: Buffer): boolean {
  const begun = keyFile === undefined ? 0n : timeOfErasure(keyFile);
  const { all } = openFiles(names, 0);
  try {
    return all.some((file) => file.seen.changed >= begun && isIn(file, line));
  } finally {
    closeAll(all);
  }
}
