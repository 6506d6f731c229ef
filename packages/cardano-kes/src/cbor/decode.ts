/**
 * Decodes public CBOR of an expected shape. Each head is read once: its check gives the value too. The memory in use is that
 * of the values, whatever the text contains.
 *
 * Source: RFC 8949, section 3.
 */
import { EnvelopeError } from '../errors.js';
import { areEqual } from '../hex.js';
import { encodeItem, type CborItem } from './encode.js';
import type { Shape } from './shape.js';
import { BREAK, CborError, headAt, major, past } from './walk.js';

/**
 * Decodes the item at an offset. Bytes may follow the item. Heads may be longer than necessary.
 *
 * @param text - The text that contains the item, public.
 * @param start - The offset of the item.
 * @param shape - The expected shape.
 * @returns The value. Its byte strings are in memory that they share, and not in that of the text.
 * @throws {@link CborError} `wrong-field`, and the problems of the walk.
 *
 * @internal
 */
export function decodeItem(text: Uint8Array, start: number, shape: Shape): CborItem {
  return viewsOfItem(new Uint8Array(text), start, shape);
}

/**
 * The same without a copy: memory for each byte string of a header would take longer than reading it.
 *
 * @param text - The text, as a plain array.
 * @param start - The offset of the item.
 * @param shape - The expected shape.
 * @param before - Bytes of the input before the text. They count in the offset of an error `wrong-field`.
 * @returns The value. Its byte strings are views of the text.
 * @throws {@link CborError}.
 *
 * @internal
 */
export function viewsOfItem(text: Uint8Array, start: number, shape: Shape, before = 0): CborItem {
  return new Reading(text, start, before).item(shape);
}

const NULL = 0xf6;

/** The bytes of a head with an argument of 64 bits. */
const LONGEST_HEAD = 9;

/** Reads items, one after the other. */
class Reading {
  readonly #text: Uint8Array;
  readonly #before: number;
  #at: number;

  constructor(text: Uint8Array, start: number, before: number) {
    this.#text = text;
    this.#at = start;
    this.#before = before;
  }

  /** The next item. */
  item(shape: Shape): CborItem {
    switch (shape.kind) {
      case 'number':
        return this.#number(shape);
      case 'bytes':
        return this.#byteString(shape);
      case 'bytes or null':
        return this.#text[this.#at] === NULL ? this.#null() : this.#byteString(shape);
      default:
        return this.#array(shape, shape.kind);
    }
  }

  #null(): null {
    this.#at += 1;
    return null;
  }

  /** A head has no argument of more than 64 bits, so only 32 bits need a check. */
  #number({ name, size }: Shape): bigint {
    const start = this.#at;
    const head = headAt(this.#text, start);
    if (head.major !== major.unsigned || (size === 32 && head.argument >= 2 ** 32))
      throw this.#wrong(start, `${name} (unsigned, ${String(size)} bits)`);
    this.#at = head.end;
    // From 2^53 on the argument is not exact.
    return head.end - start === LONGEST_HEAD
      ? viewOf(this.#text).getBigUint64(start + 1)
      : BigInt(head.argument);
  }

  #byteString({ name, size }: Shape): Uint8Array {
    const { major: kind, indefinite, argument, end } = headAt(this.#text, this.#at);
    const isWrong = kind !== major.bytes || indefinite || (size ?? argument) !== argument;
    if (isWrong) {
      const expected = size === undefined ? '' : ` of size ${String(size)}`;
      throw this.#wrong(this.#at, `${name} (bytes${expected}, of definite length)`);
    }
    this.#at = past(this.#text, end, argument);
    return this.#text.subarray(end, this.#at);
  }

  #array(shape: Shape, shapes: readonly Shape[]): readonly CborItem[] {
    const start = this.#at;
    const { major: kind, indefinite, argument, end } = headAt(this.#text, start);
    const isWrong =
      kind !== major.array || (indefinite ? shape.definite === true : argument !== shapes.length);
    if (isWrong) throw this.#wrongArray(start, shape, shapes);
    this.#at = end;
    const items = shapes.map((each) => {
      if (indefinite && this.#text[this.#at] === BREAK)
        throw this.#wrongArray(start, shape, shapes);
      return this.item(each);
    });
    if (indefinite) this.#break(start, shape, shapes);
    return items;
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

function viewOf({ buffer, byteOffset }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset);
}

/**
 * Decodes an item that has exactly one encoding. Encodes the decoded value again and compares, which refuses longer heads,
 * indefinite lengths and trailing bytes.
 *
 * @param cbor - The item, public.
 * @throws {@link EnvelopeError} `ERR_EVOLOCK_CARDANO_ENVELOPE`, problem `wrong-cbor`.
 *
 * @internal
 */
export function strictlyDecoded(cbor: Uint8Array, shape: Shape): CborItem {
  const value = decodedOrThrow(cbor, shape);
  if (!areEqual(encodeItem(value), cbor))
    throw new EnvelopeError('wrong-cbor', { found: 'another encoding than the shortest' });
  return value;
}

function decodedOrThrow(cbor: Uint8Array, shape: Shape): CborItem {
  try {
    return decodeItem(cbor, 0, shape);
  } catch (cause) {
    if (!(cause instanceof CborError)) throw cause;
    throw new EnvelopeError('wrong-cbor', { cause });
  }
}
