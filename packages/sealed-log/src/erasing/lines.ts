/** The lines of a log by the numbers of their entries, in all files that are there, also compressed ones. */
import { createHash } from 'node:crypto';
import { sameBytes } from '@evolock/direct-serialise/arguments';
import type { EntryFile } from '../following/entry-file.js';
import { closeAll, openFiles, refuseUnread, type LogNames } from '../following/log-files.js';
import type { SealedHashes } from '../following/sealed-hashes.js';
import { LEAF_PREFIX } from '../format/tree.js';
import { native } from '../native.js';
import { NEWLINE } from '../reading/sources.js';
import { findFirstEntry } from '../verify/first-entry.js';

const PIECE = 1 << 18;
const SPACE = 0x20;

/** Bytes of a line that are shown. */
const SHOWN_BYTES = 200;

/** A line that was found. */
export interface FoundLine {
  /** The number of its entry. */
  readonly entry: number;
  readonly file: EntryFile;
  /** Its number in its file, from 1. */
  readonly line: number;
  /** The bytes of the file before it. */
  readonly from: number;
  /** Its bytes, without the newline. */
  readonly length: number;
}

/** The files that have sealed entries, and the number of the first. */
interface Beginning {
  readonly files: readonly EntryFile[];
  readonly first: number;
}

/** The files of a log, open. */
export class LogLines implements Disposable {
  readonly #files: readonly EntryFile[];

  constructor(names: LogNames) {
    refuseUnread(names);
    this.#files = openFiles(names, 0).all;
  }

  /** Closes them. */
  [Symbol.dispose](): void {
    closeAll(this.#files);
  }

  /** The sealed lines, in order. Files that are older than the log are left out. */
  async *all(sealed: SealedHashes): AsyncGenerator<FoundLine, void> {
    const { files, first } = await this.#beginning(sealed);
    let entry = first;
    for (const [index, file] of files.entries()) {
      let line = 1;
      const isLast = index === files.length - 1;
      for (const { from, length } of linesOf(file, isLast)) {
        if (entry >= sealed.count) return;
        yield { entry, file, line, from, length };
        entry += 1;
        line += 1;
      }
      file.forget();
    }
  }

  /** The files that have sealed entries, by the hashes, and the number of the first. */
  async #beginning(sealed: SealedHashes): Promise<Beginning> {
    for (let older = 0; older < this.#files.length; older += 1) {
      const files = this.#files.slice(older);
      const first = await firstOf(files, sealed);
      const [file] = files;
      if (first !== undefined && file !== undefined && hasLineOf(file, first, sealed))
        return this.#withChanged(older, first, sealed);
    }
    return { files: this.#files, first: 0 };
  }

  /** Adds files before the first one whose first lines are those of the hashes: theirs were changed, or all erased. */
  #withChanged(older: number, next: number, sealed: SealedHashes): Beginning {
    const file = this.#files[older - 1];
    let first = next;
    if (file !== undefined) for (const _ of linesOf(file)) first -= 1;
    const isOfLog = file !== undefined && first >= 0 && hasLineOf(file, first, sealed);
    return isOfLog
      ? this.#withChanged(older - 1, first, sealed)
      : { files: this.#files.slice(older), first: next };
  }
}

/** Of equal lines, those that reach to the last sealed entry are taken. */
async function firstOf(
  files: readonly EntryFile[],
  sealed: SealedHashes,
): Promise<number | undefined> {
  const given = () => ({
    files: files.map((file) => partOf(file, 0, file.size)),
    hashes: sealed.all(),
    cryptography: native,
  });
  let lines = 0;
  for (const [index, file] of files.entries())
    for (const _ of linesOf(file, index === files.length - 1)) lines += 1;
  const least = Math.max(0, sealed.count - lines);
  return (await findFirstEntry(given, least)) ?? findFirstEntry(given);
}

function partOf(file: EntryFile, from: number, length: number): Iterable<Uint8Array> {
  return piecesAt((bytes, at) => file.readAt(bytes, 0, bytes.length, at), from, length);
}

/** Reads bytes at a place into memory. Returns how many. */
export type ReadAt = (bytes: Uint8Array, at: number) => number;

/** The bytes of a place. Each piece uses the memory of the one before. */
export function* piecesAt(read: ReadAt, from: number, length: number): Generator<Uint8Array, void> {
  const memory = new Uint8Array(Math.min(PIECE, length));
  for (let done = 0; done < length;) {
    const piece = memory.subarray(0, Math.min(memory.length, length - done));
    const count = read(piece, from + done);
    if (count === 0) return;
    yield piece.subarray(0, count);
    done += count;
  }
}

/** The places of lines. What follows the last newline of a file that is not the last one is a line too. */
function* linesIn(
  pieces: Iterable<Uint8Array>,
  isLast: boolean,
): Generator<Pick<FoundLine, 'from' | 'length'>, void> {
  let from = 0;
  let before = 0;
  for (const piece of pieces) {
    for (let at = piece.indexOf(NEWLINE); at >= 0; at = piece.indexOf(NEWLINE, at + 1)) {
      yield { from, length: before + at - from };
      from = before + at + 1;
    }
    before += piece.length;
  }
  if (!isLast && before > from) yield { from, length: before - from };
}

function linesOf(file: EntryFile, isLast = false): ReturnType<typeof linesIn> {
  return linesIn(partOf(file, 0, file.size), isLast);
}

/** Whether a line of a file that begins with an entry was sealed at its place. */
function hasLineOf(file: EntryFile, first: number, sealed: SealedHashes): boolean {
  let entry = first;
  for (const { from, length } of linesOf(file)) {
    if (entry >= sealed.count) return false;
    if (sameBytes(leafOf(partOf(file, from, length)), sealed.at(entry))) return true;
    entry += 1;
  }
  return false;
}

/** The hash of a line in pieces. */
export function leafOf(pieces: Iterable<Uint8Array>): Uint8Array {
  const hash = createHash('sha256').update(LEAF_PREFIX);
  for (const piece of pieces) hash.update(piece);
  return hash.digest();
}

/** The hash of a line of spaces. */
export function blankLeaf(length: number): Uint8Array {
  return leafOf(piecesAt((bytes) => bytes.fill(SPACE).length, 0, length));
}

/** The beginning of a line that has a text; `undefined` when it does not have it. */
export function matchIn({ file, from, length }: FoundLine, text: Buffer): string | undefined {
  if (!hasText(partOf(file, from, length), text)) return undefined;
  const [begin = new Uint8Array()] = partOf(file, from, Math.min(length, SHOWN_BYTES));
  return Buffer.from(begin).toString();
}

/** Whether a file has a text. */
export function isIn(file: EntryFile, text: Buffer): boolean {
  return hasText(partOf(file, 0, file.size), text);
}

function hasText(pieces: Iterable<Uint8Array>, text: Buffer): boolean {
  let kept = Buffer.alloc(0);
  for (const piece of pieces) {
    const joined = Buffer.concat([kept, piece]);
    if (joined.includes(text)) return true;
    kept = joined.subarray(Math.max(0, joined.length - text.length + 1));
  }
  return false;
}
