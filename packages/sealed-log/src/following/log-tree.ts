/** The followed log as a tree: its entries are hashed, and the hashes are kept in a file when that is wanted. */
import { closeSync } from 'node:fs';
import { sameBytes } from '@evolock/direct-serialise/arguments';
import { openOwn, openOwnIfThere, readFully } from '../files/log-file.js';
import type { Seal } from '../format/seal.js';
import { Frontier, HASH_SIZE, LEAF_PREFIX } from '../format/tree.js';
import { AppendedFile } from './appended-file.js';
import { BEGINNING, type EntryFile } from './entry-file.js';
import { SealerError, type WaitingFile } from '../errors.js';
import type { Hint, ReadFile } from './hint.js';
import {
  areNamed,
  closeAll,
  LogFiles,
  openFiles,
  refuseUnread,
  reopenFiles,
  type FilesListener,
  type FilesWorld,
  type LogNames,
} from './log-files.js';
import { sha256 } from '../native.js';

/** Bytes of hashes that wait in memory until they are appended. */
const MOST_WAITING = 1 << 20;

/** The sealer remembers that many files that were lost. */
const MOST_LOST = 8;

/** The hash of an empty line, which an erased entry leaves. */
const EMPTY = sha256(LEAF_PREFIX);

/** Where a tree begins. */
type Beginning = Pick<Hint, 'size' | 'nodes' | 'before'>;

/** What the tree of a log is made of. */
export interface TreeSource {
  readonly names: LogNames;
  /** The file of the hashes; `undefined` when they are not kept. */
  readonly hashesFile: string | undefined;
  /** The key file of the log. */
  readonly keyFile: string | undefined;
  /** Milliseconds until an old file that does not grow has ended. */
  readonly settle: number;
  readonly world: FilesWorld;
  /** Whether nothing is written: the hashes are read, and not completed. */
  readonly readOnly?: boolean;
  /** The hash that the first entry has to have. */
  readonly firstLeaf?: Uint8Array | undefined;
}

/** The entries of a log, their tree, and the file of their hashes. */
export class LogTree {
  readonly frontier: Frontier;
  /** The tree before the first entry of the file that is read. */
  #before: Frontier;
  readonly #files: LogFiles;
  readonly #hashes: AppendedFile | undefined;
  readonly #sealed: SealedHashes | undefined;
  /** Hashes that wait, in memory that stays. */
  #waiting = new Uint8Array(0);
  #waitingSize = 0;
  #wanted = Infinity;
  readonly #firstLeaf: Uint8Array | undefined;
  readonly #path: string;
  readonly #listener: FilesListener = {
    entry: (read) => {
      const index = this.frontier.size;
      if (index === 0) this.#checkFirst(read);
      const isErased = index < (this.#sealed?.count ?? 0) && sameBytes(read, EMPTY);
      const leaf = (isErased ? this.#sealed?.at(index) : undefined) ?? read;
      this.frontier.append(leaf);
      this.#keep(index, leaf);
      return this.frontier.size < this.#wanted;
    },
    begin: () => {
      this.#before = this.frontier.fork();
    },
    isCopy: (file, position) => isCopy(file, { position, ...this.#present() }),
    isLost: (file) => isAnyOf(file, this.#lost),
    lost: (position) => {
      if (this.#lost.length < MOST_LOST) this.#lost.push({ position, ...this.#present() });
    },
  };
  /** Files that were removed, replaced or renamed while they had the name of the log. */
  #lost: ReadFile[] = [];

  /**
   * Goes on with a tree.
   *
   * @param source - What it is made of.
   * @param files - The files, of which the first was read up to its position.
   * @param start - The tree up to there; `undefined` for the beginning.
   * @param hashes - The file of the hashes.
   * @param sealed - The hashes that erased entries had.
   */
  constructor(
    source: TreeSource,
    files: EntryFile[],
    start: Beginning | undefined,
    hashes: AppendedFile | undefined,
    sealed?: SealedHashes,
  ) {
    const { names, settle, world, firstLeaf } = source;
    this.#files = new LogFiles(names, settle, world, files);
    this.#path = names.path;
    this.#firstLeaf = firstLeaf;
    this.frontier = new Frontier(sha256, start);
    this.#before = new Frontier(sha256, start?.before);
    this.#hashes = hashes;
    this.#sealed = sealed;
  }

  /**
   * Reads the entries that are there, or up to a number of them.
   *
   * @param waits - Whether an old file is taken to its end only when it has not grown for some time.
   * @param most - The number.
   */
  read(waits: boolean, most = Infinity): void {
    this.#wanted = most;
    if (this.frontier.size >= most) return;
    this.#files.read(this.#listener, waits);
    if (this.frontier.size === 0) this.#checkFirst(undefined);
  }

  /** How far the log was read; `undefined` before it exists. */
  get hint(): Hint | undefined {
    const { known: files, position, waitsLong } = this.#files;
    if (files.length === 0) return undefined;
    const waiting = waitsLong ? this.waiting : undefined;
    return { ...this.#present(), files, position, lost: [...this.#lost], waiting };
  }

  /** The tree up to now, and before the first entry of the file that is read. */
  #present(): Omit<ReadFile, 'position'> {
    const { size, nodes } = this.frontier;
    return { size, nodes, before: { size: this.#before.size, nodes: this.#before.nodes } };
  }

  /** Whether entries wait for the end of an old file for a long time. */
  get waitsLong(): boolean {
    return this.#files.waitsLong;
  }

  /** The old file for whose end entries wait; `undefined` when none do. */
  get waiting(): WaitingFile | undefined {
    return this.#files.waiting;
  }

  /** Remembers files that an earlier run lost. */
  remember(lost: readonly ReadFile[]): void {
    this.#lost = [...lost];
  }

  /** Flushes the entries that were read. */
  flush(): void {
    this.#files.flush();
  }

  /** Appends the hashes that the file lacks, and flushes them. */
  appendHashes(): void {
    if (this.#waitingSize === 0) return;
    this.#hashes?.append(this.#waiting.subarray(0, this.#waitingSize));
    this.#waitingSize = 0;
  }

  /** Closes the files. */
  close(): void {
    this.#files.close();
    this.#hashes?.close();
  }

  #checkFirst(leaf: Uint8Array | undefined): void {
    const first = this.#firstLeaf;
    if (first === undefined || (leaf !== undefined && sameBytes(leaf, first))) return;
    throw new SealerError('changed-file', { path: this.#path });
  }

  #keep(index: number, leaf: Uint8Array): void {
    if (this.#hashes === undefined || index * HASH_SIZE < this.#hashes.size) return;
    if (this.#waitingSize === this.#waiting.length) {
      // More than that wait only when they could not be appended.
      const larger = new Uint8Array(this.#waiting.length + MOST_WAITING);
      larger.set(this.#waiting);
      this.#waiting = larger;
    }
    this.#waiting.set(leaf, this.#waitingSize);
    this.#waitingSize += HASH_SIZE;
    if (this.#waitingSize >= MOST_WAITING) this.appendHashes();
  }
}

/** Those of the files that were lost that are still not there. */
export function stillLost(names: LogNames, lost: readonly ReadFile[]): ReadFile[] {
  return lost.filter((one) => {
    const { all } = openFiles(names, 0);
    try {
      return !all.some((file) => isCopy(file, one));
    } finally {
      closeAll(all);
    }
  });
}

function isAnyOf(file: EntryFile, lost: readonly ReadFile[]): boolean {
  return lost.some((one) => isCopy(file, one));
}

/** Whether a file begins with the entries of a file that was read. */
function isCopy(file: EntryFile, read: ReadFile): boolean {
  try {
    const isIt = hasEntries(file, read);
    // Many files can be looked at until it is found.
    if (!isIt) file.forget();
    return isIt;
  } catch (error) {
    // A compressed file that is damaged.
    if (error instanceof SealerError && error.reason === 'packed-files') return false;
    throw error;
  }
}

function hasEntries(file: EntryFile, { position, before, size, nodes }: ReadFile): boolean {
  if (position.last === undefined || !file.hasAt(position)) return false;
  const grown = new Frontier(sha256, before);
  file.read((leaf) => {
    grown.append(leaf);
    return grown.size < size;
  });
  const isThere = file.position.offset === position.offset && grown.size === size;
  // Another copy can be looked for in it, and its own entries read.
  file.goTo(BEGINNING);
  return isThere && Buffer.compare(Buffer.concat(nodes), Buffer.concat(grown.nodes)) === 0;
}

/** The hashes of sealed entries, in their file. They count when the tree of them has the root that was signed. */
class SealedHashes implements Disposable {
  readonly count: number;
  readonly #fd: number;

  constructor(path: string, count: number, keyFile: string | undefined) {
    this.count = count;
    this.#fd = openOwn(path, { keyFile }).fd;
  }

  at(index: number): Uint8Array {
    return this.#read(index, 1);
  }

  *all(): Generator<Uint8Array> {
    const many = MOST_WAITING / HASH_SIZE;
    for (let index = 0; index < this.count; index += many) {
      const hashes = this.#read(index, Math.min(many, this.count - index));
      for (let at = 0; at < hashes.length; at += HASH_SIZE)
        yield hashes.subarray(at, at + HASH_SIZE);
    }
  }

  [Symbol.dispose](): void {
    closeSync(this.#fd);
  }

  #read(index: number, count: number): Uint8Array {
    const bytes = new Uint8Array(count * HASH_SIZE);
    readFully(this.#fd, bytes, index * HASH_SIZE);
    return bytes;
  }
}

/**
 * The trees of a log that can be that of its last seal: from the hint on, and then from the first entries of its files. The
 * next is made when one was not the right one, and each is closed by then. Old files from before the log are skipped. With the
 * hashes of all sealed entries, entries may be erased, and files may be gone from the front.
 *
 * @param source - What they are made of.
 * @param last - The last seal.
 * @param hint - Where the entries of an earlier seal end.
 */
export function* treesOf(
  source: TreeSource,
  last: Seal | undefined,
  hint: Hint | undefined,
): Generator<LogTree, void> {
  const { names, hashesFile, keyFile, world, readOnly = false } = source;
  const most = last?.size ?? 0;
  const kept = Math.min(hashesFile === undefined ? 0 : hashesIn(hashesFile, keyFile), most);
  const openHashes = (): AppendedFile | undefined =>
    hashesFile === undefined || readOnly
      ? undefined
      : AppendedFile.open(hashesFile, { size: kept * HASH_SIZE, keyFile })[0];
  const treeOf = (files: EntryFile[], start?: Beginning, sealed?: SealedHashes): LogTree => {
    try {
      if (sealed !== undefined && start !== undefined) refuseGaps(names, files);
      return new LogTree(source, files, start, openHashes(), sealed);
    } catch (error) {
      closeAll(files);
      throw error;
    }
  };
  // Where a log without entries begins, no entry shows.
  const { path, others } = names;
  const all = most === 0 ? { path, others, rotated: undefined } : names;
  const treesFrom = function* (start?: Beginning, sealed?: SealedHashes): Generator<LogTree, void> {
    for (let skipped = 0, isEnough = true; isEnough; skipped += 1) {
      const found = openFiles(all, world.elapsed()).all;
      closeAll(found.splice(0, skipped));
      const isLast = found.length <= 1;
      const tree = treeOf(found, start, sealed);
      yield tree;
      isEnough = tree.frontier.size === most && !isLast;
    }
  };
  const isUsable =
    hint !== undefined && hint.size <= most && (hashesFile === undefined || kept >= hint.size);
  const files = isUsable
    ? reopenFiles(names, hint, world, {
        isCopy: (file) => isCopy(file, hint),
        isLost: (file) => isAnyOf(file, hint.lost),
      })
    : undefined;
  if (files !== undefined) yield treeOf(files, hint);
  yield* treesFrom();
  // What was appended is not proved.
  openHashes()?.close();
  if (hashesFile === undefined || kept === 0 || kept < most) return;
  using sealed = new SealedHashes(hashesFile, kept, keyFile);
  yield* treesFrom(undefined, sealed);
  // Files that were known to follow have entries that no seal covers.
  if (isUsable && !areNamed(names, hint.files.slice(1))) return;
  if (isUsable && hint.before.size > 0) yield* treesFrom(beginningOf(hint.before), sealed);
  const start = beginningOfFiles(source, sealed);
  if (start !== undefined) yield* treesFrom(beginningOf(start), sealed);
}

function hashesIn(file: string, keyFile: string | undefined): number {
  const opened = openOwnIfThere(file, keyFile);
  if (opened === undefined) return 0;
  closeSync(opened.fd);
  return Math.floor(Number(opened.stats.size) / HASH_SIZE);
}

function beginningOf({ size, nodes }: Hint['before']): Beginning {
  return { size, nodes, before: { size, nodes } };
}

/** Between the first file that is there and the last, none may be in a form that is not read. */
function refuseGaps(names: LogNames, [first, ...later]: readonly EntryFile[]): void {
  if (first !== undefined && later.length > 0) refuseUnread(names, first.seen.changed);
}

/**
 * The tree before the first entry of the files that are there. Their place in the log is known by the last sealed entry.
 * Returns `undefined` when that entry is not there, or is not unlike all others: then it is not known which entries follow it.
 */
function beginningOfFiles(source: TreeSource, sealed: SealedHashes): Frontier | undefined {
  const { names, settle, world } = source;
  const last = sealed.at(sealed.count - 1);
  const places: number[] = [];
  let count = 0;
  const files = new LogFiles(names, settle, world, openFiles(names, world.elapsed()).all);
  const entry = (leaf: Uint8Array): boolean => {
    if (sameBytes(leaf, last)) places.push(count);
    count += 1;
    return places.length < 2;
  };
  try {
    files.read(
      {
        entry,
        begin: () => undefined,
        isCopy: () => false,
        isLost: () => false,
        lost: () => undefined,
      },
      false,
    );
  } finally {
    files.close();
  }
  const [place = Infinity] = places;
  const first = sealed.count - 1 - place;
  if (places.length > 1 || first <= 0) return undefined;
  const before = new Frontier(sha256);
  let index = 0;
  for (const hash of sealed.all()) {
    index += 1;
    // The piece of the file that it is in would stay in memory.
    if (index <= first) before.append(hash.slice());
    if (index < sealed.count && sameBytes(hash, last)) return undefined;
  }
  return before;
}
