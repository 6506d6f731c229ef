import { ENCODINGS, FRAGMENT, type Encoding } from './encodings.js';
import {
  GRAM,
  gramBit,
  gramBucket,
  shownBytes,
  type Pattern,
  type PatternTable,
} from './pattern-table.js';

/** A copy of a needle, or a part of one. Contains no byte of the needle. */
export interface Hit {
  readonly needle: string;
  readonly encoding: Encoding;
  /** The offset of the part in the needle, bytes. */
  readonly offset: number;
  /** The number of bytes of the needle that it shows, at both ends possibly in part. */
  readonly length: number;
  /** The address; the offset in a file. */
  readonly address: number;
  /** Bytes of memory. */
  readonly size: number;
}

/**
 * The hit for a run of equal bytes, from the byte `from` of the pattern to the byte `to`; `undefined` when it contains no
 * usable fragment. `address` is that of the pattern's first byte.
 */
function hitOfRun(
  { needle, form, windows }: Pattern,
  from: number,
  to: number,
  address: number,
): Hit | undefined {
  const first = Math.ceil(from / form.width);
  const end = Math.floor(to / form.width);
  const starts = Math.max(first, end - form.fragment + 1);
  if (!windows.subarray(first, starts).includes(1)) return undefined;
  const shown = shownBytes(form, first, end);
  return {
    needle: needle.name,
    encoding: form.encoding,
    offset: Math.min(...shown),
    length: shown.size,
    address: address + first * form.width,
    size: (end - first) * form.width,
  };
}

/**
 * The hits in order of address, without those that a longer hit of the same needle explains: of two overlapping hits the
 * shorter one stays only if enough of it lies outside of the longer one. Digits without a letter match both hexadecimal
 * encodings, and a byte beside a swapped word may match by chance.
 */
export function sortHits(hits: readonly Hit[]): Hit[] {
  const kept = new Map<string, Hit[]>();
  for (const hit of hits.toSorted(inOrder)) {
    const others = kept.get(hit.needle) ?? [];
    kept.set(hit.needle, others);
    while (isExplained(others.at(-1), hit)) others.pop();
    if (!isExplained(hit, others.at(-1))) others.push(hit);
  }
  return [...kept.values()].flat().sort(inOrder);
}

function inOrder(left: Hit, right: Hit): number {
  return (
    left.address - right.address ||
    right.size - left.size ||
    ENCODINGS.indexOf(left.encoding) - ENCODINGS.indexOf(right.encoding)
  );
}

/** Whether a hit lies mostly within another that is longer, or of equal size and earlier. */
function isExplained(hit: Hit | undefined, by: Hit | undefined): boolean {
  if (!hit || !by) return false;
  if (hit.size > by.size || (hit.size === by.size && inOrder(hit, by) < 0)) return false;
  const before = Math.max(0, by.address - hit.address);
  const behind = Math.max(0, hit.address + hit.size - (by.address + by.size));
  return before + behind < FRAGMENT;
}

/** Fills the target with the bytes from a position, and returns how many. */
type ReadBytes = (target: Uint8Array, position: number) => number;

const DEFAULT_CHUNK = 1024 * 1024;

/** Searches for all patterns of a table in ranges of bytes, which are read in chunks. */
export class Search {
  readonly hits: Hit[] = [];
  /** Searched bytes. */
  searched = 0;
  readonly #table: PatternTable;
  readonly #read: ReadBytes;
  readonly #chunk: number;
  /** Bytes that are read before and after a chunk, so that runs are complete. */
  readonly #margin: number;
  readonly #bytes: Uint8Array;
  readonly #words: Int32Array;
  /** By pattern: for each address of its first byte, the end of the run that was found. */
  readonly #seen: readonly Map<number, number>[];

  /** `chunk` is the number of bytes per read, a multiple of four. */
  constructor(table: PatternTable, read: ReadBytes, chunk = DEFAULT_CHUNK) {
    this.#table = table;
    this.#read = read;
    this.#chunk = chunk;
    this.#margin = Math.ceil(table.longest / GRAM) * GRAM;
    const memory = new ArrayBuffer(chunk + 2 * this.#margin);
    this.#bytes = new Uint8Array(memory);
    this.#words = new Int32Array(memory);
    this.#seen = table.patterns.map(() => new Map<number, number>());
  }

  /** Searches from `start`, a multiple of four, to `end`. Returns the end, or the address at which reading failed. */
  range(start: number, end: number): number {
    for (let position = start; position < end; position += this.#chunk) {
      const from = Math.max(start, position - this.#margin);
      const to = Math.min(end, position + this.#chunk + this.#margin);
      const read = this.#read(this.#bytes.subarray(0, to - from), from);
      const searchEnd = Math.min(position + this.#chunk, from + read);
      this.#chunkAt(from, read, position - from, searchEnd - from);
      this.searched += Math.max(0, searchEnd - position);
      if (from + read < to) return from + read;
    }
    return end;
  }

  /** Overwrites the read bytes, so that the scanning process contains no copy. */
  wipe(): void {
    this.#bytes.fill(0);
  }

  /** Looks up the grams between two offsets of the buffer, which contains `read` bytes from the address `from`. */
  #chunkAt(from: number, read: number, start: number, end: number): void {
    const words = this.#words;
    const { bitmap, shift } = this.#table;
    // Shifts instead of divisions keep the index of the hot loop an integer.
    const last = end >>> 2;
    for (let index = start >>> 2; index < last; index += 1) {
      const bit = gramBit(words[index]!, shift);
      if (((bitmap[bit >>> 5]! >>> (bit & 31)) & 1) !== 0) {
        this.#candidates(words[index]!, from, read, index * GRAM);
      }
    }
  }

  /** Checks each pattern that contains the gram. */
  #candidates(gram: number, from: number, read: number, place: number): void {
    const { firstEntry, nextEntry, entryGram, gramMask, entryPattern, entryOffset } = this.#table;
    for (let entry = firstEntry[gramBucket(gram)]!; entry !== 0; entry = nextEntry[entry - 1]!) {
      if (entryGram[entry - 1] === (gram ^ gramMask)) {
        this.#candidate(entryPattern[entry - 1]!, entryOffset[entry - 1]!, from, read, place);
      }
    }
  }

  /** Compares the memory around a gram with the pattern around it. */
  #candidate(number: number, offset: number, from: number, read: number, place: number): void {
    const { masked, mask, patterns } = this.#table;
    const bytes = this.#bytes;
    const pattern = patterns[number]!;
    const { base, size } = pattern;
    let ahead = 0;
    while (
      offset + ahead < size &&
      place + ahead < read &&
      bytes[place + ahead] === (masked[base + offset + ahead]! ^ mask[base + offset + ahead]!)
    ) {
      ahead += 1;
    }
    const address = from + place - offset;
    const seen = this.#seen[number]!;
    if ((seen.get(address) ?? -1) > from + place) return;
    let back = 0;
    while (
      back < offset &&
      back < place &&
      bytes[place - back - 1] ===
        (masked[base + offset - back - 1]! ^ mask[base + offset - back - 1]!)
    ) {
      back += 1;
    }
    const hit = hitOfRun(pattern, offset - back, offset + ahead, address);
    if (!hit) return;
    seen.set(address, from + place + ahead);
    this.hits.push(hit);
  }
}
