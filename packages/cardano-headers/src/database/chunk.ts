/**
 * The chunks of the immutable database of a node: blocks with their era, back to back.
 *
 * A secondary index states where blocks and headers are. It is not signed, so it is only a hint. A block ends at the end of its header
 * plus the size of the body that the header signs, and the index has to say the same. So the bodies need not be read, and an
 * index cannot hide a block. From Dijkstra on that size may be of something else, so a block ends where its CBOR ends.
 *
 * Source: `Ouroboros.Consensus.Storage.ImmutableDB.Impl.Index.Secondary`. 56 bytes a block, big endian: offset of the block
 * (u64), offset (u16) and size (u16) of the header within it, CRC-32 of the block (u32), hash of the header (32 bytes),
 * slot (u64; of a Byron boundary block its epoch).
 */
import { closeSync, constants, fstatSync, openSync, read, readdirSync, readSync } from 'node:fs';
import { promisify } from 'node:util';
import { systemWords } from '@evolock/direct-serialise/system-words';
import {
  BEFORE_HEADER,
  endOfBlock,
  headerOfBlock,
  isByron,
  isUnfinishedBlock,
  sizesOfBlock,
} from '../header/block.js';
import { HeaderItems, type HeaderItem } from '../header/items.js';
import { MAX_BLOCK_SIZE } from '../header/place.js';

const CHUNK = /^\d{5}\.chunk$/;
const INDEX = /^\d{5}\.(?:primary|secondary)$/;

/** The number of a chunk, by the name of its file; `undefined` for another file. */
export function numberOfChunk(path: Buffer): number | undefined {
  return numberOfName(nameOf(path));
}

/** The number of a chunk by the name of its file within its folder. */
export function numberOfName(name: string): number | undefined {
  return CHUNK.test(name) ? Number(name.slice(0, 5)) : undefined;
}

/** The name of a file within its folder, one character a byte. */
function nameOf(path: Buffer): string {
  return path.subarray(path.lastIndexOf('/') + 1).toString('latin1');
}

/** Whether a file of a directory is the index of a chunk of that directory. */
export function isIndexOfChunk(name: string, entries: ReadonlySet<string>): boolean {
  return INDEX.test(name) && entries.has(`${name.slice(0, 5)}.chunk`);
}

/** A file was read and cannot be judged. The message is the reason. */
export class NotJudgedError extends Error {}

/** What a chunk contains, part by part. */
export interface ChunkPart {
  readonly items: readonly HeaderItem[];
  /** Bytes of the chunk that this part covers. */
  readonly size: number;
  /** Bytes of the block at the end that the node has not finished. */
  readonly unfinished?: number;
  /** Why the index is not used from here on. */
  readonly indexProblem?: string;
}

const STEP = 65_536;

/** Blocks of fewer bytes are read as a whole, many in one read. Of a larger one only the header is read. */
const SMALL_BLOCK = 16_384;

/** Bytes of a read of small blocks. */
const AHEAD = 262_144;

const readFrom = promisify(read);

/** The head of a block with its era: an array of two. */
const PAIR = 0x82;

/**
 * The parts of a chunk. Its index is used as far as the blocks confirm it. Throws {@link NotJudgedError} for a file that does
 * not begin with a block, as that of a signing key, and reads no more of it. With `bodies` each item has its block.
 */
export async function* partsOfChunk(
  path: Buffer,
  bodies = false,
): AsyncGenerator<ChunkPart, void, void> {
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    if (!fstatSync(fd).isFile()) throw new NotJudgedError('it is not a regular file');
    const first = new Uint8Array(1);
    if (readSync(fd, first, 0, 1, 0) === 1 && first[0] !== PAIR)
      throw new NotJudgedError('it has the name of a chunk, and does not begin with a block');
    const end = yield* indexedParts(new Reader(fd, bodies), indexOf(path));
    yield* walkedParts(fd, end, isLast(path));
  } finally {
    closeSync(fd);
  }
}

function indexOf(path: Buffer): Buffer {
  return Buffer.from(path.toString('latin1').replace(/chunk$/, 'secondary'), 'latin1');
}

/** A running node appends to the last chunk of its folder only. */
function isLast(path: Buffer): boolean {
  const at = path.lastIndexOf('/');
  const folder = at < 0 ? '.' : path.subarray(0, at + 1);
  const name = nameOf(path);
  return readdirSync(folder, 'latin1').every((other) => !CHUNK.test(other) || other <= name);
}

/** Reads ranges of a file in order, and keeps what it read ahead. */
class Reader {
  readonly #fd: number;
  /** Whether blocks are read with their bodies. */
  readonly bodies: boolean;
  #fileSize = 0;
  #memory = Buffer.alloc(AHEAD);
  #start = 0;
  #size = 0;

  constructor(fd: number, bodies: boolean) {
    this.#fd = fd;
    this.bodies = bodies;
  }

  /** Whether the file has at least this size in bytes. A node may append to it. */
  hasUntil(end: number): boolean {
    if (end > this.#fileSize) this.#fileSize = fstatSync(this.#fd).size;
    return end <= this.#fileSize;
  }

  /**
   * The bytes of a range, until the next call; fewer at the end of the file. Reads `ahead` bytes, if that is more. An
   * asynchronous read would take as long as judging the header that it reads.
   */
  bytes(start: number, end: number, ahead: number): Buffer {
    if (start < this.#start || end > this.#start + this.#size) {
      const size = Math.max(end - start, ahead);
      if (size > this.#memory.byteLength) this.#memory = Buffer.alloc(size);
      this.#start = start;
      this.#size = readSync(this.#fd, this.#memory, 0, size, start);
    }
    const at = start - this.#start;
    return this.#memory.subarray(at, Math.min(at + end - start, this.#size));
  }
}

/**
 * The blocks that the index describes and that confirm it. The last block is left out, since the index does not state its
 * end, and so is the first block that is not of an era with KES.
 *
 * @returns The offset after them.
 */
async function* indexedParts(
  reader: Reader,
  index: Buffer,
): AsyncGenerator<ChunkPart, number, void> {
  let end = 0;
  try {
    for await (const blocks of blocksOfIndex(index)) {
      let start = end;
      let items: HeaderItem[] = [];
      let held = 0;
      let stop: Stop | undefined;
      for (const block of blocks) {
        const found = block.start === end ? itemOf(reader, block) : CONTRADICTION;
        if (typeof found === 'string') {
          stop = found;
          break;
        }
        items.push(found);
        end = block.end;
        held += found.block?.byteLength ?? 0;
        if (held < MOST_HELD) continue;
        yield { items, size: end - start };
        items = [];
        start = end;
        held = 0;
      }
      const isWrong = stop === CONTRADICTION;
      const indexProblem = `it contradicts the chunk at byte ${end}`;
      yield { items, size: end - start, ...(isWrong && { indexProblem }) };
      if (stop !== undefined) break;
    }
  } catch (error) {
    if (!(error instanceof IndexError)) throw error;
    yield { items: [], size: 0, indexProblem: error.message };
  }
  return end;
}

const CONTRADICTION = 'the index contradicts the block';
const BYRON = 'the block is of the Byron era';
type Stop = typeof CONTRADICTION | typeof BYRON;

/** Bytes of the blocks of a part. */
const MOST_HELD = 1_048_576;

/** A block at the place that the index states, if the block has the same end, and the chunk has that end. */
function itemOf(reader: Reader, { start, end, header, size }: IndexedBlock): HeaderItem | Stop {
  if (reader.bodies && end - start > MAX_BLOCK_SIZE) return CONTRADICTION;
  const stop = reader.bodies ? end : start + BEFORE_HEADER + size;
  const bytes = reader.bytes(start, stop, end - start < SMALL_BLOCK ? AHEAD : 0);
  if (isByron(bytes)) return BYRON;
  const sizes = sizesOfBlock(bytes);
  if (header !== BEFORE_HEADER || sizes?.header !== size) return CONTRADICTION;
  const found = headerOfBlock(bytes, size);
  // The memory of the reader is used again.
  const block = reader.bodies ? Uint8Array.from(bytes) : undefined;
  const stated = sizes.block ?? wholeEnd(reader, start, end);
  if (found === undefined || start + stated !== end || !reader.hasUntil(end)) return CONTRADICTION;
  const item = { kind: 'header', offset: start, size: end - start, bytes: found } as const;
  return block === undefined ? item : { ...item, block };
}

/** The end of a block whose header does not state it. */
function wholeEnd(reader: Reader, start: number, end: number): number {
  return end - start > MAX_BLOCK_SIZE ? 0 : endOfBlock(reader.bytes(start, end, AHEAD));
}

async function* walkedParts(
  fd: number,
  start: number,
  isGrowing: boolean,
): AsyncGenerator<ChunkPart, void, void> {
  const cutter = new HeaderItems(start);
  for (let position = start; !cutter.isDone;) {
    const memory = Buffer.alloc(STEP);
    const { bytesRead } = await readFrom(fd, memory, 0, STEP, position);
    if (bytesRead === 0) break;
    position += bytesRead;
    yield { items: [...cutter.add(memory.subarray(0, bytesRead))], size: bytesRead };
  }
  const items = [...cutter.end()];
  const [rest] = items;
  if (isGrowing && rest !== undefined && isUnfinishedBlock(rest.bytes))
    yield { items: [], size: 0, unfinished: rest.size };
  else yield { items, size: 0 };
}

interface IndexedBlock extends Entry {
  readonly end: number;
}

interface Entry {
  readonly start: number;
  /** The offset of the header within the block. */
  readonly header: number;
  readonly size: number;
}

const ENTRY = 56;

/** Entries a read, and headers a group. */
const ENTRIES = 512;

/** The blocks of an index but the last, many at a time. There are none when the file does not exist. */
async function* blocksOfIndex(path: Buffer): AsyncGenerator<IndexedBlock[], void, void> {
  let fd: number | undefined;
  let last: Entry | undefined;
  try {
    // Opens without waiting: a pipe would wait for its writer.
    fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    if (!fstatSync(fd).isFile()) throw new IndexError('it is not a regular file');
    const memory = Buffer.alloc(ENTRIES * ENTRY);
    for (let position = 0; ;) {
      const { bytesRead } = await readFrom(fd, memory, 0, memory.byteLength, position);
      // A node may be writing the last entry.
      const count = Math.floor(bytesRead / ENTRY);
      if (count === 0) return;
      const blocks: IndexedBlock[] = [];
      for (let index = 0; index < count; index += 1) {
        const entry = entryAt(memory, index * ENTRY);
        if (last !== undefined) blocks.push({ ...last, end: entry.start });
        last = entry;
      }
      yield blocks;
      position += count * ENTRY;
    }
  } catch (cause) {
    if (cause instanceof IndexError) throw cause;
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT')
      throw new IndexError(systemWords(cause), { cause });
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}

/** An index cannot be read. The message is the reason. */
class IndexError extends Error {}

function entryAt(memory: Buffer, at: number): Entry {
  return {
    start: Number(memory.readBigUInt64BE(at)),
    header: memory.readUInt16BE(at + 8),
    size: memory.readUInt16BE(at + 10),
  };
}
