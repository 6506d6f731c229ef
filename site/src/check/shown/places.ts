/** Which entry of a log stands at each line of its files, and what is known of it. */
import type { Range } from '@evolock/sealed-log/verify';
import type { Check, JudgedLines } from '../reports/report.js';
import type { Window } from './lines.js';

/** `open`: not sealed yet. `unproved`: nothing tells whether it is as it was sealed. */
export type Mark = 'sealed' | 'changed' | 'erased' | 'open' | 'unproved';

/** What is known of a line. */
export interface Place {
  readonly mark: Mark;
  /** The number of its entry; `undefined` of a line that was inserted. */
  readonly entry: number | undefined;
  /** Of the first line of a difference: its words. */
  readonly words?: string | undefined;
}

/** Sealed entries that are gone, and the line that stands behind them. */
export interface Gap {
  readonly at: number;
  readonly entry: number;
  readonly entries: number;
  readonly words: string;
}

/** Lines that differ from those that were sealed. */
interface Differing {
  readonly at: number;
  readonly end: number;
  readonly entry: number;
  readonly nextEntry: number;
  readonly isInserted: boolean;
  readonly words: string;
}

function wordsOf(check: Check | undefined): string {
  return check === undefined ? '' : `${check.name}: ${check.sentence}`;
}

export class Places {
  readonly gaps: readonly Gap[];
  readonly #differing: readonly Differing[];
  readonly #log: JudgedLines;
  readonly #first: number;
  /** The number of entries that have to be as they were sealed. */
  readonly #limit: number;

  /**
   * @param starts - The number of the first line of each file, and that of all lines.
   * @param sealed - The number of entries that the last seal covers.
   */
  constructor(log: JudgedLines, starts: readonly number[], sealed: number) {
    const { verdict, found, differences: words, firstEntry = 0 } = log;
    this.#log = log;
    this.#first = firstEntry;
    // Where differences are known, every seal fits the hashes, and all other entries have theirs.
    this.#limit = found === undefined ? verdict.sealedEntries : sealed;
    const all = (found?.differences ?? []).map((each, index) => {
      const at = (starts[each.file] ?? 0) + each.line - 1;
      return {
        at,
        end: at + each.present,
        entry: each.entry,
        nextEntry: each.entry + each.entries,
        isInserted: each.kind === 'inserted',
        words: wordsOf(words[index]),
      };
    });
    this.#differing = all;
    this.gaps = [
      ...(firstEntry > 0 ? [{ at: 0, entry: 0, entries: firstEntry, words: '' }] : []),
      ...all
        .filter(({ at, end }) => at === end)
        .map(({ at, entry, nextEntry, words: own }) => ({
          at,
          entry,
          entries: nextEntry - entry,
          words: own,
        })),
    ];
  }

  /** What is known of a line. */
  of(line: number): Place {
    const before = this.#differing.findLast(({ at, end }) => at <= line && at < end);
    if (before !== undefined && line < before.end) {
      const isSame = !before.isInserted && before.entry + line - before.at < before.nextEntry;
      return {
        mark: 'changed',
        entry: isSame ? before.entry + line - before.at : undefined,
        words: line === before.at ? before.words : undefined,
      };
    }
    const entry = this.#entryAt(line);
    return { entry, mark: this.#markOf(entry, line) };
  }

  #entryAt(line: number): number {
    const last = this.#differing.findLast(({ end }) => end <= line);
    return last === undefined ? this.#first + line : last.nextEntry + line - last.end;
  }

  #markOf(entry: number, line: number): Mark {
    const { verdict, found } = this.#log;
    const isIn = ([from, to]: Range) => from <= entry && entry < to;
    if (verdict.erased.some(isIn)) return 'erased';
    if (found === undefined && verdict.changed.some(isIn)) return 'changed';
    const last = this.#differing.at(-1);
    if (found?.hasMore === true && last !== undefined && line >= last.end) return 'unproved';
    if (entry < this.#limit) return 'sealed';
    return verdict.failure === undefined || found !== undefined ? 'open' : 'unproved';
  }

  /** The lines that differ. */
  get changed(): readonly Window[] {
    const { verdict, found } = this.#log;
    if (found !== undefined) return this.#differing.map(({ at, end }): Window => [at, end]);
    return verdict.changed.map((range) => this.#linesOf(range));
  }

  /** The lines that were erased. */
  get erased(): readonly Window[] {
    return this.#log.verdict.erased.map((range) => this.#linesOf(range));
  }

  /** The first line that no seal proves. */
  get limit(): number {
    return this.#linesOf([this.#limit, this.#limit])[0];
  }

  #linesOf([from, to]: Range): Window {
    // Before the entry, lines were inserted and entries are gone.
    const last = this.#differing.findLast(({ nextEntry }) => nextEntry <= from);
    const shift = last === undefined ? -this.#first : last.end - last.nextEntry;
    return [Math.max(0, from + shift), Math.max(0, to + shift)];
  }
}
