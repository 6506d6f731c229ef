/** The followed log as a tree: its entries are hashed, and the hashes are kept in a file when that is wanted. */
import { sameBytes } from '@evolock/direct-serialise/arguments';
import type { AppendedFile } from './appended-file.js';
import { SealerError, type WaitingFile } from '../errors.js';
import { Frontier, HASH_SIZE } from '../format/tree.js';
import { sha256 } from '../native.js';
import type { AcceptedErasures } from '../verify/entries/absent.js';
import { BEGINNING, type EntryFile } from './entry-file.js';
import type { Progress, ReadFile } from './hint.js';
import {
  closeAll,
  LogFiles,
  namesOfCopies,
  openFiles,
  type FilesListener,
  type FilesWorld,
  type LogNames,
} from './log-files.js';
import type { SealedHashes } from './sealed-hashes.js';

/** Bytes of hashes that wait in memory until they are appended. */
const MOST_WAITING = 1 << 20;

/** The sealer remembers that many files that were lost. */
const MOST_LOST = 8;

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
  /** Entries that a run was killed while it erased them: their lines can have anything. */
  readonly erasing?: AcceptedErasures | undefined;
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
  readonly #erasing: AcceptedErasures | undefined;
  readonly #path: string;
  readonly #listener: FilesListener = {
    entry: (read, isBlank) => {
      const index = this.frontier.size;
      if (index === 0) this.#checkFirst(read);
      const isErased =
        index < (this.#sealed?.count ?? 0) && (isBlank || this.#erasing?.has(index) === true);
      const leaf = (isErased ? this.#sealed?.at(index) : undefined) ?? read;
      this.frontier.append(leaf);
      this.#keep(index, leaf);
      return this.frontier.size < this.#wanted;
    },
    begin: () => {
      this.#before = this.frontier.fork();
    },
    isCopy: (file, position) =>
      isCopy(file, { position, ...this.#present() }, (index) => this.#written(index)),
    isLost: (file) => isAnyOf(file, this.#lost, (index) => this.#written(index)),
    lost: (position) => {
      if (this.#lost.length < MOST_LOST) this.#lost.push({ position, ...this.#present() });
    },
  };
  #lost: ReadFile[] = [];

  /**
   * Goes on with a tree.
   *
   * @param source - What it is made of.
   * @param files - The files, of which the first was read up to its position.
   * @param start - The tree up to there; `undefined` for the beginning of the log.
   * @param hashes - The file of the hashes.
   * @param sealed - The hashes that erased entries had.
   */
  constructor(
    source: TreeSource,
    files: EntryFile[],
    start: ReadFile | undefined,
    hashes: AppendedFile | undefined,
    sealed?: SealedHashes,
  ) {
    const { names, settle, world, firstLeaf, erasing } = source;
    this.#files = new LogFiles(names, settle, world, files);
    this.#path = names.path;
    this.#firstLeaf = firstLeaf;
    this.#erasing = erasing;
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
  get progress(): Progress | undefined {
    const { known: files, position } = this.#files;
    if (files.length === 0) return undefined;
    const hashes = this.#hashes?.state;
    return { ...this.#present(), files, position, lost: this.lost, hashes };
  }

  /** Files that were lost since a number of them were, also the one that is read. */
  lostSince(count: number): ReadFile[] {
    const { isLosing, position } = this.#files;
    const present = isLosing ? [{ position, ...this.#present() }] : [];
    return [...this.#lost.slice(count), ...present];
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

  /** Remembers files that an earlier run lost and that are still not there. */
  remember(lost: readonly ReadFile[]): void {
    this.#lost = [...lost];
  }

  /** Files that were removed, replaced or renamed while they had the name of the log. */
  get lost(): readonly ReadFile[] {
    return [...this.#lost];
  }

  /** Flushes the entries that were read. */
  flush(): void {
    this.#files.flush();
  }

  /**
   * Compares the file of hashes with what was written to it.
   *
   * @throws {@link SealerError} reason `changed-file`.
   */
  check(): void {
    this.#hashes?.check();
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

  /** The hash of an entry in the file of hashes. */
  #written(index: number): Uint8Array | undefined {
    const hashes = this.#hashes;
    if (hashes === undefined || (index + 1) * HASH_SIZE > hashes.size) return undefined;
    return hashes.read(index * HASH_SIZE, HASH_SIZE);
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

/** Gives the hash of an entry, which may have been erased; `undefined` when it is not known. */
export type HashOf = (index: number) => Uint8Array | undefined;

/** Those of the files that were lost that are still not there. */
export function stillLost(names: LogNames, lost: readonly ReadFile[], hashOf: HashOf): ReadFile[] {
  return lost.filter((one) => {
    const { all } = openFiles(namesOfCopies(names), 0);
    try {
      return !all.some((file) => isCopy(file, one, hashOf));
    } finally {
      closeAll(all);
    }
  });
}

/** Whether a file begins with the entries of one of them. */
export function isAnyOf(file: EntryFile, lost: readonly ReadFile[], hashOf: HashOf): boolean {
  return lost.some((one) => isCopy(file, one, hashOf));
}

/** Whether a file begins with the entries of a file that was read, some of which may have been erased since. */
export function isCopy(file: EntryFile, read: ReadFile, hashOf: HashOf): boolean {
  try {
    const isIt = hasEntries(file, read, hashOf);
    // Many files can be looked at until it is found.
    if (!isIt) file.forget();
    return isIt;
  } catch (error) {
    // A compressed file that is damaged.
    if (error instanceof SealerError && error.reason === 'packed-files') return false;
    throw error;
  }
}

function hasEntries(
  file: EntryFile,
  { position, before, size, nodes }: ReadFile,
  hashOf: HashOf,
): boolean {
  if (position.last === undefined || !file.hasAt(position, true)) return false;
  const grown = new Frontier(sha256, before);
  // Lines that were erased are alike in every file.
  let hasText = false;
  file.read((leaf, isBlank) => {
    const erased = isBlank ? hashOf(grown.size) : undefined;
    hasText ||= erased === undefined || sameBytes(erased, leaf);
    grown.append(erased ?? leaf);
    return grown.size < size;
  });
  const isThere = hasText && file.position.offset === position.offset && grown.size === size;
  // Another copy can be looked for in it, and its own entries read.
  file.goTo(BEGINNING);
  return isThere && Buffer.compare(Buffer.concat(nodes), Buffer.concat(grown.nodes)) === 0;
}
