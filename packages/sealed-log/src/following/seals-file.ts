/**
 * The lines of a seals file. A start reads its end, and the few earlier lines that it needs by their numbers, which rise by one
 * from line to line.
 */
import { closeSync, fstatSync } from 'node:fs';
import { openOwnIfThere, readFully } from '../files/log-file.js';
import { MAX_SEAL_LINE_SIZE, sealLineOf, type SealLine } from '../format/seal.js';
import { SealerError } from '../errors.js';

const NEWLINE = 0x0a;

/** A line and its newline. A longer one is cut, and is then none of a seal. */
const MOST = MAX_SEAL_LINE_SIZE + 2;
const PIECE = 1 << 16;

/** More bytes without a newline are of no seal. */
const MOST_TORN = 1 << 12;

/** The end of a seals file. */
export interface LinesRead {
  /** The last complete line, without its newline. */
  readonly last: string | undefined;
  /** The seal of that line; `'damaged'` when it is not of the form. */
  readonly line: SealLine | 'damaged' | undefined;
  /** Bytes up to its end. */
  readonly size: number;
}

/** The end of a file without lines. */
export const NO_LINES: LinesRead = { last: undefined, line: undefined, size: 0 };

/** A line without its newline, and where it begins. */
export interface LineFound {
  readonly line: string;
  readonly at: number;
}

/** A seals file that is read. It may be missing, and then has no lines. */
export class SealsFile implements Disposable {
  readonly #path: string;
  readonly #fd: number | undefined;

  /**
   * Opens the file.
   *
   * @param path - The file.
   * @param keyFile - The key file of the log.
   */
  constructor(path: string, keyFile?: string) {
    this.#path = path;
    this.#fd = openOwnIfThere(path, keyFile)?.fd;
  }

  /** Whether it is there. */
  get isThere(): boolean {
    return this.#fd !== undefined;
  }

  /**
   * Finds the last complete line. A sealer that was killed leaves less than a line behind it.
   *
   * @throws {@link SealerError} reason `damaged-seals` when more than 4 KiB follow it, however large the file is.
   */
  end(): LinesRead {
    const size = this.#fd === undefined ? 0 : fstatSync(this.#fd).size;
    const from = Math.max(0, size - MOST_TORN);
    const end = from + this.#read(from, size).lastIndexOf(NEWLINE);
    if (end >= from) {
      const before = this.#read(Math.max(0, end - MOST), end);
      const last = before.toString('latin1', before.lastIndexOf(NEWLINE) + 1);
      return { last, line: sealLineOf(last), size: end + 1 };
    }
    if (from > 0) throw new SealerError('damaged-seals', { path: this.#path });
    return NO_LINES;
  }

  /**
   * Finds the line of a number, by halving.
   *
   * @param number - The number.
   * @param from - Bytes of the file before which the line does not begin.
   * @param to - Bytes of the file behind which it does not begin.
   */
  find(number: number, from: number, to: number): LineFound | undefined {
    let low = from;
    let high = to;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      const begin = Math.max(0, middle - 1);
      const bytes = this.#read(begin, middle + 2 * MOST);
      // The first line that begins at the middle or behind it.
      const skipped = middle === 0 ? 0 : bytes.indexOf(NEWLINE) + 1;
      const at = begin + skipped;
      const end = bytes.indexOf(NEWLINE, skipped);
      const isLine = at >= middle && at < high && end >= 0;
      const line = isLine ? bytes.toString('latin1', skipped, end) : '';
      const found = isLine ? Number(line.split(' ', 1)[0]) : Infinity;
      if (found === number) return { line, at };
      if (found < number) low = at + line.length + 1;
      else high = middle;
    }
    return undefined;
  }

  /** All complete lines, up to one that is longer than any seal. */
  *all(): Generator<string> {
    for (let at = 0; ;) {
      const text = this.#read(at, at + PIECE).toString('latin1');
      const end = text.lastIndexOf('\n') + 1;
      if (end === 0) return;
      yield* text.slice(0, end - 1).split('\n');
      at += end;
    }
  }

  /** Closes the file. */
  [Symbol.dispose](): void {
    if (this.#fd !== undefined) closeSync(this.#fd);
  }

  #read(from: number, to: number): Buffer {
    if (this.#fd === undefined) return Buffer.alloc(0);
    const bytes = Buffer.alloc(to - from);
    return bytes.subarray(0, readFully(this.#fd, bytes, from));
  }
}
