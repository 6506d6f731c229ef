/** Blocks with their era, `[era, [header, …]]`, as they are stored: their headers are judged, and not their bodies. */
import {
  arrayAt,
  CborError,
  headAt,
  itemEnd,
  major,
  orUndefined,
  startOfItem,
} from '../cbor/walk.js';
import { HeaderError } from '../errors.js';
import { bodySizeIndex, eraOf, formOfBody, SHELLEY, type Era } from './fields.js';
import { MAX_BLOCK_SIZE, MAX_HEADER_SIZE } from './place.js';

/** The head of an array of two. */
const PAIR = 0x82;
/** The head of an empty array. */
const ARRAY = 0x80;

/** Bytes of a block before its header: the pair, the era, the head of the array of its parts. */
export const BEFORE_HEADER = 3;

/** The beginning of the parts of a Byron block: header, body and extra, and a header of five items. */
const BYRON_PARTS = 0x83;
const BYRON_HEADER = 0x85;

/** The head of a string of 32 bytes. */
const HASH_HEAD = [0x58, 0x20];

/**
 * Whether an item begins as a block of the Byron era: `[0, block]` for a boundary block, `[1, block]` for any other, with the
 * magic number of the network and the hash of the block before. No header in it has KES. In the form of ChainSync 1 is
 * Shelley, and a tag follows. Source: `byron.cddl` of cardano-ledger.
 */
export function isByron(block: Uint8Array): boolean {
  const [pair, era, parts, header] = block;
  const isBlock = pair === PAIR && (era === 0 || era === 1);
  if (!isBlock || parts !== BYRON_PARTS || header !== BYRON_HEADER) return false;
  const magic = orUndefined(() => headAt(block, 4));
  if (magic?.major !== major.unsigned) return false;
  return HASH_HEAD.every((byte, index) => block[magic.end + index] === byte);
}

/** Larger numbers have a longer head. */
const MOST_IN_HEAD = 23;

/** The era that a byte of a block states; `undefined` for none that has KES. */
function eraOfByte(byte: number): Era | undefined {
  return byte >= SHELLEY && byte <= MOST_IN_HEAD ? eraOf(byte) : undefined;
}

/** The era of a block that begins as a node writes it; `undefined` otherwise. */
function eraOfBlock([pair, era = 0, head = 0]: Uint8Array):
  (Era & { readonly number: number }) | undefined {
  const found = pair === PAIR ? eraOfByte(era) : undefined;
  if (found === undefined) return undefined;
  const { parts } = found;
  const fits = parts === undefined ? head >> 5 === major.array : head === ARRAY + parts;
  return fits ? { ...found, number: era } : undefined;
}

/**
 * The header of a block that begins as a node writes it, in the form of ChainSync, which states the era: `[era − 1,
 * 24(bytes)]`. The verdict is that on the block, whose body is not copied to a thread and walked there again. The size of the
 * header is found when absent.
 */
export function headerOfBlock(
  block: Uint8Array,
  size = sizeOfHeader(block),
): Uint8Array | undefined {
  const era = eraOfBlock(block);
  if (era === undefined || size === undefined || size > MOST_BYTES) return undefined;
  if (BEFORE_HEADER + size > block.byteLength) return undefined;
  const head = [PAIR, era.number - 1, 0xd8, 24, 0x59, size >> 8, size & 0xff];
  const bytes = new Uint8Array(head.length + size);
  bytes.set(head);
  bytes.set(block.subarray(BEFORE_HEADER, BEFORE_HEADER + size), head.length);
  return bytes;
}

/** The largest size that the head of a byte string states in two bytes. */
const MOST_BYTES = 0xffff;

function sizeOfHeader(block: Uint8Array): number | undefined {
  return orUndefined(() => itemEnd(block, BEFORE_HEADER) - BEFORE_HEADER);
}

/** The sizes that a block states. */
export interface BlockSizes {
  readonly header: number;
  /**
   * Bytes of the whole block: up to the end of the header, and of the body, whose size the header signs. `undefined` from
   * Dijkstra on and with the fields of Leios, where that size may be of something else: see {@link endOfBlock}.
   */
  readonly block: number | undefined;
}

/** The sizes of a block that begins as a node writes it, by its beginning with the whole header. */
export function sizesOfBlock(block: Uint8Array): BlockSizes | undefined {
  const era = eraOfBlock(block);
  return era && orUndefined(() => statedSizes(block, era));
}

/**
 * The end of a block by its CBOR. When the bytes end before, it is larger than any block. When they are no CBOR, it is 0.
 */
export function endOfBlock(bytes: Uint8Array): number {
  try {
    return itemEnd(bytes, 0);
  } catch (error) {
    if (!(error instanceof CborError)) throw error;
    return error.problem === 'truncated' ? MAX_BLOCK_SIZE + 1 : 0;
  }
}

/**
 * Whether bytes begin as a block as a node writes it, and end before its end. Other bytes at the end of
 * a chunk could hide blocks.
 */
export function isUnfinishedBlock(bytes: Uint8Array): boolean {
  const [pair, era = SHELLEY, parts, header = BYRON_HEADER] = bytes;
  if (pair !== PAIR) return false;
  if (era < SHELLEY) return (parts ?? BYRON_PARTS) === BYRON_PARTS && header === BYRON_HEADER;
  if (parts === undefined) return eraOfByte(era) !== undefined;
  const sizes = sizesOfBlock(bytes);
  const end = sizes === undefined ? BEFORE_HEADER + MAX_HEADER_SIZE : sizes.block;
  return eraOfBlock(bytes) !== undefined && bytes.byteLength < (end ?? endOfBlock(bytes));
}

function statedSizes(block: Uint8Array, { parts }: Era): BlockSizes | undefined {
  if (parts === undefined)
    return { header: itemEnd(block, BEFORE_HEADER) - BEFORE_HEADER, block: undefined };
  const header = arrayAt(block, BEFORE_HEADER, 2);
  const [body] = header?.items ?? [];
  if (header === undefined || body === undefined) return undefined;
  const size = { header: header.end - BEFORE_HEADER, block: undefined };
  const shape = shapeAt(block, body.start);
  if (shape === undefined) return undefined;
  if (parts === 2 || shape === 'Leios' || shape === 'later') return size;
  const field = headAt(block, startOfItem(block, body.start, bodySizeIndex(shape)));
  return field.major === major.unsigned
    ? { ...size, block: header.end + field.argument }
    : undefined;
}

function shapeAt(block: Uint8Array, start: number) {
  try {
    return formOfBody(block, start).shape;
  } catch (error) {
    if (error instanceof HeaderError) return undefined;
    throw error;
  }
}
