/**
 * Finds where the items of a CBOR text begin and end. The walk is iterative. Its memory does not grow with the size of the
 * text.
 *
 * Source: RFC 8949, section 3 and appendix C.
 */

/** The major types of CBOR. */
export const major = Object.freeze({
  unsigned: 0,
  negative: 1,
  bytes: 2,
  text: 3,
  array: 4,
  map: 5,
  tag: 6,
  simple: 7,
});

/** Why a text is refused. */
export type CborProblem = 'truncated' | 'not-cbor' | 'too-deep' | 'wrong-field';

/**
 * The text is not well-formed CBOR, nests too deep, or has another shape than expected. Callers in this package convert
 * this error into their own.
 */
export class CborError extends Error {
  readonly problem: CborProblem;
  /** Bytes from the beginning of the text. */
  readonly offset: number;
  /** The wrong field, and what it has to be. */
  readonly field: string | undefined;

  constructor(problem: CborProblem, offset: number, field?: string) {
    super(`${problem} at byte ${String(offset)}${field === undefined ? '' : `: ${field}`}`);
    this.problem = problem;
    this.offset = offset;
    this.field = field;
  }
}

/** The first bytes of an item. */
export interface Head {
  readonly major: number;
  /** A number, a length or a count; not exact from 2^53. */
  readonly argument: number;
  /** Whether a break ends the item. */
  readonly indefinite: boolean;
  /** The offset after the head. */
  readonly end: number;
}

/** The offsets at which an item begins and ends. */
export interface Item {
  readonly start: number;
  readonly end: number;
}

/** An array and its items. */
export interface Items extends Item {
  readonly items: readonly Item[];
  readonly indefinite: boolean;
}

/**
 * The largest number of open levels. A transaction of the largest size on mainnet, 16,384 bytes, cannot have as many. A
 * level ends when its last item begins.
 */
const MAX_DEPTH = 65_536;

/** Ends an item of indefinite length. */
export const BREAK = 0xff;
/** The items false, true and null. */
export const FALSE = 0xf4;
export const TRUE = 0xf5;
export const NULL = 0xf6;
const INDEFINITE = 31;

/** The head of the item at an offset. */
export function headAt(bytes: Uint8Array, start: number): Head {
  const first = bytes[start];
  if (first === undefined) throw new CborError('truncated', start);
  const kind = first >> 5;
  const information = first & 0x1f;
  if (information === INDEFINITE) {
    // In major type 7 this is the break, which is not an item.
    if (kind < major.bytes || kind > major.map) throw new CborError('not-cbor', start);
    return { major: kind, argument: 0, indefinite: true, end: start + 1 };
  }
  if (information > 27) throw new CborError('not-cbor', start);
  // A shift, not a power: V8 then keeps offsets as small integers.
  const end = start + 1 + (information < 24 ? 0 : 1 << (information - 24));
  if (end > bytes.byteLength) throw new CborError('truncated', start);
  let argument = information < 24 ? information : 0;
  for (let at = start + 1; at < end; at += 1) argument = argument * 256 + bytes[at]!;
  return { major: kind, argument, indefinite: false, end };
}

/** An array of indefinite length, in the stack of the walk. Numbers above zero count the items that follow. */
const OPEN_ARRAY = -1;
/** A map whose next item is a key. */
const OPEN_MAP_KEY = -2;
/** A map whose next item is a value: a break is an error here. */
const OPEN_MAP_VALUE = -3;

/** A walk over one item. It stops where the bytes end, and continues when there are more. */
export class Walk {
  readonly #open: number[] = [];
  #at: number;

  constructor(start: number) {
    this.#at = start;
  }

  /**
   * Walks to the end of the item, and returns its offset. After `truncated` the walk may continue in the same bytes with more
   * after them.
   */
  end(bytes: Uint8Array): number {
    do this.#step(bytes);
    while (this.#open.length > 0);
    return this.#at;
  }

  /** Skips an item, enters a container, or leaves one. Changes nothing when the bytes end before. */
  #step(bytes: Uint8Array): void {
    const open = this.#open;
    const innermost = open.at(-1) ?? 0;
    if (innermost < 0 && bytes[this.#at] === BREAK) {
      if (innermost === OPEN_MAP_VALUE) throw new CborError('not-cbor', this.#at);
      open.pop();
      this.#at += 1;
      return;
    }
    const head = headAt(bytes, this.#at);
    const end = contentEnd(bytes, this.#at, head);
    if (open.length > 0) takeOne(open, innermost);
    const container = containerOf(head);
    if (container !== 0) push(open, container, this.#at);
    this.#at = end;
  }
}

/** The offset at which the item at an offset ends. */
export function itemEnd(bytes: Uint8Array, start: number): number {
  const head = headAt(bytes, start);
  // Most items are no containers.
  return containerOf(head) === 0 ? contentEnd(bytes, start, head) : new Walk(start).end(bytes);
}

/** Counts one item of the innermost container. Removes the container from the stack when its last item begins. */
function takeOne(open: number[], innermost: number): void {
  if (innermost === 1) open.pop();
  else open[open.length - 1] = innermost > 0 ? innermost - 1 : afterOne(innermost);
}

function afterOne(kind: number): number {
  if (kind === OPEN_ARRAY) return OPEN_ARRAY;
  return kind === OPEN_MAP_KEY ? OPEN_MAP_VALUE : OPEN_MAP_KEY;
}

/** Where the content of a string ends; for another item, where its head ends. */
function contentEnd(bytes: Uint8Array, at: number, head: Head): number {
  const { major: kind, argument, indefinite, end } = head;
  if (kind === major.bytes || kind === major.text)
    return indefinite ? pastChunks(bytes, end, kind) : past(bytes, end, argument);
  // Each item takes at least one byte.
  if (containerOf(head) > bytes.byteLength - end) throw new CborError('truncated', at);
  return end;
}

/** What a head opens: the number of items that follow, or an indefinite container; 0 for nothing. */
function containerOf({ major: kind, argument, indefinite }: Head): number {
  switch (kind) {
    case major.array:
      return indefinite ? OPEN_ARRAY : argument;
    case major.map:
      return indefinite ? OPEN_MAP_KEY : 2 * argument;
    case major.tag:
      return 1;
    default:
      return 0;
  }
}

function push(open: number[], container: number, at: number): void {
  if (open.length === MAX_DEPTH) throw new CborError('too-deep', at);
  open.push(container);
}

/** The offset after content. */
export function past(bytes: Uint8Array, start: number, length: number): number {
  if (length > bytes.byteLength - start) throw new CborError('truncated', start);
  return start + length;
}

/** The chunks of a string of indefinite length are strings of the same kind and of definite length. */
function pastChunks(bytes: Uint8Array, start: number, kind: number): number {
  let at = start;
  while (bytes[at] !== BREAK) {
    const chunk = headAt(bytes, at);
    if (chunk.major !== kind || chunk.indefinite) throw new CborError('not-cbor', at);
    at = past(bytes, chunk.end, chunk.argument);
  }
  return at + 1;
}

/**
 * The items of the array at an offset; `undefined` for another item, and for an array of more items than `most`. No more are
 * walked.
 */
export function arrayAt(bytes: Uint8Array, start: number, most: number): Items | undefined {
  const head = headAt(bytes, start);
  if (head.major !== major.array || head.argument > most) return undefined;
  const items: Item[] = [];
  let at = head.end;
  while (head.indefinite ? bytes[at] !== BREAK : items.length < head.argument) {
    if (items.length === most) return undefined;
    const end = itemEnd(bytes, at);
    items.push({ start: at, end });
    at = end;
  }
  return { items, indefinite: head.indefinite, start, end: head.indefinite ? at + 1 : at };
}

/** The offset of an item of the array at an offset. The array has it. */
export function startOfItem(bytes: Uint8Array, array: number, index: number): number {
  let at = headAt(bytes, array).end;
  for (let before = 0; before < index; before += 1) at = itemEnd(bytes, at);
  return at;
}

/** The tag of a byte string that contains the CBOR of another item. */
const ENCODED_CBOR = 24;

/**
 * The content of the `24(bytes)` at an offset, with a definite length, as a node reads it with `decodeBytes`; `undefined` for
 * another item. Source: RFC 8949, section 3.4.5.1.
 */
export function contentAt(bytes: Uint8Array, start: number): Item | undefined {
  const tag = headAt(bytes, start);
  if (tag.major !== major.tag || tag.argument !== ENCODED_CBOR) return undefined;
  const head = headAt(bytes, tag.end);
  if (head.major !== major.bytes || head.indefinite) return undefined;
  return { start: head.end, end: past(bytes, head.end, head.argument) };
}

/** The smallest argument that needs a head of so many bytes, by the bytes after the first. */
const smallest: readonly number[] = [0, 24, 0x100, 0, 0x1_0000, 0, 0, 0, 0x1_0000_0000];

/** Whether all heads of a range that was walked are as short as possible, and no item has an indefinite length. */
export function isCanonical(bytes: Uint8Array, { start, end }: Item): boolean {
  let at = start;
  while (at < end) {
    const head = headAt(bytes, at);
    if (head.indefinite || head.argument < smallest[head.end - at - 1]!) return false;
    const isString = head.major === major.bytes || head.major === major.text;
    at = head.end + (isString ? head.argument : 0);
  }
  return true;
}

/** The result of a walk; `undefined` when the bytes end before, or are not CBOR. */
export function orUndefined<T>(walk: () => T): T | undefined {
  try {
    return walk();
  } catch (error) {
    if (error instanceof CborError) return undefined;
    throw error;
  }
}
