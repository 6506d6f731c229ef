/**
 * Absent entries: those that are gone from the front of a log, and lines of spaces or of nothing in the place of others. No log can
 * prove that this was lawful: the person who verifies says it.
 */
import { checkInteger, wrongValue } from '@evolock/direct-serialise/arguments';
import { checkSynchronous } from '../../reading/sources.js';

/** Entries from the first number on, before the second. */
export type Range = readonly [from: number, to: number];

/** The most ranges of a list. A hostile log would have one for every second entry. */
const MAX_RANGES = 10_000;

/** Ranges of ascending numbers. */
export class Ranges {
  #list: [from: number, to: number][] = [];
  #count = 0;
  /** Whether no range was left out. */
  isWhole = true;

  /** The first ranges, at most 10,000. */
  get list(): readonly Range[] {
    return this.#list;
  }

  /** The number of all entries, of ranges that are left out too. */
  get count(): number {
    return this.#count;
  }

  /** Adds numbers, which are above those before. */
  add(from: number, to: number): void {
    this.#count += to - from;
    const last = this.#list.at(-1);
    if (last?.[1] === from) last[1] = to;
    else if (this.#list.length < MAX_RANGES) this.#list.push([from, to]);
    else this.isWhole = false;
  }

  /** Adds all of a later list, and empties that. */
  take(later: Ranges): void {
    const count = this.#count + later.#count;
    for (const [from, to] of later.#list) this.add(from, to);
    this.#count = count;
    this.isWhole &&= later.isWhole;
    later.clear();
  }

  /** Removes everything. */
  clear(): void {
    this.#list = [];
    this.#count = 0;
    this.isWhole = true;
  }
}

/** Erasures that the person who verifies accepts. */
export class AcceptedErasures {
  readonly #ranges: readonly Range[];

  /** In order, without overlaps. */
  get list(): readonly Range[] {
    return this.#ranges;
  }

  /**
   * Sorts the ranges and joins them.
   *
   * @throws `ArgumentError` for ranges that are none.
   */
  constructor(given: Iterable<Range>) {
    const ranges = Array.from(checkSynchronous('erased', given), checkRange);
    const joined: [from: number, to: number][] = [];
    for (const [from, to] of ranges.sort(([one], [other]) => one - other)) {
      const last = joined.at(-1);
      if (last !== undefined && from <= last[1]) last[1] = Math.max(last[1], to);
      else joined.push([from, to]);
    }
    this.#ranges = joined;
  }

  /** Whether an entry is in one of them. */
  has(entry: number): boolean {
    return entry < this.#endBefore(entry);
  }

  /** The parts of a range, each of which is accepted as a whole or not at all. */
  *parts(from: number, to: number): Generator<{ part: Range; isAccepted: boolean }, void> {
    for (let at = from; at < to;) {
      const isAccepted = this.has(at);
      const [next = to] = this.#ranges[this.#countTo(at)] ?? [];
      const end = Math.min(isAccepted ? this.#endBefore(at) : next, to);
      yield { part: [at, end], isAccepted };
      at = end;
    }
  }

  /** Where the last range ends that begins at an entry or before it. */
  #endBefore(entry: number): number {
    const [, end = 0] = this.#ranges[this.#countTo(entry) - 1] ?? [];
    return end;
  }

  /** The number of ranges that begin at an entry or before it. */
  #countTo(entry: number): number {
    let low = 0;
    let high = this.#ranges.length;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      const [from = 0] = this.#ranges[middle] ?? [];
      if (from <= entry) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function checkRange(range: Range, index: number): Range {
  const place = `erased[${index}]`;
  const given: unknown = range;
  if (!Array.isArray(given) || given.length !== 2)
    throw wrongValue(place, 'a pair [from, to)', 'something else');
  const from = checkInteger(place, given[0], 0, Number.MAX_SAFE_INTEGER);
  return [from, checkInteger(place, given[1], from + 1, Number.MAX_SAFE_INTEGER)];
}

/** What the person who verifies says of absent entries. */
export interface Lawful {
  readonly erased: AcceptedErasures;
  /** Entries that are gone from the front have expired when the first seal over them is before this time, POSIX seconds. */
  readonly expiredBefore: number;
}

/** Every entry may be erased: a proof says nothing of others. */
export const anyErased: Lawful = {
  erased: new AcceptedErasures([[0, Number.MAX_SAFE_INTEGER]]),
  expiredBefore: 0,
};

/** Absent entries, as a state keeps them: they are judged again by what a later verification accepts. */
export interface AbsentEntries {
  readonly from: number;
  readonly to: number;
  /** The time of the first seal that covers them, POSIX seconds, or a later one. */
  readonly time: number;
  /** Whether they are gone from the front; else their lines are blank, and were accepted. */
  readonly isGone: boolean;
}

/** Whether the blank lines of a state are accepted still. */
export function areAccepted(absent: readonly AbsentEntries[], erased: AcceptedErasures): boolean {
  return absent.every(
    ({ from, to, isGone }) =>
      isGone || [...erased.parts(from, to)].every(({ isAccepted }) => isAccepted),
  );
}

/** All absent entries of a log, sorted. */
export class AbsentFacts {
  readonly #lawful: Lawful;
  readonly erased = new Ranges();
  readonly expired = new Ranges();
  readonly pruned = new Ranges();
  #kept: AbsentEntries[] = [];
  #hasAll = true;

  constructor(lawful: Lawful, before: readonly AbsentEntries[]) {
    this.#lawful = lawful;
    for (const each of before) this.#sort(each);
  }

  /** What a state keeps. `undefined` when there are too many ranges. */
  get kept(): readonly AbsentEntries[] | undefined {
    return this.#hasAll ? [...this.#kept] : undefined;
  }

  /** Whether a blank line is accepted. */
  isAccepted(entry: number): boolean {
    return this.#lawful.erased.has(entry);
  }

  /** Adds entries that are gone from the front, and the time of the first seal over them. */
  addGone(from: number, to: number, time: number): void {
    if (from < to) this.#sort({ from, to, time, isGone: true });
  }

  /** Takes accepted blank lines. */
  takeBlank(lines: Ranges, time: number): void {
    this.#hasAll &&= lines.isWhole;
    for (const [from, to] of lines.list) this.#keep({ from, to, time, isGone: false });
    this.erased.take(lines);
  }

  #sort(absent: AbsentEntries): void {
    const unaccepted = this.#isExpired(absent) ? this.expired : this.pruned;
    for (const { part, isAccepted } of this.#lawful.erased.parts(absent.from, absent.to))
      (isAccepted ? this.erased : unaccepted).add(...part);
    this.#keep(absent);
  }

  #isExpired({ time, isGone }: AbsentEntries): boolean {
    return isGone && time < this.#lawful.expiredBefore;
  }

  /** Ranges that are judged alike are one. Of too many, the later time counts: entries seem younger then, and never older. */
  #keep(absent: AbsentEntries): void {
    const last = this.#kept.at(-1);
    const isFull = this.#kept.length >= MAX_RANGES;
    const isLike =
      last?.time === absent.time ||
      isFull ||
      (last !== undefined && this.#isExpired(last) && this.#isExpired(absent));
    if (last?.to === absent.from && last.isGone === absent.isGone && isLike)
      this.#kept[this.#kept.length - 1] = { ...absent, from: last.from };
    else if (isFull) this.#hasAll = false;
    else this.#kept.push(absent);
  }
}
