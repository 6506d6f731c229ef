/** Which of the files that were given have entries of the log, by what is in them. */
import { createHash } from 'node:crypto';
import { fstatSync } from 'node:fs';
import { usage } from '@evolock/command-line/errors';
import { printable, sourceName } from '@evolock/command-line/text';
import {
  isRead,
  unpackedName,
  unpackingCommands,
  UnpackingError,
} from '../../files/packed-file.js';
import { HASH_SIZE } from '../../format/tree.js';
import { native } from '../../native.js';
import { piecesOfPart, type FilePart } from '../../parallel/judge.js';
import { NEWLINE } from '../../reading/sources.js';
import { findFirstEntry } from '../../verify/first-entry.js';
import { countOlderFiles, type HashedFiles } from '../../verify/index.js';
import type { OpenedFile } from './read.js';

/** The files of a log, in their order. */
export interface TakenFiles {
  readonly files: readonly OpenedFile[];
  /** The names of those that are older than the log. */
  readonly older: readonly string[];
  /** What a person has to know of the others. */
  readonly notes: readonly string[];
}

/** Leaves out files whose content another one has too, and those that are older than the first sealed entry. */
export async function takenOf(
  given: readonly OpenedFile[],
  hashes: FilePart | undefined,
  firstEntry: number | undefined,
): Promise<TakenFiles> {
  const notes: string[] = [];
  const once: OpenedFile[] = [];
  for (const file of given) {
    const reason = await whySecond(file, given);
    if (reason === undefined) once.push(file);
    else notes.push(`${sourceName(file.path)}: ${reason}`);
  }
  refuseUnread(once);
  const [only, ...others] = once;
  if (others.length === 0 && (await only?.size()) === 0)
    notes.push(`${sourceName(only?.path ?? '')}: it is empty`);
  const parts = once.map((file) => file.part());
  const count =
    others.length > 0 && areReadAgain(parts, hashes)
      ? await countOlderFiles(() => ({ ...hashedFiles(parts, hashes), firstEntry }))
      : 0;
  return {
    files: once.slice(count),
    older: once.slice(0, count).map(({ path }) => path),
    notes,
  };
}

/** The number of the first entry of files whose earlier ones may be gone; `undefined` when it is not known. */
export async function firstEntryOf(
  parts: readonly FilePart[],
  hashes: FilePart | undefined,
): Promise<number | undefined> {
  if (!areReadAgain(parts, hashes)) return undefined;
  // Of a log that has no entry any more, all are gone from the front.
  if (hashes !== undefined && parts.every(({ from, to }) => from === to))
    return Math.floor(fstatSync(hashes.fd).size / HASH_SIZE);
  return findFirstEntry(() => hashedFiles(parts, hashes));
}

/**
 * A later number of the first entry, when the files have too few lines to reach from an earlier one to the last sealed entry: equal
 * lines stand at several places. `undefined` when there is none.
 */
export async function laterFirstEntryOf(
  parts: readonly FilePart[],
  hashes: FilePart | undefined,
  earlier: number,
): Promise<number | undefined> {
  if (hashes === undefined || !areReadAgain(parts, hashes)) return undefined;
  let lines = 0;
  for (const part of parts)
    for await (const piece of piecesOfPart(part))
      for (let at = piece.indexOf(NEWLINE); at >= 0; at = piece.indexOf(NEWLINE, at + 1))
        lines += 1;
  const least = Math.floor(fstatSync(hashes.fd).size / HASH_SIZE) - lines;
  return least > earlier ? findFirstEntry(() => hashedFiles(parts, hashes), least) : undefined;
}

/** Pipes are not. */
function areReadAgain(parts: readonly FilePart[], hashes: FilePart | undefined): boolean {
  return [...parts, hashes].every((part) => part?.isPipe === false);
}

function hashedFiles(parts: readonly FilePart[], hashes: FilePart | undefined): HashedFiles {
  return {
    files: parts.map(piecesOfPart),
    hashes: hashes && piecesOfPart(hashes),
    cryptography: native,
  };
}

/** Why a compressed file is not read beside the unpacked one; `undefined` when it is. Who unpacks a file may keep both. */
async function whySecond(
  file: OpenedFile,
  files: readonly OpenedFile[],
): Promise<string | undefined> {
  const name = unpackedName(file.path);
  const plain = files.find(({ path, form }) => form === undefined && path === name);
  if (plain === undefined || file.form === undefined) return undefined;
  const isInstead = `and ${sourceName(name)} is read in its place`;
  if (!isRead(file.form)) return `it is compressed in a form that is not read here, ${isInstead}`;
  try {
    const isSame = (await contentOf(file)) === (await contentOf(plain));
    return isSame ? `it has the same content as ${sourceName(name)}, and is read once` : undefined;
  } catch (error) {
    if (!(error instanceof UnpackingError)) throw error;
    return `it cannot be unpacked, or is being written, ${isInstead}`;
  }
}

async function contentOf(file: OpenedFile): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of piecesOfPart(file.part())) hash.update(piece);
  return hash.digest('hex');
}

/** Refuses compressed files that are not read here, all at once. */
function refuseUnread(files: readonly OpenedFile[]): void {
  const unread = files.filter(({ form }) => form !== undefined && !isRead(form));
  if (unread.length === 0) return;
  const commands = unpackingCommands(unread.map(({ path }) => path));
  throw usage(
    `compressed files of a form that is not read here: unpack them, and give the unpacked files: ${printable(commands)}`,
  );
}
