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

/** Equal hashes after a difference that show where the lists agree again. Single lines can stand in a log many times. */
const RUN = 8;

/** Hashes after a difference that are compared in place, and looked up in the other list, one by one. */
const NEAR = 64;

/**
 * The differences between a list and the one that was expected, in order. What follows the expected list is none.
 *
 * @param list - The hashes that are there.
 * @param expected - Those that were expected.
 * @param isErased - Whether the hash at a place of the list is that of an erased entry, which fits every other.
 */
export function differencesBetween(
  list: HashList,
  expected: HashList,
  isErased: (at: number) => boolean,
): Generator<Difference, void> {
  return new Alignment(list, expected, isErased).differences();
}

class Alignment {
  readonly #list: HashList;
  readonly #expected: HashList;
  readonly #isErased: (at: number) => boolean;

  constructor(list: HashList, expected: HashList, isErased: (at: number) => boolean) {
    this.#list = list;
    this.#expected = expected;
    this.#isErased = isErased;
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
      const count = next.at - at;
      yield { at, count, expectedAt, expectedCount: next.expectedAt - expectedAt };
      at = next.at;
      expectedAt = next.expectedAt;
    }
    const expectedCount = this.#expected.size - expectedAt;
    if (expectedCount > 0) yield { at, count: 0, expectedAt, expectedCount };
  }

  #fits(at: number, expectedAt: number): boolean {
    return this.#list.isSame(at, this.#expected, expectedAt) || this.#isErased(at);
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
