import { randomFillSync, randomInt } from 'node:crypto';
import { encodedForms, type EncodedForm, FRAGMENT } from './encoded-form.js';
import { type Encoding } from './encoding.js';
import { MemoryScanError } from '../errors.js';
import { bitShift, BUCKETS, GRAM, gramAt, gramBit, gramBucket, isUniformGram } from './gram.js';
import { secretByte, type MaskedNeedle } from './masked-needle.js';
import { usableWindows } from './usable-windows.js';

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
  encodings: readonly Encoding[],
): PatternTable {
  const patterns: Pattern[] = [];
  let bytes = 0;
  for (const needle of needles) {
    const before = patterns.length;
    const byteAt = (index: number) => secretByte(needle, index);
    const secret = { length: needle.length, byteAt };
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
