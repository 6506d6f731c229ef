/** The followed log as a tree: its entries are hashed, and the hashes are kept in a file when that is wanted. */
import { statSync } from 'node:fs';
import type { Seal } from '../format/seal.js';
import { Frontier, HASH_SIZE } from '../format/tree.js';
import { AppendedFile } from './appended-file.js';
import type { EntryFile, Position } from './entries.js';
import type { Hint } from './hint.js';
import {
  closeAll,
  LogFiles,
  openFiles,
  reopenFiles,
  type FilesListener,
  type FilesWorld,
  type LogNames,
} from './rotation.js';
import { sha256 } from './sha256.js';

/** Bytes of hashes that wait in memory until they are appended. */
const MOST_WAITING = 1 << 20;

/** What the tree of a log is made of. */
export interface TreeSource {
  readonly names: LogNames;
  /** The file of the hashes; `undefined` when they are not kept. */
  readonly hashesFile: string | undefined;
  /** Milliseconds until an old file that does not grow has ended. */
  readonly settle: number;
  readonly world: FilesWorld;
}

/** The entries of a log, their tree, and the file of their hashes. */
export class LogTree {
  readonly frontier: Frontier;
  /** The tree before the first entry of the file that is read. */
  #before: Frontier;
  readonly #files: LogFiles;
  readonly #hashes: AppendedFile | undefined;
  /** Hashes that wait, in memory that stays. */
  #waiting = new Uint8Array(0);
  #waitingSize = 0;
  #wanted = Infinity;
  readonly #listener: FilesListener = {
    entry: (leaf) => {
      const index = this.frontier.size;
      this.frontier.append(leaf);
      this.#keep(index, leaf);
      return this.frontier.size < this.#wanted;
    },
    begin: () => {
      this.#before = this.frontier.fork();
    },
    isCopy: (file, position) => isCopy(file, position, this.#before, this.frontier),
  };

  /**
   * Goes on with a tree.
   *
   * @param source - What it is made of.
   * @param files - The files, of which the first was read up to its position.
   * @param start - The tree up to there; `undefined` for the beginning.
   * @param hashes - The file of the hashes.
   */
  constructor(
    source: TreeSource,
    files: EntryFile[],
    start: Pick<Hint, 'size' | 'nodes' | 'before'> | undefined,
    hashes: AppendedFile | undefined,
  ) {
    const { names, settle, world } = source;
    this.#files = new LogFiles(names, settle, world, files);
    this.frontier = new Frontier(sha256, start);
    this.#before = new Frontier(sha256, start?.before);
    this.#hashes = hashes;
  }

  /**
   * Reads the entries that are there, or up to a number of them.
   *
   * @param waits - Whether an old file is taken to its end only when it has not grown for some time.
   * @param most - The number.
   */
  read(waits: boolean, most = Infinity): void {
    this.#wanted = most;
    if (this.frontier.size < most) this.#files.read(this.#listener, waits);
  }

  /** How far the log was read; `undefined` before it exists. */
  get hint(): Hint | undefined {
    const { size, nodes } = this.frontier;
    const { identities: files, position } = this.#files;
    return files.length === 0 ? undefined : { size, nodes, before: this.#before, files, position };
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

/** Whether a file begins with the entries between two trees. They end at a position, or there are none. */
function isCopy(
  file: EntryFile,
  position: Position,
  before: Pick<Frontier, 'size' | 'nodes'>,
  { size, nodes }: Pick<Frontier, 'size' | 'nodes'>,
): boolean {
  if (position.last === undefined || !file.hasAt(position)) return false;
  const grown = new Frontier(sha256, before);
  file.read((leaf) => {
    grown.append(leaf);
    return grown.size < size;
  });
  const isThere = file.position.offset === position.offset && grown.size === size;
  return isThere && Buffer.compare(Buffer.concat(nodes), Buffer.concat(grown.nodes)) === 0;
}

/**
 * The trees of a log that can be that of its last seal: from the hint on, and then from the first entries of its files. The
 * next is made when one was not the right one, and each is closed by then. Old files from before the log are skipped.
 *
 * @param source - What they are made of.
 * @param sealed - The last seal.
 * @param hint - Where the entries of an earlier seal end.
 */
export function* treesOf(
  source: TreeSource,
  sealed: Seal | undefined,
  hint: Hint | undefined,
): Generator<LogTree, void> {
  const { names, hashesFile, world } = source;
  const most = sealed?.size ?? 0;
  const kept = Math.min(hashesFile === undefined ? 0 : hashesIn(hashesFile), most);
  const treeOf = (files: EntryFile[], start?: Hint): LogTree => {
    try {
      const hashes =
        hashesFile === undefined ? [] : AppendedFile.open(hashesFile, kept * HASH_SIZE);
      return new LogTree(source, files, start, hashes[0]);
    } catch (error) {
      closeAll(files);
      throw error;
    }
  };
  const isUsable =
    hint !== undefined && hint.size <= most && (hashesFile === undefined || kept >= hint.size);
  const files = isUsable
    ? reopenFiles(names, hint, world.elapsed(), (file, position) =>
        isCopy(file, position, hint.before, hint),
      )
    : undefined;
  if (files !== undefined) yield treeOf(files, hint);
  // Where a log without entries begins, no entry shows.
  const { path, others } = names;
  const all = most === 0 ? { path, others, rotated: undefined } : names;
  for (let skipped = 0, isEnough = true; isEnough; skipped += 1) {
    const found = openFiles(all, world.elapsed()).all;
    closeAll(found.splice(0, skipped));
    const isLast = found.length <= 1;
    const tree = treeOf(found);
    yield tree;
    isEnough = tree.frontier.size === most && !isLast;
  }
  // What was appended is not proved.
  if (hashesFile !== undefined) AppendedFile.open(hashesFile, kept * HASH_SIZE)[0].close();
}

function hashesIn(file: string): number {
  return Math.floor((statSync(file, { throwIfNoEntry: false })?.size ?? 0) / HASH_SIZE);
}
