/**
 * Reads public CBOR by its shape: one pass over the heads checks the shape of each item and makes its value. It never gets a
 * secret: the values keep references to the input.
 *
 * Source: RFC 8949, section 3.
 */
import type { CborItem } from './encode.js';
import {
  BREAK,
  CborError,
  FALSE,
  headAt,
  itemEnd,
  major,
  NULL,
  past,
  TRUE,
  type Head,
} from './walk.js';

/** A shape. Heads may be longer than necessary. No item may have a tag. */
export interface Shape {
  readonly name: string;
  /** Of `any`, the value is the item in its own encoding. */
  readonly kind: 'number' | 'bytes' | 'boolean' | 'any' | readonly Shape[];
  /** Of a number: bits. Of a byte string: bytes; absent when any size is accepted. */
  readonly size?: number;
  /** Of an array: whether an indefinite length is refused. Byte strings always have a definite length. */
  readonly definite?: boolean;
  /** Whether null may stand in its place. */
  readonly nullable?: boolean;
}

/** An unsigned number. */
export function number(name: string, bits: 32 | 64): Shape {
  return { name, kind: 'number', size: bits };
}

/** A byte string of one size. */
export function bytes(name: string, size: number): Shape {
  return { name, kind: 'bytes', size };
}

/** A value that was read, and the offset after its item. */
export interface ReadItem {
  readonly value: CborItem;
  readonly end: number;
}

/**
 * Reads the item at an offset of a public text, a plain array. Heads may be longer than necessary, bytes may follow the item,
 * and bytes of the input before the text count in the offset of an error `wrong-field`.
 *
 * @returns The value, whose byte strings are views of the text, and where its item ends.
 * @throws {@link CborError} `wrong-field`, and the problems of the walk.
 */
export function readItem(text: Uint8Array, start: number, shape: Shape, before = 0): ReadItem {
  const reader = new Reader(text, start, before);
  return { value: reader.item(shape), end: reader.at };
}

/** The value of {@link readItem} alone. */
export function decodeItem(text: Uint8Array, start: number, shape: Shape, before = 0): CborItem {
  return new Reader(text, start, before).item(shape);
}

class Reader {
  readonly #text: Uint8Array;
  readonly #before: number;
  at: number;

  constructor(text: Uint8Array, start: number, before: number) {
    this.#text = text;
    this.#before = before;
    this.at = start;
  }

  item(shape: Shape): CborItem {
    const start = this.at;
    if (shape.nullable === true && this.#text[start] === NULL) {
      this.at = start + 1;
      return null;
    }
    if (shape.kind === 'any') {
      this.at = itemEnd(this.#text, start);
      return { encoded: this.#text.subarray(start, this.at) };
    }
    const value = this.#valueOf(headAt(this.#text, start), shape);
    if (value === undefined)
      throw new CborError('wrong-field', this.#before + start, inWords(shape));
    return value;
  }

  /** The value behind a head; `undefined` when it has another shape. */
  #valueOf(head: Head, { kind, size, definite }: Shape): CborItem | undefined {
    const { major: found, indefinite, argument, end } = head;
    if (kind === 'number') {
      // A head has no argument of more than 64 bits, so only 32 bits need a check.
      if (found !== major.unsigned || (size === 32 && argument >= 2 ** 32)) return undefined;
      return this.#numberIn(head);
    }
    if (kind === 'boolean') {
      const byte = this.#text[this.at];
      this.at = end;
      return byte === TRUE || byte === FALSE ? byte === TRUE : undefined;
    }
    if (typeof kind !== 'string') {
      if (found !== major.array || (indefinite && definite === true)) return undefined;
      return this.#itemsOf(head, kind);
    }
    if (found !== major.bytes || indefinite || (size ?? argument) !== argument) return undefined;
    this.at = past(this.#text, end, argument);
    return this.#text.subarray(end, this.at);
  }

  #numberIn({ argument, end }: Head): bigint {
    const text = this.#text;
    this.at = end;
    if (Number.isSafeInteger(argument)) return BigInt(argument);
    return new DataView(text.buffer, text.byteOffset + end - 8).getBigUint64(0);
  }

  /** Returns `undefined` for an array of another length. */
  #itemsOf({ indefinite, argument, end }: Head, shapes: readonly Shape[]): CborItem[] | undefined {
    if (!indefinite && argument !== shapes.length) return undefined;
    this.at = end;
    const values: CborItem[] = [];
    for (const shape of shapes) {
      if (indefinite && this.#text[this.at] === BREAK) return undefined;
      values.push(this.item(shape));
    }
    if (!indefinite) return values;
    if (this.at === this.#text.byteLength) throw new CborError('truncated', this.at);
    if (this.#text[this.at] !== BREAK) return undefined;
    this.at += 1;
    return values;
  }
}

function inWords({ name, kind, size, definite }: Shape): string {
  if (kind === 'number') return `${name} (unsigned, ${String(size)} bits)`;
  if (kind === 'boolean') return `${name} (boolean)`;
  if (typeof kind !== 'string') {
    const array = definite === true ? 'array of definite length' : 'array';
    return `${name} (${array}, of ${String(kind.length)})`;
  }
  const expected = size === undefined ? '' : ` of size ${String(size)}`;
  return `${name} (bytes${expected}, of definite length)`;
}
