import { endianness } from 'node:os';

/**
 * Bytes that the scan looks up at once: a "gram". A fragment of eight bytes holds one at a multiple of four wherever it
 * stands, so only every fourth place of the memory is looked at.
 *
 * @internal
 */
export const GRAM = 4;

/**
 * By how much the product of a gram is shifted to become a bit of a bitmap: few bits for few grams, so that the bitmap
 * stays in the processor's first cache, and enough for many that most of the memory passes at the first look.
 *
 * @internal
 */
export function bitShift(grams: number): number {
  const bits = Math.ceil(Math.log2(Math.max(1, grams * BITS_FOR_A_GRAM)));
  return 32 - Math.min(MOST_BITS, Math.max(FEWEST_BITS, bits));
}

const BITS_FOR_A_GRAM = 16;
const FEWEST_BITS = 18;
const MOST_BITS = 24;

/**
 * Values of {@link gramBucket}.
 *
 * @internal
 */
export const BUCKETS = 2 ** 16;

/**
 * The bit that says whether a gram may be one of those looked for.
 *
 * @internal
 */
export function gramBit(gram: number, shift: number): number {
  return Math.imul(gram, MULTIPLIER) >>> shift;
}

/**
 * Where the entries of a gram are listed.
 *
 * @internal
 */
export function gramBucket(gram: number): number {
  return Math.imul(gram, MULTIPLIER) >>> 16;
}

/** 2^32 over the golden ratio, which spreads neighbouring numbers (Knuth, volume 3, section 6.4). */
const MULTIPLIER = 0x9e3779b1;

const little = endianness() === 'LE';

/**
 * The gram as a 32-bit word in the byte order of this machine, which is how the scan reads memory.
 *
 * @internal
 */
export function gramAt(byteAt: (index: number) => number, offset: number): number {
  let word = 0;
  for (let index = 0; index < GRAM; index += 1) {
    word |= byteAt(offset + index) << (8 * (little ? index : GRAM - 1 - index));
  }
  return word;
}

/**
 * Whether the four bytes are equal. Such grams are not looked up: zeros would be everywhere.
 *
 * @internal
 */
export function isUniformGram(byteAt: (index: number) => number, offset: number): boolean {
  const first = byteAt(offset);
  return [1, 2, 3].every((index) => byteAt(offset + index) === first);
}
