/**
 * The files of a log that have entries to read, oldest first: the last has the name of the log. A file that lost the name is
 * taken to its end when the next one exists and it has not grown for some time.
 */
import { lstatSync, readdirSync, statSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import { flushFolder } from '@evolock/direct-serialise-io/files';
import {
  isReadable,
  isStray,
  oldestFirst,
  oldNames as namesByPattern,
  type OldFile,
} from '../files/old-files.js';
import { waysToRead, type UnreadFile } from '../files/packed-file.js';
import { BEGINNING, EntryFile, identityOf, type Position, type Take } from './entry-file.js';
import { SealerError, type WaitingFile } from '../errors.js';
import type { Hint } from './hint.js';

/** Files of that many rotations are watched for writers that come late. */
const MOST_WATCHED = 8;

/** The sealer waits for an old file for that many times the time for which it must not grow, until a person is told. */
const LONG = 10;

/** When a copy was opened, which does not grow any more. */
const COPIED = -Infinity;

/** Where the files of a log are. */
export interface LogNames {
  readonly path: string;
  /** A pattern with `*` of the names of old files, in the folder of the log. */
  readonly rotated: string | undefined;
  /** Other files of the sealer. */
  readonly others: readonly string[];
  /** Whether each file that can be read may be an old one when its name begins like that of the log, without its ending. */
  readonly isAnyOld?: boolean;
}

/** The names of the files of a log that is sealed with options. */
export function namesOf(
  path: string,
  options: {
    readonly keyFile?: string | undefined;
    readonly rotated?: string | undefined;
    readonly checkpointFile?: string | undefined;
  },
): LogNames {
  const { keyFile, rotated, checkpointFile } = options;
  const others = [keyFile, checkpointFile].filter((each) => each !== undefined);
  return { path, rotated, others };
}

/** Without a pattern, the name of a copy begins like that of the log: audit.log.1 and audit-1.log like audit.log. */
export function namesOfCopies(names: LogNames): LogNames {
  return { ...names, isAnyOld: names.rotated === undefined };
}

/** What a reader of the files is told. */
export interface FilesListener {
  readonly entry: Take;
  /** The next entry is the first of a file. */
  readonly begin: () => void;
  /** Whether a file begins with the entries that were read from the present one, up to a position. */
  readonly isCopy: (file: EntryFile, position: Position) => boolean;
  /** Whether a file is one that was lost, and was put back. Its entries are sealed. */
  readonly isLost: (file: EntryFile) => boolean;
  /** The present file, which was lost or emptied, has ended at a position. */
  readonly lost: (position: Position) => void;
}

/** What is told of files. */
export type FollowingEvent =
  | { readonly event: 'error'; readonly error: unknown }
  /** The log was emptied, or an unfinished end of the seals file was cut. */
  | { readonly event: 'truncated'; readonly file: string; readonly bytes: number };

/** What reading depends on. */
export interface FilesWorld {
  /** Milliseconds since 1970. */
  now(): number;
  /** Milliseconds that no change of the clock affects. */
  elapsed(): number;
  tell(event: FollowingEvent): void;
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
  /** The last file, when it does not have the name of the log any more, and that was judged. */
  #unnamed: EntryFile | undefined;
  /** That file, when it has no name of the log at all. */
  #gone: EntryFile | undefined;
  /** Files that were removed, replaced or renamed while they had the name of the log. */
  readonly #lost = new Set<EntryFile>();

  constructor(names: LogNames, settle: number, world: FilesWorld, files: EntryFile[]) {
    this.#names = names;
    this.#settle = settle;
    this.#world = world;
    this.#files = files;
  }

  /** How far the first was read, and which follow. Empty before the log exists. */
  get known(): Hint['files'] {
    return this.#files.map((file) => ({ identity: file.identity, since: this.#since(file) }));
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
      this.#look(listener);
      const [file, next] = this.#files;
      if (file === undefined) return;
      if (!file.isSame) {
        const copy = this.#copyOf(file, listener, COPIED)?.file;
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
      if (this.#lost.delete(file)) listener.lost(file.position);
      this.#finished.push(file);
      const isWanted = file.finish(listener.entry);
      listener.begin();
      if (!isWanted) return;
    }
  }

  /** Whether entries wait for the end of an old file that grew again and again for a long time. */
  get waitsLong(): boolean {
    const [file, next] = this.#files;
    const isGrowing = next !== undefined && file?.hasChanged === true && file.openedAt !== COPIED;
    return isGrowing && this.#world.elapsed() - next.openedAt >= LONG * this.#settle;
  }

  /** Whether the file that is read was lost, and has entries. */
  get isLosing(): boolean {
    const [file] = this.#files;
    if (file?.position.last === undefined) return false;
    return this.#lost.has(file) || file === this.#gone;
  }

  /** The old file for whose end entries wait; `undefined` when none do. */
  get waiting(): WaitingFile | undefined {
    const [file, next, ...others] = this.#files;
    if (file === undefined || next === undefined) return undefined;
    let entries = 0;
    for (const later of [next, ...others]) entries += later.countLines();
    if (entries === 0) return undefined;
    const name = nameOf(this.#names.path, file.identity) ?? this.#names.path;
    return { file: name, since: Math.floor(this.#since(next) / 1000), entries };
  }

  /** When a file was first seen, in milliseconds since 1970. */
  #since({ openedAt }: EntryFile): number {
    const ago = openedAt === COPIED ? 0 : this.#world.elapsed() - openedAt;
    return Math.max(0, Math.floor(this.#world.now() - ago));
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

  #look(listener: FilesListener): void {
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
    const identity = named && identityOf(named);
    const at =
      identity === undefined ? -1 : this.#files.findIndex((file) => file.identity === identity);
    if (at >= 0) {
      // A file that got the name of the log again is the last.
      for (const file of this.#files.slice(at)) this.#lost.delete(file);
      closeAll(this.#files.splice(at + 1));
      this.#unnamed = undefined;
      this.#gone = undefined;
      return;
    }
    const isNew = identity !== undefined && !this.#isKnown(identity);
    const last = this.#files.at(-1);
    // The file that is new can be one that was lost.
    if (last !== undefined && (last !== this.#unnamed || (isNew && this.#lost.has(last))))
      this.#judge(last, listener, now);
    if (isNew && !this.#isKnown(identity)) this.#add(listener, now);
  }

  /**
   * Tells what happened to the file that lost the name of the log. Under a name of the pattern it was rotated. An editor writes
   * a copy: when it has all entries that were read, it is read on.
   */
  #judge(file: EntryFile, listener: FilesListener, now: number): void {
    // Names can change while they are read.
    if (file.seen.size === 0 || this.#isRotated(file) || this.#isRotated(file)) {
      this.#unnamed = file;
      return;
    }
    const { path } = this.#names;
    // It throws for what is no file and has the name of the log: the file is judged when that is gone.
    const copy = file === this.#files[0] ? this.#copyOf(file, listener, now) : undefined;
    const isTold = this.#unnamed === file;
    this.#unnamed = file;
    this.#gone = copy === undefined ? file : undefined;
    if (copy !== undefined) {
      file.close();
      this.#lost.delete(file);
      this.#files[0] = copy.file;
      this.#unnamed = copy.file;
      this.#areNamed = false;
      if (copy.isNamed) this.#tellOf('copied-file', path);
      return;
    }
    if (isTold) return;
    // Without a pattern, the names of old files are not known.
    if (file.seen.isRemoved || this.#names.rotated !== undefined) this.#lost.add(file);
    if (file.seen.isRemoved) this.#tellOf('lost-file', path);
    else this.#tellOf('moved-file', nameOf(path, file.identity) ?? path);
  }

  #tellOf(reason: 'copied-file' | 'lost-file' | 'moved-file', detail: string): void {
    this.#world.tell({ event: 'error', error: new SealerError(reason, { detail }) });
  }

  #isRotated(file: EntryFile): boolean {
    return oldNames(this.#names).some((name) => hasIdentity(name, file.identity));
  }

  /** Adds the file that has the name now, and those that had it since the last look. */
  #add({ isLost }: FilesListener, now: number): void {
    const { all, named } = openFiles(this.#names, now);
    const last = this.#files.at(-1);
    const later = last === undefined ? all.slice(-1) : filesAfter(all, last);
    const isNew = (file: EntryFile): boolean =>
      !this.#isKnown(file.identity) && (file === named || !isLost(file));
    const added = named === undefined ? [] : later.filter(isNew);
    closeAll(all.filter((file) => !added.includes(file)));
    this.#files.push(...added);
    this.#areNamed = false;
  }

  #isKnown(identity: string): boolean {
    return [...this.#files, ...this.#finished].some((file) => file.identity === identity);
  }

  /** A copy of a file that is read, at the same position, and whether it has the name of the log. */
  #copyOf(
    original: EntryFile,
    { isCopy }: FilesListener,
    openedAt: number,
  ): { readonly file: EntryFile; readonly isNamed: boolean } | undefined {
    const { position } = original;
    const { all, named } = openFiles(this.#names, openedAt);
    // Lines that were erased are alike in every file, so one with no others is known by its bytes.
    const isWhole = original.unread >= 0;
    const isIt = (one: EntryFile) => isCopy(one, position) || (isWhole && one.beginsWith(original));
    const file = all.findLast((one) => !this.#isKnown(one.identity) && isIt(one));
    closeAll(all.filter((one) => one !== file));
    file?.goTo(position);
    return file && { file, isNamed: file === named };
  }

  #hasCopy(position: Position, { isCopy }: FilesListener): boolean {
    const { all } = openFiles(namesOfCopies(this.#names), 0);
    try {
      return all.some((one) => isCopy(one, position));
    } finally {
      closeAll(all);
    }
  }

  /** Goes to the beginning of a file that was emptied. Without a copy, its line without a newline was its last entry. */
  #rewind(file: EntryFile, copy: EntryFile | undefined, listener: FilesListener): boolean {
    const bytes = Math.max(0, -file.unread);
    this.#world.tell({ event: 'truncated', file: this.#names.path, bytes });
    const { entry, begin, lost } = listener;
    const { position } = file;
    if (copy === undefined && position.last !== undefined && !this.#hasCopy(position, listener)) {
      lost(position);
      this.#tellOf('lost-file', this.#names.path);
    }
    const isWanted = copy !== undefined || file.finish(entry);
    file.goTo(BEGINNING);
    if (copy === undefined) begin();
    else this.#files.unshift(copy);
    return isWanted;
  }
}

/**
 * Opens the files that have entries to read after an earlier run: the one that was read, by its identity and last entry or by
 * all its entries, and those after it. Returns `undefined` when one is not found.
 */
export function reopenFiles(
  names: LogNames,
  { files: [first, ...later], position }: Pick<Hint, 'files' | 'position'>,
  world: FilesWorld,
  { isCopy, isLost }: Pick<FilesListener, 'isCopy' | 'isLost'>,
): EntryFile[] | undefined {
  const { all: found, named } = openFiles(names, world.elapsed());
  const kept: EntryFile[] = [];
  try {
    const isIt = (file: EntryFile): boolean =>
      file.identity === first?.identity &&
      file.hasAt(position) &&
      (position.last !== undefined || !hasPacked(found, file, first.since));
    const file = found.find(isIt) ?? found.findLast((one) => isCopy(one, position));
    if (file === undefined) return undefined;
    const known = knownAfter(found, file, later, world);
    if (known === undefined) return undefined;
    if (file !== named) refuseUnread(names, file.seen.changed);
    file.goTo(position);
    const others = filesAfter(found, file).filter(
      (one) => !known.includes(one) && (one === named || !isLost(one)),
    );
    kept.push(file, ...known, ...others);
    return kept;
  } finally {
    closeAll(found.filter((one) => !kept.includes(one)));
  }
}

/** Whether a compressed file before one was last changed after that one was first seen. */
function hasPacked(list: readonly EntryFile[], one: EntryFile, since: number): boolean {
  return list
    .slice(0, list.indexOf(one))
    .some(({ isPacked, seen }) => isPacked && seen.changed >= BigInt(since) * MILLISECOND);
}

/**
 * The files after one that the earlier run knew by their identities. Who compresses a file gives its identity back, and a younger
 * file can get it: one behind a compressed file is not the known one. Then the order decides, and none is known. Returns
 * `undefined` when one is gone, and is no compressed file.
 */
function knownAfter(
  found: readonly EntryFile[],
  file: EntryFile,
  later: Hint['files'],
  world: FilesWorld,
): EntryFile[] | undefined {
  const after = filesAfter(found, file);
  const known = later.map(({ identity }) => found.find((one) => one.identity === identity));
  const firstPacked = after.findIndex((one) => one.isPacked && !known.includes(one));
  const isKnown = (one: EntryFile | undefined): one is EntryFile =>
    one !== undefined && (firstPacked < 0 || after.indexOf(one) < firstPacked);
  if (!known.every(isKnown)) return firstPacked < 0 ? undefined : [];
  for (const [index, one] of known.entries())
    one.openedAt -= Math.max(0, world.now() - (later[index]?.since ?? Infinity));
  return known;
}

/** The files of a list that is oldest first which are later than one, which the list may lack. */
function filesAfter(list: readonly EntryFile[], one: EntryFile): EntryFile[] {
  const index = list.findIndex((file) => file.identity === one.identity);
  if (index >= 0) return list.slice(index + 1);
  return list.filter(({ seen }) => seen.changed >= one.seen.changed);
}

function inOrder(files: readonly EntryFile[]): EntryFile[] {
  const known = files.map((file) => ({ file, path: file.path, changed: file.seen.changed }));
  return oldestFirst(known).map(({ file }) => file);
}

/** Opens the old files, oldest first, and behind them the one that has the name. */
export function openFiles(
  names: LogNames,
  now: number,
): { readonly all: EntryFile[]; readonly named: EntryFile | undefined } {
  let all: EntryFile[] = [];
  const add = (file: string): EntryFile | undefined => {
    const opened = EntryFile.open(file, now);
    if (opened === undefined) return undefined;
    // A file can have two names while others are renamed. The later one counts.
    const same = all.findIndex((one) => one.identity === opened.identity);
    if (same >= 0) closeAll(all.splice(same, 1));
    all.push(opened);
    return opened;
  };
  try {
    for (const file of oldNames(names)) add(file);
    closeAll(all.filter(({ isUnread }) => isUnread));
    all = inOrder(all.filter(({ isUnread }) => !isUnread));
    return { named: add(names.path), all };
  } catch (error) {
    closeAll(all);
    throw error;
  }
}

function oldNames({ path, rotated, others, isAnyOld = false }: LogNames): string[] {
  if (isAnyOld)
    return namesByPattern(path, `${basename(path, extname(path))}*`, others).filter(isReadable);
  if (rotated === undefined) return [];
  return namesByPattern(path, rotated, others).filter((name) => !isStray(name, rotated));
}

/**
 * Refuses compressed files that are not read here and were changed after a time, in nanoseconds: they can have entries that were
 * not read. All of them are named.
 */
export function refuseUnread(names: LogNames, after?: bigint): void {
  refuse(unreadFiles(names, after));
}

/** Refuses those that can be a file that was not found: last changed after that one was first seen, or right before. */
export function refuseLost(names: LogNames, since: number): void {
  const found = unreadFiles(names);
  const from = found.findIndex(({ changed }) => changed >= BigInt(since) * MILLISECOND);
  refuse(found.slice(Math.max(0, (from < 0 ? found.length : from) - 1)));
}

const MILLISECOND = 1_000_000n;

/** Compressed files that are not read here, oldest first. */
function unreadFiles(names: LogNames, after = -1n): (UnreadFile & OldFile)[] {
  const found: (UnreadFile & OldFile)[] = [];
  for (const path of oldNames(names)) {
    const file = EntryFile.open(path, 0);
    if (file === undefined) continue;
    try {
      const { changed } = file.seen;
      const fault = changed > after ? file.fault : undefined;
      if (fault !== undefined) found.push({ ...fault, changed });
    } finally {
      file.close();
    }
  }
  return oldestFirst(found);
}

function refuse(files: readonly UnreadFile[]): void {
  const [first] = files;
  if (first === undefined) return;
  throw new SealerError('packed-files', { path: first.path, detail: waysToRead(files) });
}

/** Whether files have names of the log still. */
export function areNamed(names: LogNames, files: Hint['files']): boolean {
  const { all } = openFiles(names, 0);
  closeAll(all);
  return files.every(({ identity }) => all.some((file) => file.identity === identity));
}

/** The name of a file in the folder of a log; `undefined` when it has none there. */
function nameOf(path: string, identity: string): string | undefined {
  const folder = dirname(path);
  const names = readdirSync(folder).map((name) => join(folder, name));
  return names.find((name) => hasIdentity(name, identity));
}

function hasIdentity(path: string, identity: string): boolean {
  const named = lstatSync(path, { throwIfNoEntry: false, bigint: true });
  return named !== undefined && identityOf(named) === identity;
}

/** Closes files. */
export function closeAll(files: readonly EntryFile[]): void {
  for (const file of files) file.close();
}
