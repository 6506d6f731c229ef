/** The files of the old log, which get other names, and the first file of the new one. */
import {
  closeSync,
  existsSync,
  fchmodSync,
  fchownSync,
  fstatSync,
  linkSync,
  lstatSync,
  readSync,
  renameSync,
  statSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import {
  flushFolder,
  isFileError,
  openRegular,
  PreparedFile,
  removeLeftovers,
} from '@evolock/direct-serialise-io/files';
import { inFolderOf, openFolderOf, underName, type Folder } from '../files/folder.js';
import { hashesOf, openOwn, sealsOf } from '../files/log-file.js';
import { SealerError } from '../errors.js';
import type { Renewal } from './renew.js';

/** A file, and its name from now on. */
export type Move = readonly [from: string, to: string];

/** The files beside the log, and their names from now on. The seals are the last. */
export function movesOf({ path, options }: Renewal, oldLog: string): readonly Move[] {
  const old = join(dirname(path), oldLog);
  const end = oldLog.slice(basename(path).length);
  const { checkpointFile: note } = options;
  const checkpoints: Move[] =
    note === undefined
      ? []
      : [
          [`${note}.chain`, `${note}${end}.chain`],
          [note, `${note}${end}`],
        ];
  return [[hashesOf(path), hashesOf(old)], ...checkpoints, [sealsOf(path), sealsOf(old)]];
}

/** A name for the old log that no file has, nor what belongs to it. */
export function freeName(renewal: Renewal): string {
  const name = basename(renewal.path);
  const isThere = (path: string) => lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  for (let number = 1; ; number += 1) {
    const oldLog = `${name}.old-${String(number)}`;
    const names = movesOf(renewal, oldLog).map(([, to]) => to);
    if (![join(dirname(renewal.path), oldLog), ...names].some(isThere)) return oldLog;
  }
}

/** Whether the log begins with a line. */
export function beginsWith(path: string, line: string | undefined): boolean {
  if (line === undefined || !existsSync(path)) return false;
  const bytes = Buffer.from(`${line}\n`);
  const { fd } = inFolderOf(
    path,
    (place) => openRegular(place),
    ({ fd: opened }) => closeSync(opened),
  );
  try {
    const begin = Buffer.alloc(bytes.length);
    return readSync(fd, begin, 0, begin.length, 0) === bytes.length && begin.equals(bytes);
  } finally {
    closeSync(fd);
  }
}

/** The user of the process has to be able to give the new file to the owner of the log, who writes it. */
export function refuseForeignLog(path: string): void {
  const user = process.geteuid?.() ?? 0;
  const owner = statSync(path, { throwIfNoEntry: false })?.uid ?? user;
  if (user !== 0 && owner !== user) throw new SealerError('foreign-log', { path });
}

/** Bytes of disk for the first entry: a note and a seal line, which are longer after an end, and the words of a person. */
const ROOM = 1 << 14;

/** The first file of the new log: complete on the disk, or with the room for it, before it gets the name of the log. */
export class FirstFile implements Disposable {
  readonly #path: string;
  readonly #folder: Folder;
  readonly #file: PreparedFile;

  /** Makes it ready: all that could prevent it is found here. */
  constructor(path: string, reason: string) {
    this.#path = path;
    this.#folder = openFolderOf(path);
    const room = ROOM + Buffer.byteLength(JSON.stringify(reason));
    try {
      this.#file = this.#named((place) => {
        removeLeftovers(place);
        return new PreparedFile(place, { secret: false, replace: true }, room);
      });
    } catch (error) {
      this.#folder[Symbol.dispose]();
      throw error;
    }
  }

  /**
   * Gives it the name of the log. What has the name gets another one first, so that the name leads to the old or the new file at
   * each moment.
   */
  publish(entry: string, oldLog: string): void {
    this.#keep(oldLog);
    try {
      this.#named(() => this.#file.publish(Buffer.from(`${entry}\n`)));
    } catch (error) {
      // A program appended to the new log already.
      if (!isFileError(error, 'not-confirmed') || !beginsWith(this.#path, entry)) throw error;
    }
  }

  /** Removes it, when it has no name of its own, and closes it. */
  [Symbol.dispose](): void {
    try {
      this.#file.discard(undefined);
    } finally {
      this.#file.close();
      this.#folder[Symbol.dispose]();
    }
  }

  /** A second name for the present file; the next free one when a program rotated the log after the first was given. */
  #keep(oldLog: string): void {
    const log = this.#folder.pathOf(basename(this.#path));
    const present = lstatSync(log, { throwIfNoEntry: false });
    if (present === undefined) return;
    const begin = oldLog.replace(/\d+$/, '');
    for (let number = Number(oldLog.slice(begin.length)); ; number += 1) {
      const old = this.#folder.pathOf(`${begin}${String(number)}`);
      const found = lstatSync(old, { throwIfNoEntry: false });
      if (found === undefined) return linkSync(log, old);
      if (found.ino === present.ino && found.dev === present.dev) return;
    }
  }

  #named<Result>(work: (place: string) => Result): Result {
    return underName(this.#path, this.#folder.pathOf(basename(this.#path)), work);
  }
}

/** Gives the other old files their names. A step that an earlier run took is left out. */
export function putAside(moves: readonly Move[]): void {
  for (const [from, to] of moves) {
    inFolderOf(from, (place, folder) => {
      if (existsSync(place)) renameSync(place, folder.pathOf(basename(to)));
    });
  }
  for (const [from] of moves) if (existsSync(dirname(from))) flushFolder(from);
}

/** Gives files that root made to the owners of those in whose place they are, and the key to the owner of its folder. */
export function giveOwners({ keyFile, options }: Renewal, moves: readonly Move[]): void {
  for (const [path, old] of moves) giveOwner(path, old, keyFile);
  for (const key of [keyFile, `${keyFile}.hint`, options.noteKeyFile])
    if (key !== undefined) giveOwner(key, dirname(key), keyFile);
}

/** Gives a file of root to the owner of another, or of a folder. Another user gives none. */
export function giveOwner(path: string, model: string, keyFile: string): void {
  if (process.geteuid?.() !== 0) return;
  const stats = statSync(model, { throwIfNoEntry: false });
  if (stats === undefined || !existsSync(path)) return;
  const { fd } = openOwn(path, { keyFile });
  try {
    const { uid, mode } = fstatSync(fd);
    if (uid === stats.uid) return;
    // The owner of the folder of the key may not be in its group, and cannot give that a right again.
    fchmodSync(fd, stats.isFile() ? stats.mode & 0o777 : (mode & 0o707) | ((mode & 7) << 3));
    fchownSync(fd, stats.uid, stats.gid);
  } finally {
    closeSync(fd);
  }
}
