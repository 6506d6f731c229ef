/**
 * Decodes public CBOR by its shape. A walk over the heads decides first whether an item is accepted, so cbor-x gets items of
 * known shape and size only. It never gets a secret: it keeps references to its input.
 *
 * Source: RFC 8949, section 3.
 */
import type * as CborX from 'cbor-x';
// This entry loads no add-on and evaluates no text. Its types name a file that there is not.
import { Decoder } from 'cbor-x/decode-no-eval';
import type { CborItem } from './encode.js';
import { BREAK, CborError, headAt, major, NULL, past, type Head } from './walk.js';

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

type Decoded = number | bigint | Uint8Array | null | readonly Decoded[];

const decoder = new (Decoder as unknown as typeof CborX.Decoder)({ useRecords: false });

/**
 * Decodes the item at an offset of a public text, a plain array. Heads may be longer than necessary, bytes may follow the
 * item, and bytes of the input before the text count in the offset of an error `wrong-field`.
 *
 * @returns The value. Its byte strings are views of the text.
 * @throws {@link CborError} `wrong-field`, and the problems of the walk.
 */
export function decodeItem(text: Uint8Array, start: number, shape: Shape, before = 0): CborItem {
  const end = endOf(text, start, shape, before);
  return withBigints(decoder.decode(text.subarray(start, end)) as Decoded);
}

function withBigints(value: Decoded): CborItem {
  if (typeof value === 'number') return BigInt(value);
  return typeof value === 'bigint' || value === null || value instanceof Uint8Array
    ? value
    : value.map(withBigints);
}

/** Checks the shape of the item at an offset by its heads, each of which is read once. Returns the offset after it. */
function endOf(text: Uint8Array, start: number, shape: Shape, before: number): number {
  const { kind, size } = shape;
  if (kind === 'bytes or null' && text[start] === NULL) return start + 1;
  const head = headAt(text, start);
  const { major: found, indefinite, argument, end } = head;
  let after: number | undefined;
  if (kind === 'number') {
    // A head has no argument of more than 64 bits, so only 32 bits need a check.
    if (found === major.unsigned && (size !== 32 || argument < 2 ** 32)) after = end;
  } else if (typeof kind !== 'string') {
    const isArray = found === major.array && !(indefinite && shape.definite === true);
    if (isArray) after = endOfItems(text, head, kind, before);
  } else if (found === major.bytes && !indefinite && (size ?? argument) === argument)
    after = past(text, end, argument);
  if (after === undefined) throw new CborError('wrong-field', before + start, inWords(shape));
  return after;
}

/** Returns `undefined` for an array of another length. */
function endOfItems(
  text: Uint8Array,
  { indefinite, argument, end }: Head,
  shapes: readonly Shape[],
  before: number,
): number | undefined {
  if (!indefinite && argument !== shapes.length) return undefined;
  let at = end;
  for (const each of shapes) {
    if (indefinite && text[at] === BREAK) return undefined;
    at = endOf(text, at, each, before);
  }
  if (!indefinite) return at;
  if (at === text.byteLength) throw new CborError('truncated', at);
  return text[at] === BREAK ? at + 1 : undefined;
}

function inWords({ name, kind, size, definite }: Shape): string {
  if (kind === 'number') return `${name} (unsigned, ${String(size)} bits)`;
  if (typeof kind !== 'string') {
    const array = definite === true ? 'array of definite length' : 'array';
    return `${name} (${array}, of ${String(kind.length)})`;
  }
  const expected = size === undefined ? '' : ` of size ${String(size)}`;
  return `${name} (bytes${expected}, of definite length)`;
}
