/**
 * Lines that are overwritten by spaces, in place: no byte moves, and other programs append on. A file is judged once it is open.
 * Before anything is changed, all lines are compared.
 */
import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  futimesSync,
  readSync,
  writeSync,
} from 'node:fs';
import { FileError, type OpenedFile } from '@evolock/direct-serialise-io/files';
import { SealerError } from '../errors.js';
import { openEntries, readFully } from '../files/log-file.js';
import { packedBeside } from '../files/old-files.js';
import { formOfName, unpackedName, wordOf } from '../files/packed-file.js';
import { userName } from '../files/users.js';
import { identityOf } from '../following/entry-file.js';
import type { ErasedLine } from '../following/erasure.js';
import { closeAll, openFiles, type LogNames } from '../following/log-files.js';
import { encodeBase64 } from '../format/base64.js';
import { areSpaces, NEWLINE } from '../reading/sources.js';
import { blankLeaf, leafOf, piecesAt } from './lines.js';

const SECTOR = 512;
const SPACES = Buffer.alloc(1 << 18, ' ');

/** The error of what is not erased, with the way out. */
export function notErased(path: string, words: string): SealerError {
  return new SealerError('not-erased', { path, detail: `${path}: ${words}` });
}

/** Files of a log that are open for changes, by their identities. */
export class ChangedFiles implements Disposable {
  readonly #opened = new Map<string, OpenedFile>();
  /** When the old file after it was last changed, in seconds. */
  readonly #later = new Map<string, number>();

  constructor(names: LogNames, wanted: ReadonlySet<string>) {
    const { all, named } = openFiles(names, 0);
    closeAll(all);
    try {
      for (const [index, { path, identity }] of all.entries()) {
        const next = all[index + 1];
        if (next !== undefined && next !== named)
          this.#later.set(identity, Number(next.seen.changed) / NANOSECONDS);
        if (!wanted.has(identity)) continue;
        if (path !== names.path) refusePacked(path);
        this.#opened.set(identity, openAs(path, identity));
      }
    } catch (error) {
      this[Symbol.dispose]();
      throw error;
    }
  }

  /** Closes them. */
  [Symbol.dispose](): void {
    for (const { fd } of this.#opened.values()) closeSync(fd);
    this.#opened.clear();
  }

  /** The hash of a line, as it is now; `undefined` when its file is not there, or no line is there. */
  hashAt({ file, from, length }: ErasedLine): Uint8Array | undefined {
    const fd = this.#opened.get(file)?.fd;
    if (fd === undefined) return undefined;
    const end = Buffer.alloc(1);
    const isEnd = (at: number): boolean => readSync(fd, end, 0, 1, at) === 0 || end[0] === NEWLINE;
    if ((from > 0 && !isEnd(from - 1)) || !isEnd(from + length)) return undefined;
    let size = 0;
    let isOne = true;
    const pieces = function* (): Generator<Uint8Array, void> {
      for (const piece of piecesAt((bytes, at) => readFully(fd, bytes, at), from, length)) {
        isOne &&= !piece.includes(NEWLINE);
        size += piece.length;
        yield piece;
      }
    };
    const leaf = leafOf(pieces());
    return isOne && size === length ? leaf : undefined;
  }

  /** Whether a line has its old bytes, spaces, or both, as a killed run leaves them. */
  isBegun(line: ErasedLine): boolean {
    const leaf = this.hashAt(line);
    if (leaf === undefined) return false;
    const known = [line.leaf, encodeBase64(blankLeaf(line.length))];
    return known.includes(encodeBase64(leaf)) || this.#hasBlankSector(line);
  }

  /** A disk writes whole sectors. */
  #hasBlankSector({ file, from, length }: ErasedLine): boolean {
    const fd = this.#opened.get(file)?.fd;
    const end = from + length;
    const sector = new Uint8Array(SECTOR);
    for (let at = from; fd !== undefined && at < end; at += SECTOR - (at % SECTOR)) {
      const part = sector.subarray(0, Math.min(end - at, SECTOR - (at % SECTOR)));
      readFully(fd, part, at);
      if (areSpaces(part)) return true;
    }
    return false;
  }

  /** Overwrites lines, and returns when that is on the disk. */
  overwrite(lines: readonly ErasedLine[]): void {
    for (const { file, from, length } of lines) {
      const fd = this.#opened.get(file)?.fd;
      if (fd === undefined) continue;
      for (let done = 0; done < length;)
        done += writeSync(fd, SPACES, 0, Math.min(SPACES.length, length - done), from + done);
    }
    for (const [identity, { fd, stats }] of this.#opened) {
      keepOrder(fd, Number(stats.mtimeNs) / NANOSECONDS, this.#later.get(identity));
      fsyncSync(fd);
    }
  }
}

const NANOSECONDS = 1e9;

/**
 * Old files can be in the order of their times only, so one does not become newer than the next. It becomes a second newer, so that
 * a mirror fetches it again.
 */
function keepOrder(fd: number, changed: number, later: number | undefined): void {
  if (later === undefined || later <= changed) return;
  try {
    futimesSync(fd, fstatSync(fd).atime, Math.min(changed + 1, later));
  } catch {
    // Only the owner and root may. The order by names or by the hint stays.
  }
}

/** Opens a file of entries for reading and writing: one that has no other name. */
export function openToChange(path: string, flags = 0): OpenedFile {
  try {
    const opened = openEntries(path, constants.O_RDWR | flags);
    if (opened.stats.nlink <= 1n) return opened;
    closeSync(opened.fd);
  } catch (error) {
    const { systemCode } = error as FileError;
    if (systemCode === 'EPERM')
      throw notErased(
        path,
        `an attribute keeps it from being changed: as root, chattr -a -i ${wordOf(path)}, erase, and set it again`,
      );
    if (systemCode === 'EACCES')
      throw notErased(
        path,
        `user ${userName(process.geteuid?.() ?? 0)} may not change it: run this as root, or as a user who has the rights to it and to the folder of the key`,
      );
    throw error;
  }
  throw notErased(
    path,
    'it has more than one name (hard links), which would have the spaces too: remove the others, and erase again',
  );
}

function openAs(path: string, identity: string): OpenedFile {
  const opened = openToChange(path);
  if (identityOf(opened.stats) === identity) return opened;
  closeSync(opened.fd);
  throw new FileError('changed', path);
}

/** A compressed file cannot be changed in place, and one beside the file that was unpacked of it would keep the text. */
function refusePacked(path: string): void {
  if (formOfName(path) !== undefined)
    throw notErased(
      path,
      `it is compressed, and is not changed in place: unpack it, so that the compressed file is gone, erase, and compress ${wordOf(unpackedName(path))} again`,
    );
  const packed = packedBeside(path);
  if (packed === undefined) return;
  const words = `it has the same entries as ${wordOf(path)}, and would keep them: remove it, and erase again`;
  throw notErased(packed, words);
}
