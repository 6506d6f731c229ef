/** Cuts bytes that arrive in parts into headers. It keeps at most one block in memory, for any input. */
import { Beginning, HeaderItems, SIGNATURE_SIZE, type HeaderItem } from '../header/items.js';
import { MAX_BLOCK_SIZE } from '../header/place.js';

/** The bytes of one header, or of something else, and their place. */
export interface Cut {
  readonly bytes: Uint8Array;
  /** The whole block, when the bytes are its header and bodies are read. */
  readonly block?: Uint8Array | undefined;
  /** In binary: the offset of the first byte. */
  readonly offset?: number;
  /** The first and the last line, in text with one header a line. */
  readonly line?: number;
  readonly lastLine?: number;
  /** The number of consecutive lines that are too short for a header; 1 for any other line. */
  readonly lines: number;
  /** The problem, when the bytes do not show it. */
  readonly problem?: string;
  /** Whether it is a block of the Byron era. */
  readonly isByron?: boolean;
}

/** An item of a sequence as a cut, with its block when it has one. */
export function cutOf({ kind, bytes, block, offset }: HeaderItem): Cut {
  return { bytes, block, offset, lines: 1, ...(kind === 'byron' && { isByron: true }) };
}

/** Hexadecimal digits of the signature alone: a shorter line is not a header. */
const FEWEST_DIGITS = 2 * SIGNATURE_SIZE;

/** More digits than a block can have. Of a longer line the beginning is judged, as too large. */
const MOST_DIGITS = 2 * MAX_BLOCK_SIZE + 1_025;

const MARK = Buffer.of(0xef, 0xbb, 0xbf);
const NEWLINE = 0x0a;
const BRACE = 0x7b;

/** Digits of the narrowest line of a folded header. */
const NARROWEST = 16;

/** One header over several lines, as `xxd -p` prints it: all lines but the last have the same length. */
class Folded {
  readonly #digits = new Beginning(MOST_DIGITS);
  #width: number | undefined;
  #ended = false;
  #broken = false;

  get isBroken(): boolean {
    return this.#broken;
  }

  add(line: Buffer): void {
    if (this.#broken) return;
    this.#width ??= line.byteLength;
    const fits =
      !this.#ended &&
      this.#width >= NARROWEST &&
      this.#width < FEWEST_DIGITS &&
      line.byteLength <= this.#width;
    if (!fits || !/^[0-9a-fA-F]+$/.test(line.toString('latin1'))) return this.break();
    this.#ended = line.byteLength < this.#width;
    this.#digits.add(line);
    if (this.#digits.isFull) this.break();
  }

  break(): void {
    this.#broken = true;
    this.#digits.clear();
  }

  take(): Uint8Array {
    return this.#digits.take();
  }
}

/** Cuts one source: a CBOR sequence, or hexadecimal text with one header a line or with a single folded header. */
export class HeaderCutter {
  #form: 'unknown' | 'binary' | 'text' | 'other' = 'unknown';
  readonly #start = new Beginning(MARK.byteLength);
  readonly #sequence = new HeaderItems();
  readonly #line = new Beginning(MOST_DIGITS);
  readonly #folded = new Folded();
  #number = 0;
  #short:
    { readonly first: Buffer; readonly line: number; last: number; lines: number } | undefined;
  #isEmpty = true;

  /** Whether more bytes cannot change the result. */
  get isDone(): boolean {
    return this.#form === 'other' || (this.#form === 'binary' && this.#sequence.isDone);
  }

  /** The cuts that the next bytes complete. */
  *add(part: Buffer): Generator<Cut> {
    if (this.#form === 'unknown') {
      // Three bytes decide what the input is.
      const taken = this.#start.add(part);
      if (!this.#start.isFull) return;
      yield* this.#begin();
      yield* this.add(part.subarray(taken));
    } else if (this.#form === 'binary') yield* this.#items(this.#sequence.add(part));
    else if (this.#form === 'text') yield* this.#linesOf(part);
  }

  /** The cuts that the end of the input completes. */
  *end(): Generator<Cut> {
    if (this.#form === 'unknown') yield* this.#begin();
    if (this.#form === 'binary') yield* this.#items(this.#sequence.end());
    if (this.#form !== 'text') return;
    if (this.#line.size > 0) yield* this.#lineEnds();
    if (!this.#folded.isBroken && this.#short !== undefined)
      yield { bytes: this.#folded.take(), lines: 1 };
    else yield* this.#shortRun();
    if (this.#isEmpty) yield { bytes: Buffer.alloc(0), lines: 1 };
  }

  *#items(items: Iterable<HeaderItem>): Generator<Cut> {
    for (const item of items) yield cutOf(item);
  }

  *#begin(): Generator<Cut> {
    const bytes = Buffer.from(this.#start.take());
    const content = bytes.subarray(0, MARK.byteLength).equals(MARK)
      ? bytes.subarray(MARK.byteLength)
      : bytes;
    const first = content.find((byte) => byte > 0x20) ?? 0;
    // A header begins with the head of a CBOR array or of a tag, which are not ASCII.
    if (first >= 0x80) {
      this.#form = 'binary';
      yield* this.#items(this.#sequence.add(content));
    } else if (first === BRACE) {
      // JSON may be a key: its bytes are not passed on.
      this.#form = 'other';
      bytes.fill(0);
      yield {
        bytes: Buffer.of(BRACE),
        lines: 1,
        problem: 'it is JSON, as certificates and keys are',
      };
    } else {
      this.#form = 'text';
      yield* this.#linesOf(content);
    }
  }

  *#linesOf(part: Buffer): Generator<Cut> {
    let start = 0;
    for (let end = part.indexOf(NEWLINE); end >= 0; end = part.indexOf(NEWLINE, start)) {
      if (!this.#passes(part, start, end)) {
        this.#line.add(part.subarray(start, end));
        yield* this.#lineEnds();
      }
      start = end + 1;
    }
    this.#line.add(part.subarray(start));
  }

  /** Skips a line of white space, or a short line after short lines, without a copy: there may be millions. */
  #passes(part: Buffer, start: number, end: number): boolean {
    if (this.#line.size > 0 || end - start >= FEWEST_DIGITS) return false;
    const isEmpty = isWhitespace(part, start, end);
    const run = this.#short;
    if (!isEmpty && (run === undefined || !this.#folded.isBroken)) return false;
    this.#number += 1;
    if (!isEmpty && run !== undefined) this.#countShort(run);
    return true;
  }

  *#lineEnds(): Generator<Cut> {
    this.#number += 1;
    const line = trimmed(Buffer.from(this.#line.take().buffer));
    if (line.byteLength === 0) return;
    this.#isEmpty = false;
    this.#folded.add(line);
    if (line.byteLength < FEWEST_DIGITS) {
      this.#short ??= { first: line, line: this.#number, last: this.#number, lines: 0 };
      this.#countShort(this.#short);
      return;
    }
    this.#folded.break();
    yield* this.#shortRun();
    yield { bytes: line, line: this.#number, lastLine: this.#number, lines: 1 };
  }

  #countShort(run: { last: number; lines: number }): void {
    run.lines += 1;
    run.last = this.#number;
  }

  /** Consecutive short lines are one cut. */
  *#shortRun(): Generator<Cut> {
    if (this.#short === undefined) return;
    const { first, line, last, lines } = this.#short;
    this.#short = undefined;
    const problem = `${lines} lines that are too short for a header`;
    yield { bytes: first, line, lastLine: last, lines, ...(lines > 1 && { problem }) };
  }
}

function isWhitespace(part: Buffer, start: number, end: number): boolean {
  let at = start;
  while (at < end && part[at]! <= 0x20) at += 1;
  return at === end;
}

function trimmed(line: Buffer): Buffer {
  let start = 0;
  let end = line.byteLength;
  while (start < end && line[start]! <= 0x20) start += 1;
  while (end > start && line[end - 1]! <= 0x20) end -= 1;
  return line.subarray(start, end);
}
