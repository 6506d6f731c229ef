/** Lists of numbers of entries, as ranges. */

/** Entries from the first number on, before the second. */
export type Range = readonly [from: number, to: number];

/** The most ranges of a list. A hostile log would have one for every second entry. */
const MAX_RANGES = 10_000;

/** Ranges of ascending numbers. */
export class Ranges {
  #list: [from: number, to: number][] = [];
  #count = 0;

  /** The first ranges, at most 10,000. */
  get list(): readonly Range[] {
    return this.#list;
  }

  /** The number of all entries, of ranges that are left out too. */
  get count(): number {
    return this.#count;
  }

  /** Adds a number, which is above those before. */
  add(number: number): void {
    this.#count += 1;
    this.#extend(number, number + 1);
  }

  /** Adds all of a later list, and empties that. */
  take(later: Ranges): void {
    for (const [from, to] of later.#list) this.#extend(from, to);
    this.#count += later.#count;
    later.clear();
  }

  /** Removes everything. */
  clear(): void {
    this.#list = [];
    this.#count = 0;
  }

  #extend(from: number, to: number): void {
    const last = this.#list.at(-1);
    if (last?.[1] === from) last[1] = to;
    else if (this.#list.length < MAX_RANGES) this.#list.push([from, to]);
  }
}
