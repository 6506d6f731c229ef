import { endianness } from 'node:os';

/**
 * Bytes of one lookup: a "gram". A fragment of eight bytes contains a gram at a multiple of four, at any address, so the scan
 * looks up only each fourth address.
 */
export const GRAM = 4;

/**
 * The shift that maps the product of a gram to a bit of the bitmap. Few grams get few bits, so that the bitmap stays in the
 * first cache of the processor. Many grams get enough bits to exclude most of the memory.
 */
export function bitShift(grams: number): number {
  const bits = Math.ceil(Math.log2(Math.max(1, grams * BITS_FOR_A_GRAM)));
  return 32 - Math.min(MOST_BITS, Math.max(FEWEST_BITS, bits));
}

const BITS_FOR_A_GRAM = 16;
const FEWEST_BITS = 18;
const MOST_BITS = 24;

/** The number of values of {@link gramBucket}. */
export const BUCKETS = 2 ** 16;

/** The bit of the bitmap for a gram. */
export function gramBit(gram: number, shift: number): number {
  return Math.imul(gram, MULTIPLIER) >>> shift;
}

/** The bucket of a gram, whose entries form a list. */
export function gramBucket(gram: number): number {
  return Math.imul(gram, MULTIPLIER) >>> 16;
}

/** 2^32 divided by the golden ratio: spreads neighbouring numbers (Knuth, volume 3, section 6.4). */
const MULTIPLIER = 0x9e3779b1;

const little = endianness() === 'LE';

/** The gram as a 32-bit word in the byte order of this machine, as the scan reads memory. */
export function gramAt(byteAt: (index: number) => number, offset: number): number {
  let word = 0;
  for (let index = 0; index < GRAM; index += 1) {
    word |= byteAt(offset + index) << (8 * (little ? index : GRAM - 1 - index));
  }
  return word;
}

/** Whether the four bytes are equal. Such grams are not looked up, since zeros are frequent. */
export function isUniformGram(byteAt: (index: number) => number, offset: number): boolean {
  const first = byteAt(offset);
  return [1, 2, 3].every((index) => byteAt(offset + index) === first);
}
