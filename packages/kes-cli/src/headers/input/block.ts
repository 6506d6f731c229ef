/** Blocks with their era, `[era, [header, …]]`, as they are stored: their headers are judged, and not their bodies. */
import { CborItemEnd } from '@evolock/cardano-kes';

/** The head of an array of two. */
const PAIR = 0x82;

/** The major type of an array. */
const ARRAY = 4;

const SHELLEY = 2;
const ALONZO = 5;
const CONWAY = 7;

/** Bytes of a block before its header: the pair, the era, the head of the array of its parts. */
export const BEFORE_HEADER = 3;

/**
 * Whether an item begins like a block of the Byron era: 0 is a boundary block. No header is in it that has KES. In the form of
 * ChainSync 1 is Shelley, and a tag follows.
 */
export function isByron(block: Uint8Array): boolean {
  const [pair, era, parts = 0] = block;
  return pair === PAIR && (era === 0 || era === 1) && parts >> 5 === ARRAY;
}

/** The era of a block that begins as a node writes it; `undefined` otherwise. */
function eraOf(block: Uint8Array): number | undefined {
  const [pair, era = 0, parts] = block;
  // Blocks have 4 parts, and from Alonzo on 5.
  const expected = era < ALONZO ? 0x84 : 0x85;
  return pair === PAIR && era >= SHELLEY && era <= CONWAY && parts === expected ? era : undefined;
}

/**
 * The header of a block, in the form of ChainSync, which states the era: `[era − 1, 24(bytes)]`. The verdict on it is that
 * on the block, and the body is not copied to a thread and walked there again.
 *
 * @param block - The block, or its beginning with the whole header.
 * @param size - The size of the header; found in the block when absent.
 * @returns `undefined` when the block does not begin as a node writes it.
 */
export function headerOfBlock(block: Uint8Array, size?: number): Uint8Array | undefined {
  const era = eraOf(block);
  if (era === undefined) return undefined;
  const header = block.subarray(BEFORE_HEADER);
  const found = size ?? new CborItemEnd().find(header);
  if (found === undefined || found > MOST_BYTES || found > header.byteLength) return undefined;
  const head = [PAIR, era - 1, 0xd8, 24, 0x59, found >> 8, found & 0xff];
  const bytes = Buffer.allocUnsafe(head.length + found);
  bytes.set(head);
  bytes.set(header.subarray(0, found), head.length);
  return bytes;
}

/** The largest size that the head of a byte string states in two bytes. */
const MOST_BYTES = 0xffff;
