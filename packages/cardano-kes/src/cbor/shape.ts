/**
 * The shapes of items, checked by their heads. Each head is read once, and no value is decoded.
 *
 * Source: RFC 8949, section 3.
 */
import { BREAK, CborError, headAt, major, NULL, past } from './walk.js';

/** A shape. Heads may be longer than necessary. No item may have a tag. */
export interface Shape {
  readonly name: string;
  readonly kind: 'number' | 'bytes' | 'bytes or null' | readonly Shape[];
  /** Of a number: bits. Of a byte string: bytes; absent when any size is accepted. */
  readonly size?: number;
  /** Of an array: whether an indefinite length is refused. Byte strings always have a definite length. */
  readonly definite?: boolean;
}

/** An unsigned number. */
export function number(name: string, bits: 32 | 64): Shape {
  return { name, kind: 'number', size: bits };
}

/** A byte string of one size. */
export function bytes(name: string, size: number): Shape {
  return { name, kind: 'bytes', size };
}

/**
 * Checks the shape of the item at an offset of a text. Bytes of the input before the text count in the offset of an error
 * `wrong-field`.
 *
 * @returns The offset after the item.
 */
export function checkShape(text: Uint8Array, start: number, shape: Shape, before = 0): number {
  return new Check(text, start, before).item(shape);
}

/** Checks items, one after the other. */
class Check {
  readonly #text: Uint8Array;
  readonly #before: number;
  #at: number;

  constructor(text: Uint8Array, start: number, before: number) {
    this.#text = text;
    this.#at = start;
    this.#before = before;
  }

  /** The next item. Returns the offset after it. */
  item(shape: Shape): number {
    switch (shape.kind) {
      case 'number':
        return this.#number(shape);
      case 'bytes':
        return this.#byteString(shape);
      case 'bytes or null':
        return this.#text[this.#at] === NULL ? (this.#at += 1) : this.#byteString(shape);
      default:
        return this.#array(shape, shape.kind);
    }
  }

  /** A head has no argument of more than 64 bits, so only 32 bits need a check. */
  #number({ name, size }: Shape): number {
    const head = headAt(this.#text, this.#at);
    if (head.major !== major.unsigned || (size === 32 && head.argument >= 2 ** 32))
      throw this.#wrong(this.#at, `${name} (unsigned, ${String(size)} bits)`);
    return (this.#at = head.end);
  }

  #byteString({ name, size }: Shape): number {
    const { major: kind, indefinite, argument, end } = headAt(this.#text, this.#at);
    const isWrong = kind !== major.bytes || indefinite || (size ?? argument) !== argument;
    if (isWrong) {
      const expected = size === undefined ? '' : ` of size ${String(size)}`;
      throw this.#wrong(this.#at, `${name} (bytes${expected}, of definite length)`);
    }
    return (this.#at = past(this.#text, end, argument));
  }

  #array(shape: Shape, shapes: readonly Shape[]): number {
    const start = this.#at;
    const { major: kind, indefinite, argument, end } = headAt(this.#text, start);
    const isWrong =
      kind !== major.array || (indefinite ? shape.definite === true : argument !== shapes.length);
    if (isWrong) throw this.#wrongArray(start, shape, shapes);
    this.#at = end;
    for (const each of shapes) {
      if (indefinite && this.#text[this.#at] === BREAK)
        throw this.#wrongArray(start, shape, shapes);
      this.item(each);
    }
    if (indefinite) this.#break(start, shape, shapes);
    return this.#at;
  }

  #break(start: number, shape: Shape, shapes: readonly Shape[]): void {
    const next = this.#text[this.#at];
    if (next === undefined) throw new CborError('truncated', this.#at);
    if (next !== BREAK) throw this.#wrongArray(start, shape, shapes);
    this.#at += 1;
  }

  #wrongArray(start: number, { name, definite }: Shape, { length }: readonly Shape[]): CborError {
    const kind = definite === true ? 'array of definite length' : 'array';
    return this.#wrong(start, `${name} (${kind}, of ${String(length)})`);
  }

  #wrong(at: number, field: string): CborError {
    return new CborError('wrong-field', this.#before + at, field);
  }
}
