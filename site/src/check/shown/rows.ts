/** A log as rows: its lines with the seals between them. Of a long one those that matter, and the others are counted. */
import type { SealedLog } from '../input/log-files.js';
import type { JudgedLines, Tone } from '../reports/report.js';
import { linesIn, startsOf, type Line, type Window } from './lines.js';
import { Places, type Gap, type Mark } from './places.js';
import { sealsIn, type SealPlace } from './seals.js';

/** A row. */
export type Row =
  | { readonly kind: 'file'; readonly part: number; readonly parts: number }
  | {
      readonly kind: 'line';
      /** The line in its file, from 1, behind the number of the file where there are several: `2.7`. */
      readonly name: string;
      readonly mark: Mark;
      /** `undefined` when it may contain a key. */
      readonly text: string | undefined;
      /** What is said of a difference that begins here. */
      readonly words: string | undefined;
      /** Characters and bytes that are not shown. */
      readonly more: number;
    }
  | { readonly kind: 'seal'; readonly number: number; readonly time: string; readonly tone: Tone }
  | { readonly kind: 'gone'; readonly entries: number; readonly words: string }
  | {
      readonly kind: 'hidden';
      readonly lines: number;
      /** How many of them differ. */
      readonly changed: number;
      readonly seals: number;
    };

/** How a text is shown; `undefined` when it may contain a key. */
export type ShowText = (text: string) => Promise<string | undefined>;

/** What is asked of a log. */
export interface Asked {
  /** The name of a line that has to be among the rows; empty for none. */
  readonly name: string;
  readonly show: ShowText;
  /** The most lines that are shown without leaving out any. */
  readonly most: number;
}

/** Ranges of a kind whose lines are shown. */
const FEW = 10;

/** Lines of a range that are shown, and lines around it. */
const HEAD = 5;
const AROUND = 2;

/** Characters of a line that is as it was sealed. */
const SHORT = 240;

/** The rows of a log. */
export async function rowsOf(log: SealedLog, judged: JudgedLines, asked: Asked): Promise<Row[]> {
  const files = log.files.slice(judged.older);
  const starts = await startsOf(files);
  const seals = sealsIn(log.seals);
  const places = new Places(judged, starts, seals.at(-1)?.size ?? 0);
  const windows = windowsOf(places, starts, { ...asked, older: judged.older });
  const lines = await linesIn(files, windows);
  const writer = new RowWriter(places, starts, { judged, seals, show: asked.show });
  for (const [number, line] of lines) await writer.line(number, line);
  writer.end();
  return writer.rows;
}

/** The lines that are shown, in order. */
function windowsOf(
  places: Places,
  starts: readonly number[],
  { name, most, older }: Asked & { readonly older: number },
): Window[] {
  const total = starts.at(-1) ?? 0;
  if (total <= most) return [[0, total]];
  const around = ([from, to]: Window): Window => [
    from - AROUND,
    Math.min(to, from + HEAD) + AROUND,
  ];
  const { changed, erased, gaps, limit } = places;
  const wanted = [
    ...[...changed.slice(0, 2 * FEW), ...erased.slice(0, FEW)].map(around),
    ...gaps.map(({ at }) => around([at, at])),
    ...[0, limit, total].map((at) => around([at, at])),
    ...numbersOf(name, starts, older).map((at) => around([at, at + 1])),
  ];
  return merged(wanted, total);
}

function merged(windows: readonly Window[], total: number): Window[] {
  const all: [number, number][] = [];
  for (const [from, to] of [...windows].sort(([one], [other]) => one - other)) {
    const start = Math.max(0, from);
    const end = Math.min(total, to);
    const last = all.at(-1);
    // A row that counts one line takes more room than the line.
    if (last !== undefined && start <= last[1] + 1) last[1] = Math.max(last[1], end);
    else if (start < end) all.push([start, end]);
  }
  return all;
}

/** The number of the line of a name, when there is one. */
function numbersOf(name: string, starts: readonly number[], older: number): number[] {
  const [, part, line] = /^(?:(\d+)\.)?(\d+)$/.exec(name) ?? [];
  const file = part === undefined ? 0 : Number(part) - older - 1;
  const start = starts[file];
  const number = (start ?? 0) + Number(line) - 1;
  return start !== undefined && number < (starts[file + 1] ?? 0) ? [number] : [];
}

/** What rows are made of beside lines. */
interface Beside {
  readonly judged: JudgedLines;
  readonly seals: readonly SealPlace[];
  readonly show: ShowText;
}

class RowWriter {
  readonly rows: Row[] = [];
  readonly #places: Places;
  readonly #starts: readonly number[];
  readonly #beside: Beside;
  /** The line after the last one. */
  #next = 0;
  #file = -1;
  #seal = 0;
  #gap = 0;

  constructor(places: Places, starts: readonly number[], beside: Beside) {
    this.#places = places;
    this.#starts = starts;
    this.#beside = beside;
  }

  async line(number: number, { text, more }: Line): Promise<void> {
    const { entry, mark, words } = this.#places.of(number);
    if (number > this.#next) this.#hide(number);
    this.#beginFile(number);
    this.#gapsBefore(number);
    this.#sealsUpTo(entry ?? -1);
    const cut = mark === 'changed' ? text : text.slice(0, SHORT);
    this.rows.push({
      kind: 'line',
      name: this.#nameOf(number),
      mark,
      text: await this.#beside.show(cut),
      words,
      more: more + text.length - cut.length,
    });
    this.#next = number + 1;
  }

  end(): void {
    const total = this.#starts.at(-1) ?? 0;
    if (this.#next < total) this.#hide(total);
    this.#gapsBefore(Infinity);
    this.#sealsUpTo(Infinity);
  }

  /** Counts the lines up to a number, and the seals between them. */
  #hide(to: number): void {
    const from = this.#next;
    const changed = this.#places.changed.reduce(
      (sum, [start, end]) => sum + Math.max(0, Math.min(end, to) - Math.max(start, from)),
      0,
    );
    const first = this.#places.of(from).entry ?? 0;
    this.#sealsUpTo(first);
    const last = this.#places.of(to - 1).entry ?? first;
    const seals = this.#sealsBelow(last);
    this.#seal += seals.length;
    this.rows.push({ kind: 'hidden', lines: to - from, changed, seals: seals.length });
    this.#next = to;
  }

  #beginFile(number: number): void {
    const files = this.#starts.length - 1;
    const file = this.#starts.findLastIndex((start, at) => at < files && start <= number);
    if (file === this.#file) return;
    this.#file = file;
    if (this.#parts > 1) this.rows.push({ kind: 'file', part: this.#part, parts: this.#parts });
  }

  /** The number of files, also of those that are older than the log. */
  get #parts(): number {
    return this.#starts.length - 1 + this.#beside.judged.older;
  }

  /** The number of the current file, from 1. */
  get #part(): number {
    return this.#file + this.#beside.judged.older + 1;
  }

  #gapsBefore(number: number): void {
    for (let gap = this.#nextGap(); gap !== undefined && gap.at <= number; gap = this.#nextGap()) {
      this.#gap += 1;
      this.#sealsUpTo(gap.entry);
      this.rows.push({ kind: 'gone', entries: gap.entries, words: gap.words });
    }
  }

  #nextGap(): Gap | undefined {
    return this.#places.gaps[this.#gap];
  }

  /** The seals whose last entry is before an entry. Of several over the same entries, the first and the last are shown. */
  #sealsUpTo(entry: number): void {
    const all = this.#sealsBelow(entry);
    for (const [at, { number, time }] of all.entries()) {
      if (at === 0 || at === all.length - 1)
        this.rows.push({ kind: 'seal', number, time, tone: this.#toneOf(this.#seal + at) });
      else if (at === 1)
        this.rows.push({ kind: 'hidden', lines: 0, changed: 0, seals: all.length - 2 });
    }
    this.#seal += all.length;
  }

  #sealsBelow(entry: number): readonly SealPlace[] {
    const { seals } = this.#beside;
    const end = seals.findIndex(({ size }, at) => at >= this.#seal && size > entry);
    return seals.slice(this.#seal, end < 0 ? undefined : end);
  }

  #toneOf(seal: number): Tone {
    const { seals, failure } = this.#beside.judged.verdict;
    if (seal < seals) return 'good';
    return seal === seals && failure !== undefined ? 'bad' : 'note';
  }

  #nameOf(number: number): string {
    const line = String(number - (this.#starts[this.#file] ?? 0) + 1);
    return this.#parts > 1 ? `${this.#part}.${line}` : line;
  }
}
