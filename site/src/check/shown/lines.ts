/** Lines of the files of a log, read in pieces: the page shows a few of many. */

/** Lines from one number up to another, which count from 0 over all files. */
export type Window = readonly [from: number, to: number];

/** A line that is shown. */
export interface Line {
  /** Its first bytes as text. */
  readonly text: string;
  /** Bytes behind these. */
  readonly more: number;
}

/** Bytes of a piece: it is looked through in less than a frame. */
const PIECE = 1 << 18;

/** Bytes of a line that are shown. */
const LONGEST = 4_096;

const NEWLINE = 0x0a;

async function* piecesOf(file: Uint8Array): AsyncGenerator<Uint8Array, void> {
  for (let at = 0; at < file.byteLength; at += PIECE) {
    // What the visitor does goes first.
    if (at > 0) await new Promise((resolve) => setTimeout(resolve));
    yield file.subarray(at, at + PIECE);
  }
}

/** The number of the first line of each file, and at the end that of all lines. */
export async function startsOf(files: readonly Uint8Array[]): Promise<number[]> {
  const starts = [0];
  let lines = 0;
  for (const file of files) {
    let isTorn = false;
    for await (const piece of piecesOf(file)) {
      for (let at = piece.indexOf(NEWLINE); at >= 0; at = piece.indexOf(NEWLINE, at + 1))
        lines += 1;
      isTorn = piece.at(-1) !== NEWLINE;
    }
    if (isTorn) lines += 1;
    starts.push(lines);
  }
  return starts;
}

/** The lines of windows, which are in order, by their numbers. */
export async function linesIn(
  files: readonly Uint8Array[],
  windows: readonly Window[],
): Promise<Map<number, Line>> {
  const reader = new WindowReader(windows);
  for (const file of files) {
    for await (const piece of piecesOf(file)) reader.take(piece);
    reader.endFile();
  }
  return reader.lines;
}

class WindowReader {
  readonly lines = new Map<number, Line>();
  readonly #windows: readonly Window[];
  #at = 0;
  #number = 0;
  /** The bytes of the current line. */
  readonly #kept = new Uint8Array(LONGEST);
  #size = 0;

  constructor(windows: readonly Window[]) {
    this.#windows = windows;
  }

  take(piece: Uint8Array): void {
    for (let at = 0; at < piece.byteLength;) {
      const newline = piece.indexOf(NEWLINE, at);
      const end = newline < 0 ? piece.byteLength : newline;
      if (this.#size < LONGEST && this.#isWanted())
        this.#kept.set(piece.subarray(at, Math.min(end, at + LONGEST - this.#size)), this.#size);
      this.#size += end - at;
      if (newline >= 0) this.#end();
      at = end + 1;
    }
  }

  /** The last line of a file can be without a newline. */
  endFile(): void {
    if (this.#size > 0) this.#end();
  }

  #end(): void {
    if (this.#isWanted()) {
      const kept = Math.min(this.#size, LONGEST);
      const text = new TextDecoder().decode(this.#kept.subarray(0, kept));
      this.lines.set(this.#number, { text, more: this.#size - kept });
    }
    this.#number += 1;
    this.#size = 0;
  }

  #isWanted(): boolean {
    while ((this.#windows[this.#at]?.[1] ?? Infinity) <= this.#number) this.#at += 1;
    return (this.#windows[this.#at]?.[0] ?? Infinity) <= this.#number;
  }
}
