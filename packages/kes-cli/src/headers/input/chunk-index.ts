/**
 * The secondary index of a chunk: where its blocks and their headers are. The chunk can be read without it, since each block
 * states its own length. With it the bodies of the blocks need not be read.
 *
 * Source: `Ouroboros.Consensus.Storage.ImmutableDB.Impl.Index.Secondary`. 56 bytes a block, big endian: offset of the block
 * (u64), offset (u16) and size (u16) of the header within it, CRC-32 of the block (u32), hash of the header (32 bytes),
 * slot (u64; of a Byron boundary block its epoch).
 */
import { closeSync, openSync, read } from 'node:fs';
import { promisify } from 'node:util';
import { MAX_BLOCK_SIZE } from '@evolock/cardano-kes';

/** The place of a block in its chunk. */
export interface IndexedBlock {
  readonly start: number;
  readonly end: number;
  /** The offset of the header within the block. */
  readonly header: number;
  /** The size of the header in bytes. */
  readonly size: number;
}

const ENTRY = 56;

/** Entries a read, and headers a group. */
const STEP = 512;

const readFrom = promisify(read);

/**
 * The blocks of an index, many at a time, as far as each begins where one before it can end. The last block is left out: its
 * end is not stated. There are none when the file does not exist.
 */
export async function* blocksOfIndex(path: Buffer): AsyncGenerator<IndexedBlock[], void, void> {
  let last: Entry | undefined;
  for await (const entries of entriesOf(path)) {
    const blocks: IndexedBlock[] = [];
    for (const entry of entries) {
      if (!follows(entry, last)) {
        yield blocks;
        return;
      }
      if (last !== undefined) blocks.push({ ...last, end: entry.start });
      last = entry;
    }
    yield blocks;
  }
}

type Entry = Omit<IndexedBlock, 'end'>;

function follows({ start }: Entry, last: Entry | undefined): boolean {
  if (last === undefined) return start === 0;
  const size = start - last.start;
  return size >= last.header + last.size && size <= MAX_BLOCK_SIZE;
}

async function* entriesOf(path: Buffer): AsyncGenerator<Entry[], void, void> {
  const fd = openIfAny(path);
  if (fd === undefined) return;
  try {
    const memory = Buffer.alloc(STEP * ENTRY);
    for (let position = 0; ;) {
      const { bytesRead } = await readFrom(fd, memory, 0, memory.byteLength, position);
      // A node may be writing the last entry.
      const count = Math.floor(bytesRead / ENTRY);
      if (count === 0) return;
      yield Array.from({ length: count }, (_, index) => entryAt(memory, index * ENTRY));
      position += count * ENTRY;
    }
  } finally {
    closeSync(fd);
  }
}

function openIfAny(path: Buffer): number | undefined {
  try {
    return openSync(path, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function entryAt(memory: Buffer, at: number): Entry {
  return {
    start: Number(memory.readBigUInt64BE(at)),
    header: memory.readUInt16BE(at + 8),
    size: memory.readUInt16BE(at + 10),
  };
}
