import { randomFillSync, randomInt } from 'node:crypto';
import { encodedForms, FRAGMENT, little, type EncodedForm, type EncodingsOf } from './encodings.js';
import { MemoryScanError } from './errors.js';
import { secretByte, type MaskedNeedle } from './needle.js';

/**
 * Bytes of one lookup: a "gram". A fragment of eight bytes contains a gram at a multiple of four, at any address, so the scan
 * looks up only each fourth address.
 */
export const GRAM = 4;

/**
 * The shift that maps the product of a gram to a bit of the bitmap. Few grams get few bits, so that the bitmap stays in the
 * first cache of the processor. Many grams get enough bits to exclude most of the memory.
 */
function bitShift(grams: number): number {
  const bits = Math.ceil(Math.log2(Math.max(1, grams * BITS_FOR_A_GRAM)));
  return 32 - Math.min(MOST_BITS, Math.max(FEWEST_BITS, bits));
}

const BITS_FOR_A_GRAM = 16;
const FEWEST_BITS = 18;
const MOST_BITS = 24;

/** The number of values of {@link gramBucket}. */
const BUCKETS = 2 ** 16;

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

/** The gram as a 32-bit word in the byte order of this machine, as the scan reads memory. */
function gramAt(byteAt: (index: number) => number, offset: number): number {
  let word = 0;
  for (let index = 0; index < GRAM; index += 1) {
    word |= byteAt(offset + index) << (8 * (little ? index : GRAM - 1 - index));
  }
  return word;
}

/** Whether the four bytes are equal. Such grams are not looked up, since zeros are frequent. */
function isUniformGram(byteAt: (index: number) => number, offset: number): boolean {
  const first = byteAt(offset);
  return [1, 2, 3].every((index) => byteAt(offset + index) === first);
}

/**
 * For each unit of a form: 1 if the fragment that begins there is usable. It is not if one byte value takes more than half
 * of it, or if the scan may see only grams of four equal bytes: zeros and fill patterns occur in the memory of each
 * process.
 */
export function usableWindows(form: EncodedForm, byteAt: (index: number) => number): Uint8Array {
  const windows = new Uint8Array(Math.max(0, form.units - form.fragment + 1));
  for (let unit = 0; unit < windows.length; unit += 1) {
    const varied = saysEnough(shownBytes(form, unit, unit + form.fragment), byteAt);
    windows[unit] = varied && isSeenAtAnyAddress(form, unit) ? 1 : 0;
  }
  return windows;
}

function saysEnough(shown: ReadonlySet<number>, byteAt: (index: number) => number): boolean {
  const counts = new Map<number, number>();
  for (const index of shown) {
    const value = byteAt(index);
    counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  return Math.max(...counts.values()) * 2 <= shown.size;
}

/** Whether each of the four alignments of a fragment contains an indexed gram. */
function isSeenAtAnyAddress({ byteAt, width, fragment }: EncodedForm, unit: number): boolean {
  const start = unit * width;
  const last = start + fragment * width - GRAM;
  const isSeen = (offset: number): boolean =>
    offset <= last && (!isUniformGram(byteAt, offset) || isSeen(offset + GRAM));
  return [0, 1, 2, 3].every((alignment) => isSeen(start + alignment));
}

/** The offsets of the secret's bytes that some units of a form show, at least in part. */
export function shownBytes(form: EncodedForm, from: number, to: number): Set<number> {
  const shown = new Set<number>();
  for (let unit = from; unit < to; unit += 1) {
    const [first, last] = form.shows(unit);
    shown.add(first).add(last);
  }
  return shown;
}

/** A form to search for, with its place in the table. */
export interface Pattern {
  readonly needle: MaskedNeedle;
  readonly form: EncodedForm;
  /** The offset of its bytes in `masked` and `mask`. */
  readonly base: number;
  /** Bytes in memory. */
  readonly size: number;
  /** For each unit, whether a fragment may begin there. */
  readonly windows: Uint8Array;
}

/** All patterns, indexed by grams. Their bytes are masked: the table contains no needle in any encoding. */
export interface PatternTable {
  readonly patterns: readonly Pattern[];
  readonly masked: Uint8Array;
  readonly mask: Uint8Array;
  /** One bit for each value of `gramBit`: whether an entry exists. */
  readonly bitmap: Uint32Array;
  /** The shift that maps a gram to a bit of the bitmap. */
  readonly shift: number;
  /** By `gramBucket`: 1 + its first entry; 0 for none. */
  readonly firstEntry: Uint32Array;
  /** By entry: 1 + the next entry of the bucket; 0 for none. */
  readonly nextEntry: Uint32Array;
  /** By entry: the gram XOR `gramMask`. */
  readonly entryGram: Int32Array;
  readonly gramMask: number;
  /** By entry: the pattern, and the offset of the gram in the pattern. */
  readonly entryPattern: Uint32Array;
  readonly entryOffset: Uint32Array;
  /** Size of the longest pattern, bytes. */
  readonly longest: number;
}

/** Builds the table. */
export function patternTable(
  needles: readonly MaskedNeedle[],
  encodingsOf: EncodingsOf,
): PatternTable {
  const patterns: Pattern[] = [];
  let bytes = 0;
  for (const needle of needles) {
    const before = patterns.length;
    const byteAt = (index: number) => secretByte(needle, index);
    const secret = { length: needle.length, byteAt };
    const encodings = encodingsOf(needle.name);
    for (const form of encodings.flatMap((encoding) => encodedForms(secret, encoding))) {
      const windows = usableWindows(form, byteAt);
      if (!windows.includes(1)) continue;
      const size = form.units * form.width;
      patterns.push({ needle, form, base: bytes, size, windows });
      bytes += size;
    }
    if (patterns.length === before) throw unusableNeedle(needle);
  }
  return { ...maskedBytes(patterns, bytes), ...gramIndex(patterns), patterns };
}

function unusableNeedle({ name, length }: MaskedNeedle): MemoryScanError {
  return new MemoryScanError(
    'ERR_MEMORY_SCAN_NEEDLE',
    length < FRAGMENT
      ? `the needle "${name}" has ${length} bytes, fewer than the ${FRAGMENT} of a fragment`
      : `the needle "${name}" has no usable fragment of ${FRAGMENT} bytes in these encodings: it is too short for ` +
          'them, or one byte value takes more than half of each fragment',
  );
}

function maskedBytes(patterns: readonly Pattern[], bytes: number) {
  const mask = randomFillSync(new Uint8Array(bytes));
  const masked = new Uint8Array(bytes);
  for (const { form, base, size } of patterns) {
    for (let index = 0; index < size; index += 1) {
      masked[base + index] = form.byteAt(index) ^ mask[base + index]!;
    }
  }
  return { masked, mask, longest: patterns.reduce((most, { size }) => Math.max(most, size), 0) };
}

function gramIndex(patterns: readonly Pattern[]) {
  const entries = patterns.reduce((sum, { size }) => sum + size, 0);
  const shift = bitShift(entries);
  const bitmap = new Uint32Array(2 ** (32 - shift) / 32);
  const firstEntry = new Uint32Array(BUCKETS);
  const nextEntry = new Uint32Array(entries);
  const entryGram = new Int32Array(entries);
  const entryPattern = new Uint32Array(entries);
  const entryOffset = new Uint32Array(entries);
  const gramMask = randomInt(2 ** 32) | 0;
  let entry = 0;
  patterns.forEach((pattern, number) => {
    for (const offset of gramOffsets(pattern)) {
      const gram = gramAt(pattern.form.byteAt, offset);
      const bit = gramBit(gram, shift);
      bitmap[bit >>> 5]! |= 1 << (bit & 31);
      nextEntry[entry] = firstEntry[gramBucket(gram)]!;
      entryGram[entry] = gram ^ gramMask;
      entryPattern[entry] = number;
      entryOffset[entry] = offset;
      entry += 1;
      firstEntry[gramBucket(gram)] = entry;
    }
  });
  return { bitmap, shift, firstEntry, nextEntry, entryGram, gramMask, entryPattern, entryOffset };
}

/** The offsets of the grams of all usable fragments. */
function gramOffsets({ form, size, windows }: Pattern): number[] {
  const wanted = new Uint8Array(size);
  windows.forEach((usable, unit) => {
    const start = unit * form.width;
    if (usable === 1) wanted.fill(1, start, start + form.fragment * form.width - GRAM + 1);
  });
  return Array.from(wanted.keys()).filter(
    (offset) => wanted[offset] === 1 && !isUniformGram(form.byteAt, offset),
  );
}
