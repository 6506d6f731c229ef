/** The entries of the followed file: its lines, which any program appends. They are hashed and not kept. */
import { createHash, type Hash } from 'node:crypto';
import { closeSync, constants, fstatSync, fsyncSync, openSync, readSync, statSync } from 'node:fs';
import { flushFolder } from '@evolock/direct-serialise-io/files';
import { LEAF_PREFIX } from '../format/tree.js';
import { SealerError } from './errors.js';
import type { Hint } from './hint.js';
import { sha256 } from './sha256.js';

const PIECE = 1 << 18;
const NEWLINE = 0x0a;

/** What reading finds. */
export interface EntryListener {
  /** The hash of an entry, 32 bytes. Returns whether to read on. */
  entry(leaf: Uint8Array): boolean;
  /** The file became shorter, by this number of bytes. What it then has are new entries. */
  truncated(bytes: number): void;
}

/** Follows a file of lines. */
export class Entries {
  readonly #path: string;
  #fd: number | undefined;
  /** Whether the name of the open file was flushed. The application that made it may not have done so. */
  #isNamed = false;
  /** The bytes of the file that were read. */
  #offset: number;
  /** The end of the last entry. */
  #end: number;
  /** The hash of the line that has no newline yet; `undefined` when it has no bytes. */
  #line: Hash | undefined;
  /** A byte for the prefix of a leaf, and a piece of the file. */
  readonly #memory = new Uint8Array(1 + PIECE);
  /** The part of the piece that was read and not hashed. */
  #rest = { from: 1, to: 1 };

  /**
   * Follows a file, which may be missing.
   *
   * @param path - The file.
   * @param offset - The bytes of earlier entries, which are not read.
   */
  constructor(path: string, offset = 0) {
    this.#path = path;
    this.#offset = offset;
    this.#end = offset;
  }

  /** The file, and the bytes up to the end of the last entry that was read; `undefined` before a file is there. */
  get position(): Pick<Hint, 'device' | 'inode' | 'offset'> | undefined {
    if (this.#fd === undefined) return undefined;
    const { dev, ino } = fstatSync(this.#fd, { bigint: true });
    return { device: String(dev), inode: String(ino), offset: this.#end };
  }

  /**
   * Reads the lines that are complete, to the end of the file or as long as the listener wants them.
   *
   * @throws {@link SealerError} reason `replaced` at the end, when another file has the name.
   */
  read(listener: EntryListener): void {
    const fd = this.#open();
    if (fd === undefined || !this.#hashLines(listener)) return;
    for (;;) {
      this.#lookAtSize(fd, listener);
      const count = readSync(fd, this.#memory, 1, PIECE, this.#offset);
      if (count === 0) {
        this.#refuseAnother(fd);
        return;
      }
      this.#offset += count;
      this.#rest = { from: 1, to: 1 + count };
      if (!this.#hashLines(listener)) return;
    }
  }

  /** Flushes the file, and its name once. */
  flush(): void {
    if (this.#fd === undefined) return;
    fsyncSync(this.#fd);
    if (!this.#isNamed) flushFolder(this.#path);
    this.#isNamed = true;
  }

  /** Closes the file. */
  close(): void {
    if (this.#fd !== undefined) closeSync(this.#fd);
    this.#fd = undefined;
  }

  /** The application may make the file later. */
  #open(): number | undefined {
    try {
      this.#fd ??= openSync(this.#path, constants.O_RDONLY | constants.O_NONBLOCK);
      return this.#fd;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  }

  /** The name can be missing between a renaming and the next file. */
  #refuseAnother(fd: number): void {
    const named = statSync(this.#path, { throwIfNoEntry: false, bigint: true });
    const { dev, ino } = fstatSync(fd, { bigint: true });
    if (named !== undefined && (named.dev !== dev || named.ino !== ino))
      throw new SealerError('replaced', { detail: this.#path });
  }

  /** A file that became shorter was rotated: the line without a newline was its last entry. */
  #lookAtSize(fd: number, listener: EntryListener): void {
    const { size } = fstatSync(fd);
    if (size >= this.#offset) return;
    listener.truncated(this.#offset - size);
    this.#offset = 0;
    this.#end = 0;
    if (this.#line !== undefined) listener.entry(this.#endLine(this.#line));
  }

  #hashLines(listener: EntryListener): boolean {
    const { to } = this.#rest;
    for (let { from } = this.#rest; from < to;) {
      const end = this.#memory.indexOf(NEWLINE, from);
      const line = this.#line;
      if (end < 0 || end >= to) {
        this.#line = line ?? createHash('sha256').update(LEAF_PREFIX);
        this.#line.update(this.#memory.subarray(from, to));
        break;
      }
      const leaf = line === undefined ? this.#hashWhole(from, end) : this.#endLine(line, from, end);
      from = end + 1;
      this.#rest = { from, to };
      this.#end = this.#offset - (to - from);
      if (!listener.entry(leaf)) return false;
    }
    this.#rest = { from: to, to };
    return true;
  }

  /** The byte before a line is of a line that was hashed. It becomes the prefix, so that one call hashes both. */
  #hashWhole(from: number, end: number): Uint8Array {
    this.#memory.set(LEAF_PREFIX, from - 1);
    return sha256(this.#memory.subarray(from - 1, end));
  }

  #endLine(line: Hash, from = 0, end = 0): Uint8Array {
    const leaf = line.update(this.#memory.subarray(from, end)).digest();
    this.#line = undefined;
    return leaf;
  }
}
