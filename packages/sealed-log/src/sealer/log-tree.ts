/** The followed log as a tree: its entries are hashed, and the hashes are kept in a file when that is wanted. */
import { statSync } from 'node:fs';
import { Frontier, HASH_SIZE } from '../format/tree.js';
import { AppendedFile } from './appended-file.js';
import { Entries } from './entries.js';
import { sha256 } from './sha256.js';

/** Hashes that wait in memory until they are appended. */
const MOST_HASHES = 32_768;

/** The entries of a log, their tree, and the file of their hashes. */
export class LogTree {
  readonly frontier = new Frontier(sha256);
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
   * @param options.truncated - Called when the log becomes shorter.
   */
  constructor(
    path: string,
    options: {
      readonly hashesFile: string | undefined;
      readonly sealed: number;
      readonly truncated: (bytes: number) => void;
    },
  ) {
    const { hashesFile, sealed, truncated } = options;
    this.#entries = new Entries(path);
    this.#truncated = truncated;
    if (hashesFile === undefined) return;
    const present = (statSync(hashesFile, { throwIfNoEntry: false })?.size ?? 0) / HASH_SIZE;
    const kept = Math.min(Math.floor(present), sealed);
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
