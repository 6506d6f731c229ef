/** Files as pieces of bytes that are cut anywhere, and what is read from them: lines of seals, entries, hashes. */
import { checkBytes, isBytes, wrongType } from '@evolock/direct-serialise/arguments';
import { MAX_SEAL_LINE_SIZE } from '../format/seal.js';
import {
  HASH_SIZE,
  LEAF_PREFIX,
  SUBTREE_WIDTH,
  type Sha256,
  type Sha256Parts,
} from '../format/tree.js';

/**
 * The bytes of a file: as a whole, or in pieces of any size. A stream of Node.js or of a browser is one, and is closed also
 * when it is not read. Any other source is closed when its reading was begun: a generator opens the file when it is read.
 */
export type ByteSource = Uint8Array | Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

/** Files in order. */
export type FileSources = Iterable<ByteSource> | AsyncIterable<ByteSource>;

/** Called before each slice of a piece is used. */
export type BeforeSlice = () => void | Promise<void>;

/** The most bytes of a slice. */
const SLICE = 1 << 18;

/** The byte that ends a line. */
export const NEWLINE = 0x0a;
const nothing = new Uint8Array(0);

/** The newline that ends the last line of a file that is not the last one, when the file has none. */
export const impliedNewline = Uint8Array.of(NEWLINE);

/** Stands between the pieces of two files. */
export const nextFile = new Uint8Array(0);

/** Checks that a source can be iterated. */
export function checkIterable<Source>(argument: string, source: Source | undefined): Source {
  const { [Symbol.iterator]: sync, [Symbol.asyncIterator]: later } = Object(source) as Partial<
    Iterable<unknown> & AsyncIterable<unknown>
  >;
  if (typeof sync === 'function' || typeof later === 'function') return source as Source;
  throw wrongType(argument, 'bytes or an iterable of bytes', source);
}

/** Checks that a list can be iterated at once: any other object would be an empty one. */
export function checkSynchronous<Item>(argument: string, list: Iterable<Item>): Iterable<Item> {
  const { [Symbol.iterator]: iterator } = Object(list) as Partial<Iterable<Item>>;
  if (typeof iterator === 'function') return list;
  throw wrongType(argument, 'a list', list);
}

/** Closes streams of Node.js and of browsers that were open before they were read. */
export async function closeStreams(sources: readonly unknown[]): Promise<void> {
  for (const source of sources) {
    const stream = Object(source) as Partial<{ destroy(): void; cancel(): Promise<void> }>;
    if (typeof stream.destroy === 'function') stream.destroy();
    else if (typeof stream.cancel === 'function')
      // A stream that failed was told where it was read.
      await stream.cancel().catch(() => undefined);
  }
}

/** The pieces of a file, as slices of at most 256 KiB. */
export async function* piecesOf(
  argument: string,
  source: ByteSource,
  before: BeforeSlice,
): AsyncGenerator<Uint8Array, void> {
  for await (const piece of isBytes(source) ? [source] : checkIterable(argument, source)) {
    checkBytes(argument, piece);
    for (let at = 0; at === 0 || at < piece.length; at += SLICE) {
      await before();
      yield piece.subarray(at, at + SLICE);
    }
  }
}

/** The pieces of all files, with `nextFile` between two. The last line of a file is ended when another file follows. */
export async function* piecesOfFiles(
  argument: string,
  files: FileSources,
  before: BeforeSlice,
): AsyncGenerator<Uint8Array, void> {
  let isLineOpen = false;
  let index = 0;
  for await (const file of files) {
    if (isLineOpen) yield impliedNewline;
    if (index > 0) yield nextFile;
    isLineOpen = false;
    const place = `${argument}[${index}]`;
    index += 1;
    for await (const piece of piecesOf(place, file, before)) {
      if (piece.length > 0) isLineOpen = piece.at(-1) !== NEWLINE;
      yield piece;
    }
  }
}

/** Reads items of one kind from pieces. No piece is kept: a source may use its memory again. */
abstract class Reader<Item> {
  readonly #pieces: AsyncGenerator<Uint8Array, void>;
  protected piece: Uint8Array = nothing;
  /** What is read of the piece. */
  protected at = 0;
  #before = 0;
  #hasEnded = false;

  constructor(pieces: AsyncGenerator<Uint8Array, void>) {
    this.#pieces = pieces;
  }

  /** The bytes that were read. */
  get bytes(): number {
    return this.#before + (this.piece === impliedNewline ? 0 : this.at);
  }

  /** The next item, when the present piece completes it; else the rest of the piece is taken. */
  abstract next(): Item | undefined;

  /** Whether nothing is left of the present piece, and another one may follow. */
  get isRead(): boolean {
    return this.at === this.piece.length && !this.#hasEnded;
  }

  /** Goes to the next piece. Returns `false` at the end. */
  async more(): Promise<boolean> {
    this.#before = this.bytes;
    this.at = 0;
    const { done = false, value } = await this.#pieces.next();
    this.piece = value ?? nothing;
    this.#hasEnded = done;
    return !done;
  }

  /** Closes the source. */
  async close(): Promise<void> {
    await this.#pieces.return();
  }
}

/** Reads the lines of seals, without their newlines. A longer line than a seal can have is cut and no seal. */
export class SealLines extends Reader<string> {
  readonly #line = new Uint8Array(MAX_SEAL_LINE_SIZE + 1);
  #size = 0;
  readonly #decoder = new TextDecoder('utf-8', { ignoreBOM: true });

  /** {@inheritDoc Reader.next} */
  next(): string | undefined {
    const end = this.piece.indexOf(NEWLINE, this.at);
    const part = this.piece.subarray(this.at, end < 0 ? undefined : end);
    const fitting = part.subarray(0, this.#line.length - this.#size);
    this.#line.set(fitting, this.#size);
    this.#size += fitting.length;
    this.at = end < 0 ? this.piece.length : end + 1;
    if (end < 0 && this.#size < this.#line.length) return undefined;
    const line = this.#decoder.decode(this.#line.subarray(0, this.#size));
    this.#size = 0;
    return line;
  }

  /** Whether there are bytes after the last newline. */
  get isTorn(): boolean {
    return this.#size > 0;
  }
}

/** The entries of a log in order, as their leaf hashes. Nothing is awaited for a single one: it would leave garbage for each. */
export interface LeafHashes {
  /** The hash of the next entry, when it is at hand. Its memory may be used again for the one after. */
  next(): Uint8Array | undefined;
  /** Reads more entries. Returns `false` at the end. */
  more(): Promise<boolean>;
  /** Whether the last entry that was taken has nothing but spaces, or no byte. */
  readonly isBlank: boolean;
  /** The number of entries that were taken. */
  readonly count: number;
  /** Where the last entry that was taken ends; `undefined` before the first. */
  readonly place: EntryPlace | undefined;
  /** Whether the files have ended within a line. */
  readonly isTorn: boolean;
  /** The number of entries in the files before each later file that was begun. */
  readonly fileEnds: readonly number[];
  /** The next entries as a complete subtree, when they were hashed as one. */
  subtree?(): Subtree | undefined;
  /** Takes these entries. */
  takeSubtree?(): void;
  /** Reads and counts the entries that are left. */
  countRest(): Promise<void>;
  /** Closes the files. */
  close(): Promise<void>;
}

/** Where an entry ends in files. */
export interface EntryPlace {
  /** The place of the file among them, from 0. */
  readonly file: number;
  /** Bytes from the beginning of that file up to the end of the entry, with its newline. */
  readonly bytes: number;
  /** The hash of the entry. */
  readonly leaf: Uint8Array;
}

/** A complete subtree of `SUBTREE_WIDTH` entries. */
export interface Subtree {
  /** Bytes in which its root is. */
  readonly roots: Uint8Array;
  /** Where that begins. */
  readonly root: number;
  /** Bytes in which the hashes of the entries are, one after the other. */
  readonly leaves: Uint8Array;
  /** Where they begin. */
  readonly from: number;
}

const SPACE = 0x20;

/** Whether bytes have nothing but spaces. */
export function areSpaces(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === SPACE);
}

/** Reads entries, as their leaf hashes. An entry has any length and is never held. */
export class Entries extends Reader<Uint8Array> implements LeafHashes {
  readonly #sha256: Sha256;
  /** The hash of an entry that began in an earlier piece. */
  #open: Sha256Parts | undefined;
  /** Room for an entry after its prefix. */
  #room = new Uint8Array(4096);
  /** The number of entries that were read. */
  count = 0;
  /** {@inheritDoc LeafHashes.isBlank} */
  isBlank = false;
  /** Whether the beginning of an entry that is open is blank. */
  #isOpenBlank = true;
  /** {@inheritDoc LeafHashes.fileEnds} */
  readonly fileEnds: number[] = [];
  /** The bytes before the present file. */
  #bytesBefore = 0;
  #leaf: Uint8Array | undefined;

  constructor(pieces: AsyncGenerator<Uint8Array, void>, sha256: Sha256) {
    super(pieces);
    this.#sha256 = sha256;
  }

  /** {@inheritDoc LeafHashes.place} */
  get place(): EntryPlace | undefined {
    const leaf = this.#leaf?.slice();
    return leaf && { file: this.fileEnds.length, bytes: this.bytes - this.#bytesBefore, leaf };
  }

  /** {@inheritDoc Reader.next} */
  next(): Uint8Array | undefined {
    const leaf = this.#hashNext();
    if (leaf !== undefined) this.#leaf = leaf;
    return leaf;
  }

  #hashNext(): Uint8Array | undefined {
    const end = this.piece.indexOf(NEWLINE, this.at);
    const part = this.piece.subarray(this.at, end < 0 ? undefined : end);
    this.at = end < 0 ? this.piece.length : end + 1;
    if (end < 0) {
      if (part.length > 0) this.#begin().update(part);
      this.#isOpenBlank &&= areSpaces(part);
      return undefined;
    }
    this.count += 1;
    this.isBlank = this.#isOpenBlank && areSpaces(part);
    this.#isOpenBlank = true;
    if (this.#open === undefined && part.length < this.#room.length) {
      this.#room.set(part, LEAF_PREFIX.length);
      return this.#sha256(this.#room.subarray(0, LEAF_PREFIX.length + part.length));
    }
    const hash = this.#begin();
    hash.update(part);
    this.#open = undefined;
    return hash.digest();
  }

  /** {@inheritDoc Reader.more} */
  override async more(): Promise<boolean> {
    const isMore = await super.more();
    if (this.piece === nextFile) {
      this.fileEnds.push(this.count);
      this.#bytesBefore = this.bytes;
    }
    return isMore;
  }

  /** Reads and counts the entries that are left. */
  async countRest(): Promise<void> {
    do while (this.next() !== undefined);
    while (await this.more());
  }

  /** Whether the last line has no newline. */
  get isTorn(): boolean {
    return this.#open !== undefined;
  }

  #begin(): Sha256Parts {
    if (this.#open === undefined) {
      this.#open = this.#sha256.create();
      this.#open.update(LEAF_PREFIX);
    }
    return this.#open;
  }
}

/** Reads hashes of 32 bytes. Bytes after the last whole one are ignored. */
export class Hashes extends Reader<Uint8Array> {
  /** It is used again for the next. */
  readonly #hash = new Uint8Array(HASH_SIZE);
  #size = 0;

  /** Takes the next hashes when they are at hand and are those of a subtree. A view of them would be garbage. */
  takeEqual({ leaves, from }: Subtree): boolean {
    const { piece, at } = this;
    const size = SUBTREE_WIDTH * HASH_SIZE;
    if (this.#size > 0 || at + size > piece.length) return false;
    for (let index = 0; index < size; index += 1)
      if (piece[at + index] !== leaves[from + index]) return false;
    this.at += size;
    return true;
  }

  /** {@inheritDoc Reader.next} */
  next(): Uint8Array | undefined {
    const part = this.piece.subarray(this.at, this.at + HASH_SIZE - this.#size);
    this.at += part.length;
    this.#hash.set(part, this.#size);
    this.#size += part.length;
    if (this.#size < HASH_SIZE) return undefined;
    this.#size = 0;
    return this.#hash;
  }
}
