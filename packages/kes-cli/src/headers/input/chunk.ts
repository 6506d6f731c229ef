/** The chunks of the immutable database of a node: blocks with their era, back to back. */
import { closeSync, openSync, read, readdirSync, readSync } from 'node:fs';
import { promisify } from 'node:util';
import { BEFORE_HEADER, headerOfBlock, isByron } from './block.js';
import { blocksOfIndex, type IndexedBlock } from './chunk-index.js';
import type { Cut } from './cutter.js';
import { SequenceCutter } from './sequence.js';

const CHUNK = /^\d{5}\.chunk$/;
const INDEX = /^\d{5}\.(?:primary|secondary)$/;

/** The number of a chunk, by the name of its file; `undefined` for another file. */
export function numberOfChunk(path: Buffer): number | undefined {
  const name = nameOf(path);
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

/** What a chunk contains, part by part. */
export interface ChunkPart {
  /** Headers, and what is not a block. */
  readonly cuts: readonly Cut[];
  /** The number of blocks of the Byron era. */
  readonly byron: number;
  /** Bytes of the block at the end that the node has not finished. */
  readonly unfinished: number;
  /** Bytes of the chunk that this part covers. */
  readonly size: number;
}

/** Bytes of a read. */
const STEP = 65_536;

/** Blocks of fewer bytes are read as a whole, many in one read. Of a larger one only the header is read. */
const SMALL_BLOCK = 16_384;

/** Bytes of a read of small blocks. */
const AHEAD = 262_144;

const readFrom = promisify(read);

/**
 * The parts of a chunk. Its index is used when there is one.
 *
 * @param path - The chunk. Its beginning was read, and it is no signing key.
 */
export async function* partsOfChunk(path: Buffer): AsyncGenerator<ChunkPart, void, void> {
  const fd = openSync(path, 'r');
  try {
    const end = yield* indexedParts(new Reader(fd), indexOf(path));
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
  #memory = Buffer.alloc(AHEAD);
  #start = 0;
  #size = 0;

  constructor(fd: number) {
    this.#fd = fd;
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
 * The blocks that the index describes, but the last, whose end it does not state.
 *
 * @returns The offset after them.
 */
async function* indexedParts(
  reader: Reader,
  index: Buffer,
): AsyncGenerator<ChunkPart, number, void> {
  let end = 0;
  for await (const blocks of blocksOfIndex(index)) {
    const start = end;
    const cuts: Cut[] = [];
    let byron = 0;
    for (const block of blocks) {
      const bytes = beginningOf(reader, block);
      // The chunk ends before the block.
      if (bytes === undefined) break;
      const header = headerOfBlock(bytes, block.size);
      if (isByron(bytes)) byron += 1;
      else cuts.push({ bytes: header ?? Buffer.from(bytes), offset: block.start, lines: 1 });
      end = block.end;
    }
    yield { cuts, byron, unfinished: 0, size: end - start };
    if (end < (blocks.at(-1)?.end ?? end)) break;
  }
  return end;
}

/** A block up to the end of its header; the whole block, if it does not begin as a node writes it. */
function beginningOf(
  reader: Reader,
  { start, end, header, size }: IndexedBlock,
): Buffer | undefined {
  const isPlain = header === BEFORE_HEADER;
  const stop = isPlain ? start + header + size : end;
  const ahead = end - start < SMALL_BLOCK ? AHEAD : 0;
  const bytes = reader.bytes(start, stop, ahead);
  if (bytes.byteLength < stop - start) return undefined;
  return isPlain && headerOfBlock(bytes, size) === undefined && !isByron(bytes)
    ? reader.bytes(start, end, ahead)
    : bytes;
}

/** The blocks from an offset on, found by their own lengths. */
async function* walkedParts(
  fd: number,
  start: number,
  isGrowing: boolean,
): AsyncGenerator<ChunkPart, void, void> {
  const cutter = new SequenceCutter(start);
  for (let position = start; !cutter.isDone;) {
    const memory = Buffer.alloc(STEP);
    const { bytesRead } = await readFrom(fd, memory, 0, STEP, position);
    if (bytesRead === 0) break;
    position += bytesRead;
    yield partOf([...cutter.add(memory.subarray(0, bytesRead))], bytesRead);
  }
  if (!isGrowing) yield partOf([...cutter.end()], 0);
  else yield { ...partOf([], 0), unfinished: cutter.isDone ? 0 : cutter.unfinished };
}

function partOf(all: readonly Cut[], size: number): ChunkPart {
  const cuts = all.filter(({ bytes }) => !isByron(bytes));
  return { cuts, byron: all.length - cuts.length, unfinished: 0, size };
}
