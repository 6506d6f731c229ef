/** How two lists of hashes differ: which were exchanged, and where some were removed or inserted. */
import { HASH_SIZE } from '../format/tree.js';

/**
 * The first 8 bytes of each hash. They find equal entries, and prove nothing: the roots do that.
 */
export class HashList {
  #first: Uint32Array = new Uint32Array(1024);
  #second: Uint32Array = new Uint32Array(1024);
  #size = 0;

  /** The number of hashes. */
  get size(): number {
    return this.#size;
  }

  /** Adds a hash. */
  add(hash: Uint8Array): void {
    if (this.#size === this.#first.length) {
      this.#first = twiceAsLong(this.#first);
      this.#second = twiceAsLong(this.#second);
    }
    const view = new DataView(hash.buffer, hash.byteOffset, HASH_SIZE);
    this.#first[this.#size] = view.getUint32(0);
    this.#second[this.#size] = view.getUint32(4);
    this.#size += 1;
  }

  /** Whether two hashes of two lists are equal. */
  isSame(at: number, other: HashList, otherAt: number): boolean {
    return this.#first[at] === other.#first[otherAt] && this.#second[at] === other.#second[otherAt];
  }

  /** The places of a hash of another list in this one, from a place on. */
  *placesOf(other: HashList, otherAt: number, from: number): Generator<number, void> {
    const word = other.#first[otherAt] ?? 0;
    const isIn = (at: number) => at >= 0 && at < this.#size;
    for (let at = this.#first.indexOf(word, from); isIn(at); at = this.#first.indexOf(word, at + 1))
      if (this.isSame(at, other, otherAt)) yield at;
  }
}

function twiceAsLong(words: Uint32Array): Uint32Array {
  const longer = new Uint32Array(2 * words.length);
  longer.set(words);
  return longer;
}

/** A part in which two lists differ: `count` hashes from `at` on in place of `expectedCount` from `expectedAt` on. */
export interface Difference {
  readonly at: number;
  readonly count: number;
  readonly expectedAt: number;
  readonly expectedCount: number;
}

/** A place in each list. */
interface Places {
  readonly at: number;
  readonly expectedAt: number;
}

/** Hashes of a list, from the first place on, before the second. */
export type Part = readonly [from: number, to: number];

/** Equal hashes after a difference that show where the lists agree again. Single lines can stand in a log many times. */
const RUN = 8;

/** Hashes after a difference that are compared in place, and looked up in the other list, one by one. */
const NEAR = 64;

/** Of this many hashes of a file that is another one, one can be equal by chance. */
export const CHANCE = 8;

/** Comparisons that place whole files: a number, and more for each hash. Lists of few different hashes would need their product. */
const COMPARISONS = 1 << 20;
const COMPARISONS_A_HASH = 8;

/** A list of hashes that is compared with the one that was expected. */
export interface ComparedLists {
  /** The hashes that are there. */
  readonly list: HashList;
  /** Those that were expected. */
  readonly expected: HashList;
  /** The places in the list at which files begin, in order. */
  readonly starts: readonly number[];
  /** Whether the line at a place of the list is blank. */
  readonly isBlank: (at: number) => boolean;
  /** Whether the entry at an expected place may be erased: a blank line fits it. */
  readonly isErasable: (expectedAt: number) => boolean;
}

/**
 * The first differences between the lists, in order. What follows the expected list is none. A file that was left out is a gap
 * at the edge of another, also when lines of several files are equal.
 */
export function differencesBetween(lists: ComparedLists, most: number): readonly Difference[] {
  const alignment = new Alignment(lists);
  const ofLines: Difference[] = [];
  for (const each of alignment.differences()) {
    ofLines.push(each);
    if (ofLines.length === most) break;
  }
  return alignment.differencesOfFiles(ofLines)?.slice(0, most) ?? alignment.atEdges(ofLines);
}

class Alignment {
  readonly #list: HashList;
  readonly #expected: HashList;
  readonly #starts: ReadonlySet<number>;
  readonly #isBlank: ComparedLists['isBlank'];
  readonly #isErasable: ComparedLists['isErasable'];
  #comparisons: number;

  constructor({ list, expected, starts, isBlank, isErasable }: ComparedLists) {
    this.#list = list;
    this.#expected = expected;
    this.#starts = new Set(starts);
    this.#isBlank = isBlank;
    this.#isErasable = isErasable;
    this.#comparisons = COMPARISONS + COMPARISONS_A_HASH * (list.size + expected.size);
  }

  *differences(): Generator<Difference, void> {
    let at = 0;
    let expectedAt = 0;
    while (at < this.#list.size && expectedAt < this.#expected.size) {
      if (this.#fits(at, expectedAt)) {
        at += 1;
        expectedAt += 1;
        continue;
      }
      const next = this.#agreementAfter({ at, expectedAt });
      yield between({ at, expectedAt }, next);
      at = next.at;
      expectedAt = next.expectedAt;
    }
    const end = { at, expectedAt: this.#expected.size };
    if (expectedAt < this.#expected.size) yield between({ at, expectedAt }, end);
  }

  /** Moves each gap among equal hashes to the edge of a file, where it can be a file that was left out. */
  atEdges(differences: readonly Difference[]): readonly Difference[] {
    let first = 0;
    return differences.map((each, index) => {
      const last = differences[index + 1]?.at ?? this.#list.size;
      const moved = each.count === 0 ? this.#atEdge(each, first, last) : each;
      first = moved.at + moved.count;
      return moved;
    });
  }

  #atEdge(gap: Difference, first: number, last: number): Difference {
    const { at, expectedAt, expectedCount } = gap;
    const isEdge = (place: number) => this.#starts.has(place) || place === this.#list.size;
    const moved = (steps: number) => ({ ...gap, at: at + steps, expectedAt: expectedAt + steps });
    for (let steps = 0; at + steps >= first; steps -= 1) {
      if (isEdge(at + steps)) return moved(steps);
      if (!this.#fits(at + steps - 1, expectedAt + expectedCount + steps - 1)) break;
    }
    for (let steps = 0; at + steps <= last; steps += 1) {
      if (isEdge(at + steps)) return moved(steps);
      if (!this.#fits(at + steps, expectedAt + steps)) break;
    }
    return gap;
  }

  /**
   * The differences when each file is taken as a whole: all of it is expected, or nothing, or only the beginning of the last
   * ones. Returns `undefined` when the comparison line by line finds more of a file.
   */
  differencesOfFiles(ofLines: readonly Difference[]): readonly Difference[] | undefined {
    const differences: Difference[] = [];
    let strange: number | undefined;
    let expectedAt = 0;
    for (const [from, to] of this.#files()) {
      const place = this.#placeOf(from, to, expectedAt);
      if (place === undefined) {
        strange ??= from;
        continue;
      }
      const at = strange ?? from;
      if (!this.#isOther([at, from], ofLines)) return undefined;
      differences.push(between({ at, expectedAt }, { at: from, expectedAt: place }));
      expectedAt = place + to - from;
      strange = undefined;
    }
    const at = strange ?? this.#list.size;
    const end = this.#endOf({ at, expectedAt });
    const sealed = this.#expected.size - end.expectedAt;
    if (!this.#isOther([at + sealed, this.#list.size], ofLines)) return undefined;
    if (expectedAt < this.#expected.size) differences.push(between({ at, expectedAt }, end));
    if (this.#comparisons < 0) return undefined;
    return differences.filter(({ count, expectedCount }) => count > 0 || expectedCount > 0);
  }

  /** The files that are not empty. */
  #files(): readonly Part[] {
    const starts = [...this.#starts].filter((start) => start < this.#list.size);
    return starts.map((start, index) => [start, starts[index + 1] ?? this.#list.size]);
  }

  /** The first place of a whole file among the expected hashes. */
  #placeOf(from: number, to: number, expectedFrom: number): number | undefined {
    const last = this.#expected.size - (to - from);
    let first = from;
    while (first < to && this.#isBlank(first)) first += 1;
    if (first === to) {
      for (let place = expectedFrom; place <= last; place += 1)
        if (this.#fitAll(from, place, to - from)) return place;
      return undefined;
    }
    const before = first - from;
    for (const found of this.#expected.placesOf(this.#list, first, expectedFrom + before)) {
      const place = found - before;
      if (place > last) return undefined;
      if (this.#fitAll(from, place, to - from)) return place;
    }
    return undefined;
  }

  /** Where the last files begin, whose first hashes are the last that were expected; or else where they end. */
  #endOf({ at, expectedAt }: Places): Places {
    const { size } = this.#expected;
    const first = Math.max(expectedAt, size - (this.#list.size - at));
    for (let place = first; place < size; place += 1)
      if (this.#fitAll(at, place, size - place)) return { at, expectedAt: place };
    return { at: this.#list.size, expectedAt: size };
  }

  #fitAll(at: number, expectedAt: number, length: number): boolean {
    for (let index = 0; index < length; index += 1) {
      this.#comparisons -= 1;
      if (this.#comparisons < 0 || !this.#fits(at + index, expectedAt + index)) return false;
    }
    return true;
  }

  /** Whether hardly any hash of a part was expected: the first line, as a header, and others by chance. */
  #isOther([from, to]: Part, ofLines: readonly Difference[]): boolean {
    let at = 0;
    let found = 0;
    const find = (end: number) => {
      found += Math.max(0, Math.min(end, to) - Math.max(at, from));
    };
    for (const each of ofLines) {
      find(each.at);
      at = each.at + each.count;
    }
    const last = ofLines.at(-1);
    const expectedAt = last === undefined ? 0 : last.expectedAt + last.expectedCount;
    find(at + this.#expected.size - expectedAt);
    const isFirstFound = !ofLines.some((each) => each.at <= from && from < each.at + each.count);
    // As many lines as were sealed, of which the first one fits, are those lines, and some were changed.
    const isHeader = isFirstFound && this.#list.size !== this.#expected.size;
    return found <= Math.max(isHeader ? 1 : 0, (to - from) / CHANCE);
  }

  #fits(at: number, expectedAt: number): boolean {
    const isErased = this.#isErasable(expectedAt) && this.#isBlank(at);
    return isErased || this.#list.isSame(at, this.#expected, expectedAt);
  }

  /** Whether the lists agree from two places on, for some hashes or up to the end of one. */
  #agrees({ at, expectedAt }: Places, run: number): boolean {
    const length = Math.min(run, this.#list.size - at, this.#expected.size - expectedAt);
    for (let index = 0; index < length; index += 1)
      if (!this.#fits(at + index, expectedAt + index)) return false;
    return length > 0;
  }

  /** Where the lists agree again: after few exchanged hashes, after a gap in one of them or more exchanged ones, or at an end. */
  #agreementAfter(places: Places): Places {
    const { at, expectedAt } = places;
    const most = Math.min(this.#list.size - at, this.#expected.size - expectedAt);
    const few = this.#afterExchanged(places, Math.min(NEAR, most - RUN), RUN);
    if (few !== undefined) return few;
    const gap = this.#afterGap(places);
    const end = { at: at + most, expectedAt: expectedAt + most };
    const exchanged = this.#afterExchanged(places, most, 1) ?? end;
    if (gap === undefined) return exchanged;
    // Of hashes that were exchanged here and there, each is one difference.
    const least = Math.min(gap.at - at, gap.expectedAt - expectedAt);
    return exchanged.at - at < least ? exchanged : gap;
  }

  #afterExchanged({ at, expectedAt }: Places, most: number, run: number): Places | undefined {
    for (let count = 1; count < most; count += 1) {
      const places = { at: at + count, expectedAt: expectedAt + count };
      if (this.#agrees(places, run)) return places;
    }
    return undefined;
  }

  /** Looks up hashes of each list in the rest of the other: the next ones, and then one in each longer step. */
  #afterGap(from: Places): Places | undefined {
    const most = Math.max(this.#list.size - from.at, this.#expected.size - from.expectedAt);
    for (let count = 0; count < most; count += count < NEAR ? 1 : Math.ceil(count / 8)) {
      const found = this.#inExpected(from, count) ?? this.#inList(from, count);
      if (found !== undefined) return this.#beginning(found, from);
    }
    return undefined;
  }

  #inExpected({ at, expectedAt }: Places, count: number): Places | undefined {
    if (at + count >= this.#list.size) return undefined;
    for (const place of this.#expected.placesOf(this.#list, at + count, expectedAt)) {
      const places = { at: at + count, expectedAt: place };
      if (this.#agrees(places, RUN)) return places;
    }
    return undefined;
  }

  #inList({ at, expectedAt }: Places, count: number): Places | undefined {
    if (expectedAt + count >= this.#expected.size) return undefined;
    for (const place of this.#list.placesOf(this.#expected, expectedAt + count, at)) {
      const places = { at: place, expectedAt: expectedAt + count };
      if (this.#agrees(places, RUN)) return places;
    }
    return undefined;
  }

  /** Goes back to where an agreement begins. */
  #beginning({ at, expectedAt }: Places, from: Places): Places {
    let count = 0;
    const most = Math.min(at - from.at, expectedAt - from.expectedAt);
    while (count < most && this.#fits(at - count - 1, expectedAt - count - 1)) count += 1;
    return { at: at - count, expectedAt: expectedAt - count };
  }
}

function between(from: Places, to: Places): Difference {
  const count = to.at - from.at;
  const expectedCount = to.expectedAt - from.expectedAt;
  return { at: from.at, count, expectedAt: from.expectedAt, expectedCount };
}
