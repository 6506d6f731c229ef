/**
 * The files of a log that have entries to read, oldest first: the last has the name of the log. A file that lost the name is
 * taken to its end when the next one exists and it has not grown for some time.
 */
import { readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { flushFolder } from '@evolock/direct-serialise-io/files';
import {
  BEGINNING,
  EntryFile,
  identityOf,
  type FileIdentity,
  type Position,
  type Take,
} from './entries.js';
import { SealerError } from './errors.js';
import type { SealerEvent } from './world.js';

/** Files of that many rotations are watched for writers that come late. */
const MOST_WATCHED = 8;

/** When a copy was opened, which does not grow any more. */
const COPIED = -Infinity;

/** Files of ours. */
const OURS = /\.(?:seals|hashes|chain|hint|renewal|old-\d+|evolock-lock)$/;

/** Compressed files, which are not read. */
const PACKED = /\.(?:gz|tgz|bz2|xz|lzma|zst|lz4|lzo|br|zip|7z|z)$/i;

/** Where the files of a log are. */
export interface LogNames {
  readonly path: string;
  /** A pattern with `*` of the names of old files, in the folder of the log. */
  readonly rotated: string | undefined;
  /** Other files of the sealer. */
  readonly others: readonly string[];
}

/** What a reader of the files is told. */
export interface FilesListener {
  readonly entry: Take;
  /** The next entry is the first of a file. */
  readonly begin: () => void;
  /** Whether a file begins with the entries that were read from the present one, up to a position. */
  readonly isCopy: (file: EntryFile, position: Position) => boolean;
}

/** What reading depends on. */
export interface FilesWorld {
  elapsed(): number;
  tell(event: SealerEvent): void;
}

/** The files of a log. */
export class LogFiles {
  readonly #names: LogNames;
  readonly #settle: number;
  readonly #world: FilesWorld;
  #files: EntryFile[];
  /** Files that were taken to their ends. */
  #finished: EntryFile[] = [];
  /** Whether the names of the files were flushed. Who made or renamed them may not have done so. */
  #areNamed = false;

  constructor(names: LogNames, settle: number, world: FilesWorld, files: EntryFile[]) {
    this.#names = names;
    this.#settle = settle;
    this.#world = world;
    this.#files = files;
  }

  /** How far the first was read, and which follow. Empty before the log exists. */
  get identities(): readonly FileIdentity[] {
    return this.#files.map(({ identity }) => identity);
  }

  /** How far the first was read. */
  get position(): Position {
    return this.#files[0]?.position ?? BEGINNING;
  }

  /**
   * Reads the lines that are complete, to the end of the last file that is to be read or as long as they are wanted.
   *
   * @param listener - Takes them.
   * @param waits - Whether an old file is taken to its end only when it has not grown for some time.
   */
  read(listener: FilesListener, waits: boolean): void {
    for (;;) {
      this.#look();
      const [file, next] = this.#files;
      if (file === undefined) return;
      if (!file.isSame) {
        const copy = this.#copyOf(file, listener);
        // A last entry that was only changed is for the verifier.
        if (copy !== undefined || file.unread < 0) {
          if (!this.#rewind(file, copy, listener)) return;
          continue;
        }
      }
      if (!file.read(listener.entry) || next === undefined) return;
      const now = this.#world.elapsed();
      const isSettled = now - next.openedAt >= this.#settle && file.isStill(now, this.#settle);
      if (waits && !isSettled && file.openedAt !== COPIED) return;
      if (!file.isStill(now, 0)) continue;
      // It is not flushed again.
      file.flush();
      this.#files.shift();
      this.#finished.push(file);
      const isWanted = file.finish(listener.entry);
      listener.begin();
      if (!isWanted) return;
    }
  }

  /** Flushes what was read and not flushed, and new names. */
  flush(): void {
    const [file] = this.#files;
    if (file === undefined) return;
    file.flush();
    if (!this.#areNamed) flushFolder(this.#names.path);
    this.#areNamed = true;
  }

  /** Closes the files. */
  close(): void {
    closeAll([...this.#files.splice(0), ...this.#finished.splice(0)]);
  }

  #look(): void {
    const now = this.#world.elapsed();
    for (const file of [...this.#files, ...this.#finished]) file.look(now);
    this.#finished = this.#finished.filter((file, at, { length }) => {
      const isGrown = file.unread > 0;
      if (isGrown)
        this.#world.tell({
          event: 'error',
          error: new SealerError('grown-file', { path: this.#names.path }),
        });
      const isKept = !isGrown && !file.seen.isRemoved && length - at <= MOST_WATCHED;
      if (!isKept) file.close();
      return isKept;
    });
    const named = statSync(this.#names.path, { throwIfNoEntry: false, bigint: true });
    if (named === undefined) return;
    const identity = identityOf(named);
    const at = this.#files.findIndex((file) => file.is(identity));
    // A file that got the name of the log again is the last.
    if (at >= 0) closeAll(this.#files.splice(at + 1));
    else if (!this.#finished.some((file) => file.is(identity))) this.#add(now);
  }

  /** Adds the file that has the name now, and those that had it since the last look. */
  #add(now: number): void {
    const { all, named } = openFiles(this.#names, now);
    const last = this.#files.at(-1);
    const later = last === undefined ? all.slice(-1) : filesAfter(all, last);
    const added = named === undefined ? [] : later.filter((file) => this.#isNew(file));
    closeAll(all.filter((file) => !added.includes(file)));
    this.#files.push(...added);
    this.#areNamed = false;
  }

  #isNew(file: EntryFile): boolean {
    return ![...this.#files, ...this.#finished].some(({ identity }) => file.is(identity));
  }

  /** A copy of a file that was made before it was emptied. */
  #copyOf(file: EntryFile, { isCopy }: FilesListener): EntryFile | undefined {
    const { position } = file;
    const { all } = openFiles(this.#names, COPIED);
    const copy = all.findLast((one) => this.#isNew(one) && isCopy(one, position));
    closeAll(all.filter((one) => one !== copy));
    copy?.goTo(position);
    return copy;
  }

  /** Goes to the beginning of a file that was emptied. Without a copy, its line without a newline was its last entry. */
  #rewind(file: EntryFile, copy: EntryFile | undefined, { entry, begin }: FilesListener): boolean {
    const bytes = Math.max(0, -file.unread);
    this.#world.tell({ event: 'truncated', file: this.#names.path, bytes });
    const isWanted = copy !== undefined || file.finish(entry);
    file.goTo(BEGINNING);
    if (copy === undefined) begin();
    else this.#files.unshift(copy);
    return isWanted;
  }
}

/** What is known of files from an earlier run. */
export interface KnownFiles {
  /** Those that had entries to read, oldest first. */
  readonly files: readonly FileIdentity[];
  /** How far the first was read. */
  readonly position: Position;
}

/**
 * Opens the files that have entries to read after an earlier run: the one that was read, by its identity and last entry or by
 * all its entries, and those after it. Returns `undefined` when one is not found.
 */
export function reopenFiles(
  names: LogNames,
  { files: [first, ...later], position }: KnownFiles,
  now: number,
  isCopy: FilesListener['isCopy'],
): EntryFile[] | undefined {
  const { all: found, named } = openFiles(names, now);
  const kept: EntryFile[] = [];
  try {
    const isIt = (file: EntryFile): boolean =>
      first !== undefined && file.is(first) && file.hasAt(position);
    const file = found.find(isIt) ?? found.findLast((one) => isCopy(one, position));
    const known = later.map((identity) => found.find((one) => one.is(identity)));
    if (file === undefined || known.includes(undefined)) return undefined;
    if (file !== named) refusePacked(names, file);
    file.goTo(position);
    const others = filesAfter(found, file).filter((one) => !known.includes(one));
    kept.push(file, ...(known as EntryFile[]), ...others);
    return kept;
  } finally {
    closeAll(found.filter((one) => !kept.includes(one)));
  }
}

/** The files of a list that is oldest first which are later than one, which the list may lack. */
function filesAfter(list: readonly EntryFile[], one: EntryFile): EntryFile[] {
  const index = list.findIndex((file) => file.is(one.identity));
  if (index >= 0) return list.slice(index + 1);
  return list.filter(({ seen }) => seen.changed >= one.seen.changed);
}

/** Opens the old files, by the times of their last changes, and behind them the one that has the name. */
export function openFiles(
  names: LogNames,
  now: number,
): { readonly all: EntryFile[]; readonly named: EntryFile | undefined } {
  const all: EntryFile[] = [];
  const add = (file: string): EntryFile | undefined => {
    const opened = EntryFile.open(file, now);
    if (opened === undefined) return undefined;
    // A file can have two names while others are renamed. The later one counts.
    const same = all.findIndex((one) => one.is(opened.identity));
    if (same >= 0) closeAll(all.splice(same, 1));
    all.push(opened);
    return opened;
  };
  try {
    for (const file of oldNames(names, false)) add(file);
    all.sort((left, right) => Number(left.seen.changed - right.seen.changed));
    return { named: add(names.path), all };
  } catch (error) {
    closeAll(all);
    throw error;
  }
}

/** The names that a pattern gives, or those of compressed files. Of `log.1` and `log.2`, the newer is the last. */
function oldNames({ path, rotated, others }: LogNames, isPacked: boolean): string[] {
  if (rotated === undefined) return [];
  const parts = rotated
    .split('*')
    .map((part) => part.replaceAll(/[$()*+.?[\\\]^{|}]/g, String.raw`\$&`));
  const isOld = new RegExp(`^${parts.join('.*')}$`, 's');
  return readdirSync(dirname(path), { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => name)
    .filter((name) => PACKED.test(name) === isPacked && isOld.test(name.replace(PACKED, '')))
    .sort((left, right) => right.localeCompare(left, 'en', { numeric: true }))
    .map((name) => join(dirname(path), name))
    .filter((file) => !OURS.test(file) && file !== path && !others.includes(file));
}

/** What was compressed after a file lost the name of the log can have entries that were not read. */
export function refusePacked(names: LogNames, { seen }: EntryFile): void {
  const unpacked = oldNames(names, false);
  for (const file of oldNames(names, true)) {
    if (unpacked.includes(file.replace(PACKED, ''))) continue;
    const found = statSync(file, { throwIfNoEntry: false, bigint: true });
    if (found !== undefined && found.mtimeNs > seen.changed)
      throw new SealerError('missing-entries', { path: file });
  }
}

/** Whether files have names of the log still. */
export function areNamed(names: LogNames, files: readonly FileIdentity[]): boolean {
  const { all } = openFiles(names, 0);
  closeAll(all);
  return files.every((identity) => all.some((file) => file.is(identity)));
}

/** Closes files. */
export function closeAll(files: readonly EntryFile[]): void {
  for (const file of files) file.close();
}
