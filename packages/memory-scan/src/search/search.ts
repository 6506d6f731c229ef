import { hitOfRun, type Hit } from './hit.js';
import { GRAM, gramBit, gramBucket } from './gram.js';
import { type PatternTable } from './pattern-table.js';

/** Fills the target with the bytes from a position, and returns how many. */
export type ReadBytes = (target: Uint8Array, position: number) => number;

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

  /**
   * Searches from `start`, a multiple of four, to `end`.
   *
   * @returns The end, or the address at which reading failed.
   */
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
