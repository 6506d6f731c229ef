/** A file of lines, which any program appends to. Its entries are hashed and not kept. */
import { createHash, type Hash } from 'node:crypto';
import { closeSync, fstatSync, fsyncSync, readSync, type BigIntStats } from 'node:fs';
import { isFileError, type OpenedFile } from '@evolock/direct-serialise-io/files';
import { openEntries } from '../files/log-file.js';
import {
  formOfName,
  isRead,
  MOST_UNPACKED,
  timeBeforePacking,
  unpacked,
  UnpackingError,
  waysToRead,
  type PackedForm,
  type UnreadFile,
} from '../files/packed-file.js';
import { HASH_SIZE, LEAF_PREFIX } from '../format/tree.js';
import { LEAF_ROOM, LeafInput, sha256 } from '../native.js';
import { SealerError } from '../errors.js';

const PIECE = 1 << 18;
const NEWLINE = 0x0a;
const SPACE = 0x20;

/** A longer line is not read again to recognise its file. */
const MOST_COMPARED = 1 << 20;

/** How far a file was read. */
export interface Position {
  /** Bytes up to the end of the last entry. */
  readonly offset: number;
  /** The last entry: its bytes without the newline, and its hash. The file is recognised by it. `undefined` at the beginning. */
  readonly last: { readonly length: number; readonly leaf: Uint8Array } | undefined;
}

/**
 * Takes the hash of an entry, 32 bytes, in memory that the next hash uses, and whether its line has nothing but spaces. Returns
 * whether to read on.
 */
export type Take = (leaf: Uint8Array, isBlank: boolean) => boolean;

/** The beginning of a file. */
export const BEGINNING: Position = { offset: 0, last: undefined };

/** A file of lines. */
export class EntryFile {
  /** The name under which it was opened. */
  readonly path: string;
  /** {@link identityOf} the file. */
  readonly identity: string;
  /** When it was first seen, by the clock of the sealer. */
  openedAt: number;
  /** Whether it was seen to change its size since it was opened. */
  hasChanged = false;
  readonly #fd: number;
  /** When it was opened, or its size was last seen to change. */
  #changedAt: number;
  #seen: { readonly size: number; readonly changed: bigint; readonly isRemoved: boolean };
  /** The bytes that were read. */
  #offset = 0;
  /** Lines that were counted and not read, and their bytes. */
  #counted = { lines: 0, bytes: 0 };
  /** The end of the last entry, its bytes, and its hash. */
  #end = 0;
  #length = 0;
  #leaf: Uint8Array | undefined;
  /** The hash of the line that has no newline yet; `undefined` when it has no bytes. */
  #line: Hash | undefined;
  /** Whether that line has nothing but spaces so far. */
  #isBlank = true;
  /** Room for one line, and a piece of the file. */
  #input = new LeafInput(new Uint8Array(0));
  /** The part of the piece that was read and not hashed. */
  #from = LEAF_ROOM;
  #to = LEAF_ROOM;
  /** The hash of a whole line. It is used again: one for each would be garbage, and memory would grow with the log. */
  readonly #hash = new Uint8Array(HASH_SIZE);

  /** Of a compressed file. */
  readonly #packed: { readonly path: string; readonly form: PackedForm } | undefined;
  /** What is in a compressed file, while it is read, and its size. */
  #unpacked: Buffer | undefined;
  #unpackedSize: number | undefined;

  private constructor({ fd, stats }: OpenedFile, now: number, path: string) {
    this.#fd = fd;
    this.path = path;
    const form = formOfName(path);
    this.#packed = form && { path, form };
    this.identity = identityOf(stats);
    this.#seen = seenIn(stats);
    const before = form && timeBeforePacking({ path, fd, form });
    if (before !== undefined && before < this.#seen.changed)
      this.#seen = { ...this.#seen, changed: before };
    this.openedAt = this.#changedAt = now;
  }

  /**
   * Opens a file at its beginning. Returns `undefined` when it is missing.
   *
   * @throws {@link FileError} `ERR_EVOLOCK_IO_FILE`: `not-regular`, `foreign-link`.
   */
  static open(path: string, now: number): EntryFile | undefined {
    try {
      return new EntryFile(openEntries(path), now, path);
    } catch (error) {
      if (isFileError(error, 'not-found')) return undefined;
      throw error;
    }
  }

  /** Whether it is compressed. */
  get isPacked(): boolean {
    return this.#packed !== undefined;
  }

  /** Whether it is compressed in a form that is not read here. */
  get isUnread(): boolean {
    return this.#packed !== undefined && !isRead(this.#packed.form);
  }

  /** What hinders reading its content; `undefined` when nothing does. */
  get fault(): UnreadFile | undefined {
    const { path } = this;
    if (this.isUnread) return { path, isDamaged: false };
    try {
      if (this.size >= 0) return undefined;
    } catch (error) {
      const { isDamaged } = (error as SealerError).cause as UnpackingError;
      return { path, isDamaged };
    }
    return undefined;
  }

  /** How far it was read. */
  get position(): Position {
    // The hash of the next line is put into the same memory.
    const leaf = this.#leaf && Uint8Array.from(this.#leaf);
    return { offset: this.#end, last: leaf && { length: this.#length, leaf } };
  }

  /** What was last seen: bytes, the time of the last change in nanoseconds, and whether the file has no name any more. */
  get seen(): { readonly size: number; readonly changed: bigint; readonly isRemoved: boolean } {
    return this.#seen;
  }

  /** The number of bytes that were not read; negative when the file is shorter than what was read. */
  get unread(): number {
    return this.size - this.#offset;
  }

  /** Looks at it again. */
  look(now: number): void {
    const { size, changed } = this.#seen;
    this.#seen = seenIn(fstatSync(this.#fd, { bigint: true }));
    if (this.#packed !== undefined) this.#seen = { ...this.#seen, changed };
    if (this.#seen.size === size) return;
    this.#changedAt = now;
    this.hasChanged = true;
  }

  /** Counts the lines up to the end that was seen, of which none was read. Each byte is looked at once. */
  countLines(): number {
    const size = this.size;
    if (this.#counted.bytes > size) this.#counted = { lines: 0, bytes: 0 };
    let { lines, bytes } = this.#counted;
    const piece = new Uint8Array(Math.min(PIECE, size - bytes));
    while (bytes < size) {
      const count = this.readAt(piece, 0, piece.length, bytes);
      if (count === 0) break;
      bytes += count;
      const read = piece.subarray(0, count);
      for (let at = read.indexOf(NEWLINE); at >= 0; at = read.indexOf(NEWLINE, at + 1)) lines += 1;
    }
    this.#counted = { lines, bytes };
    return lines;
  }

  /** Whether it was read to the end that was seen, and that end is so old. */
  isStill(now: number, settle: number): boolean {
    return this.unread === 0 && now - this.#changedAt >= settle;
  }

  /** Whether what was read last is still there, or erased. Otherwise the file was emptied. */
  get isSame(): boolean {
    const line = this.#line;
    return (
      this.hasAt(this.position, true) &&
      (line === undefined ||
        this.#has(this.#end, this.#offset - this.#end, () => line.copy().digest()))
    );
  }

  /** Whether the last entry of a position is in the file at that place, or perhaps was erased there. */
  hasAt({ offset, last }: Position, canBeErased = false): boolean {
    if (last === undefined) return offset === 0;
    const { length, leaf } = last;
    const has = (hash: () => Uint8Array) =>
      this.#has(offset - length - 1, length, hash, Uint8Array.of(NEWLINE));
    return has(() => leaf) || (canBeErased && has(() => blankLeaf(length)));
  }

  /** Whether it begins with everything that another file has, which has something. */
  beginsWith(other: EntryFile): boolean {
    const { size } = other;
    if (size === 0 || this.size < size) return false;
    const [mine, others] = [new Uint8Array(PIECE), new Uint8Array(PIECE)];
    for (let at = 0; at < size; at += PIECE) {
      const length = Math.min(PIECE, size - at);
      const count = this.readAt(mine, 0, length, at);
      if (other.readAt(others, 0, length, at) !== count) return false;
      if (Buffer.compare(mine.subarray(0, count), others.subarray(0, count)) !== 0) return false;
    }
    return true;
  }

  /** Goes to a position. */
  goTo({ offset, last }: Position): void {
    this.#offset = this.#end = offset;
    this.#length = last?.length ?? 0;
    this.#leaf = last?.leaf;
    this.#line = undefined;
    this.#isBlank = true;
    this.#from = this.#to = LEAF_ROOM;
  }

  /**
   * Reads the lines that are complete, to the end that was seen or as long as they are wanted. Writers can be faster than the
   * reader, who would never come to their end. Returns whether more are wanted.
   */
  read(take: Take): boolean {
    if (this.#input.memory.length === 0)
      this.#input = new LeafInput(new Uint8Array(LEAF_ROOM + PIECE));
    while (this.#hashLines(take)) {
      if (this.unread <= 0) return true;
      const count = this.readAt(this.#input.memory, LEAF_ROOM, PIECE, this.#offset);
      if (count === 0) return true;
      this.#offset += count;
      this.#from = LEAF_ROOM;
      this.#to = LEAF_ROOM + count;
    }
    return false;
  }

  /** Takes the last line when it has no newline, since no line follows in this file. Returns whether more are wanted. */
  finish(take: Take): boolean {
    this.#input = new LeafInput(new Uint8Array(0));
    this.forget();
    if (this.#line === undefined) return true;
    const isBlank = this.#isBlank;
    return take(this.#endLine(this.#line), isBlank);
  }

  /** Flushes it. */
  flush(): void {
    fsyncSync(this.#fd);
  }

  /** Closes it. */
  close(): void {
    closeSync(this.#fd);
  }

  /** Forgets the content of a compressed file, which is unpacked again when it is read. */
  forget(): void {
    this.#unpacked = undefined;
  }

  /** Bytes of entries, to the end that was seen. */
  get size(): number {
    if (this.#packed === undefined) return this.#seen.size;
    this.#unpackedSize ??= this.#content(this.#packed).length;
    return this.#unpackedSize;
  }

  /** Reads bytes of its entries at a place, and changes nothing. Returns how many. */
  readAt(bytes: Uint8Array, offset: number, length: number, position: number): number {
    if (this.#packed === undefined) return readSync(this.#fd, bytes, offset, length, position);
    const content = this.#content(this.#packed);
    // Behind the end, `copy` throws, and a read of a file gives nothing.
    if (position >= content.length) return 0;
    return content.copy(bytes, offset, position, position + length);
  }

  #content({ path, form }: { readonly path: string; readonly form: PackedForm }): Buffer {
    try {
      if (!isRead(form)) throw new TypeError('a form that is not read here');
      this.#unpacked ??= unpacked({ path, fd: this.#fd, form }, this.#seen.size, MOST_UNPACKED);
      return this.#unpacked;
    } catch (cause) {
      const isDamaged = cause instanceof UnpackingError && cause.isDamaged;
      throw new SealerError('packed-files', {
        path,
        detail: waysToRead([{ path, isDamaged }]),
        cause,
      });
    }
  }

  /** Whether bytes with this hash are at a place, and these bytes behind them. */
  #has(from: number, length: number, leaf: () => Uint8Array, end = new Uint8Array(0)): boolean {
    const size = length + end.length;
    if (from < 0) return false;
    if (length > MOST_COMPARED) return this.size >= from + size;
    const bytes = new Uint8Array(1 + size);
    return (
      this.readAt(bytes, 1, size, from) === size &&
      Buffer.compare(bytes.subarray(1 + length), end) === 0 &&
      Buffer.compare(sha256(bytes.subarray(0, 1 + length)), leaf()) === 0
    );
  }

  #hashLines(take: Take): boolean {
    const to = this.#to;
    for (let from = this.#from; from < to;) {
      const end = this.#input.memory.indexOf(NEWLINE, from);
      const line = this.#line;
      if (end < 0 || end >= to) {
        this.#line = line ?? createHash('sha256').update(LEAF_PREFIX);
        this.#line.update(this.#input.memory.subarray(from, to));
        this.#isBlank &&= this.#areSpaces(from, to);
        break;
      }
      const isBlank = this.#isBlank && this.#areSpaces(from, end);
      const leaf = line === undefined ? this.#hashWhole(from, end) : this.#endLine(line, from, end);
      from = end + 1;
      this.#from = from;
      const before = this.#end;
      this.#end = this.#offset - (to - from);
      this.#length = this.#end - before - 1;
      this.#leaf = leaf;
      if (!take(leaf, isBlank)) return false;
    }
    this.#from = to;
    return true;
  }

  #areSpaces(from: number, to: number): boolean {
    for (let at = from; at < to; at += 1) if (this.#input.memory[at] !== SPACE) return false;
    return true;
  }

  #hashWhole(from: number, end: number): Uint8Array {
    sha256.into(this.#input.of(from, end), this.#hash, 0);
    return this.#hash;
  }

  #endLine(line: Hash, from = 0, end = 0): Uint8Array {
    const leaf = line.update(this.#input.memory.subarray(from, end)).digest();
    this.#line = undefined;
    this.#isBlank = true;
    return leaf;
  }
}

/** The hash of a line of spaces. */
function blankLeaf(length: number): Uint8Array {
  return sha256(Buffer.concat([LEAF_PREFIX, Buffer.alloc(length, SPACE)]));
}

/** By what a file of a file system is known under any name: the numbers of its device and of itself there. */
export function identityOf({ dev, ino }: BigIntStats): string {
  return `${String(dev)}:${String(ino)}`;
}

function seenIn({ size, mtimeNs, nlink }: BigIntStats) {
  return { size: Number(size), changed: mtimeNs, isRemoved: nlink === 0n };
}
