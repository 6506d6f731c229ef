/** The followed log as a tree: its entries are hashed, and the hashes are kept in a file when that is wanted. */
import { statSync } from 'node:fs';
import { Frontier, HASH_SIZE } from '../format/tree.js';
import { AppendedFile } from './appended-file.js';
import { Entries } from './entries.js';
import type { Hint } from './hint.js';
import { sha256 } from './sha256.js';

/** Hashes that wait in memory until they are appended. */
const MOST_HASHES = 32_768;

/** The entries of a log, their tree, and the file of their hashes. */
export class LogTree {
  readonly frontier: Frontier;
  readonly #entries: Entries;
  readonly #truncated: (bytes: number) => void;
  readonly #hashes: AppendedFile | undefined;
  #newHashes: Uint8Array[] = [];

  /**
   * Opens or creates the file of the hashes.
   *
   * @param path - The log.
   * @param options - What is kept and told.
   * @param options.hashesFile - The file of the hashes; `undefined` when they are not kept.
   * @param options.sealed - The entries of the last seal, to which the file of the hashes is cut.
   * @param options.hint - Where the entries of an earlier seal end in the log; `undefined` to read all.
   * @param options.truncated - Called when the log becomes shorter.
   */
  constructor(
    path: string,
    options: {
      readonly hashesFile: string | undefined;
      readonly sealed: number;
      readonly hint: Hint | undefined;
      readonly truncated: (bytes: number) => void;
    },
  ) {
    const { hashesFile, sealed, truncated, hint } = options;
    const start = hint !== undefined && isUsable(hint, path, options) ? hint : undefined;
    this.frontier = new Frontier(sha256, start);
    this.#entries = new Entries(path, start?.offset);
    this.#truncated = truncated;
    if (hashesFile === undefined) return;
    const kept = Math.min(hashesIn(hashesFile), sealed);
    [this.#hashes] = AppendedFile.open(hashesFile, kept * HASH_SIZE);
  }

  /** Reads up to a number of entries, or all. */
  read(most = Infinity): void {
    if (this.frontier.size >= most) return;
    this.#entries.read({
      entry: (leaf) => {
        const index = this.frontier.size;
        this.frontier.append(leaf);
        this.#keep(index, leaf);
        return this.frontier.size < most;
      },
      truncated: this.#truncated,
    });
  }

  /** How far the log was read; `undefined` before it exists. */
  get hint(): Hint | undefined {
    const { size, nodes } = this.frontier;
    const position = this.#entries.position;
    return position === undefined ? undefined : { size, nodes, ...position };
  }

  /** Flushes the entries that were read. */
  flush(): void {
    this.#entries.flush();
  }

  /** Appends the hashes that the file lacks, and flushes them. */
  appendHashes(): void {
    if (this.#newHashes.length === 0) return;
    this.#hashes?.append(Buffer.concat(this.#newHashes));
    this.#newHashes = [];
  }

  /** Closes the files. */
  close(): void {
    this.#entries.close();
    this.#hashes?.close();
  }

  #keep(index: number, leaf: Uint8Array): void {
    if (this.#hashes === undefined || index * HASH_SIZE < this.#hashes.size) return;
    this.#newHashes.push(leaf);
    if (this.#newHashes.length >= MOST_HASHES) this.appendHashes();
  }
}

/** Whether the log is still the file of the hint, and the hashes before it are kept. */
function isUsable(
  { device, inode, offset, size }: Hint,
  path: string,
  { hashesFile, sealed }: { readonly hashesFile: string | undefined; readonly sealed: number },
): boolean {
  const named = statSync(path, { throwIfNoEntry: false, bigint: true });
  if (named === undefined || named.size < offset || size > sealed) return false;
  if (String(named.dev) !== device || String(named.ino) !== inode) return false;
  return hashesFile === undefined || hashesIn(hashesFile) >= size;
}

function hashesIn(file: string): number {
  return Math.floor((statSync(file, { throwIfNoEntry: false })?.size ?? 0) / HASH_SIZE);
}
