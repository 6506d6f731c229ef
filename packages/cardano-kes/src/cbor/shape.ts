/**
 * The shapes of items, checked by their heads. No value is decoded.
 */
import { arrayAt, CborError, headAt, major } from './walk.js';

/** A shape. Heads may be longer than necessary. No item may have a tag. */
export interface Shape {
  readonly name: string;
  readonly kind: 'number' | 'bytes' | 'bytes or null' | readonly Shape[];
  /** Of a number: bits. Of a byte string: bytes; absent when any size is accepted. */
  readonly size?: number;
  /** Of an array: whether an indefinite length is refused. Byte strings always have a definite length. */
  readonly definite?: boolean;
}

/**
 * An unsigned number.
 *
 * @internal
 */
export function number(name: string, bits: 32 | 64): Shape {
  return { name, kind: 'number', size: bits };
}

/**
 * A byte string of one size.
 *
 * @internal
 */
export function bytes(name: string, size: number): Shape {
  return { name, kind: 'bytes', size };
}

const NULL = 0xf6;

/**
 * Checks the shape of the item at an offset.
 *
 * @throws {@link CborError} `wrong-field`, and the problems of the walk.
 *
 * @internal
 */
export function checkShape(text: Uint8Array, start: number, shape: Shape): void {
  const { kind } = shape;
  switch (kind) {
    case 'number':
      checkNumber(text, start, shape);
      break;
    case 'bytes or null':
      if (text[start] !== NULL) checkByteString(text, start, shape);
      break;
    case 'bytes':
      checkByteString(text, start, shape);
      break;
    default:
      checkArray(text, start, shape, kind);
  }
}

function checkArray(
  text: Uint8Array,
  start: number,
  { name, definite }: Shape,
  shapes: readonly Shape[],
): void {
  const array = arrayAt(text, start, shapes.length);
  const refused = array === undefined || (array.indefinite && definite === true);
  if (refused || array.items.length !== shapes.length) {
    const length = definite === true ? 'array of definite length' : 'array';
    throw wrongField(start, `${name} (${length}, of ${String(shapes.length)})`);
  }
  for (const [index, { start: at }] of array.items.entries()) {
    const shape = shapes[index];
    if (shape !== undefined) checkShape(text, at, shape);
  }
}

/** A head has no argument of more than 64 bits, so only 32 bits need a check. */
function checkNumber(text: Uint8Array, start: number, { name, size }: Shape): void {
  const head = headAt(text, start);
  if (head.major !== major.unsigned || (size === 32 && head.argument >= 2 ** 32))
    throw wrongField(start, `${name} (unsigned, ${String(size)} bits)`);
}

function checkByteString(text: Uint8Array, start: number, { name, size }: Shape): void {
  const head = headAt(text, start);
  const isBytes = head.major === major.bytes && !head.indefinite;
  if (isBytes && (size === undefined || head.argument === size)) return;
  const expected = size === undefined ? '' : ` of size ${String(size)}`;
  throw wrongField(start, `${name} (bytes${expected}, of definite length)`);
}

function wrongField(offset: number, field: string): CborError {
  return new CborError('wrong-field', offset, field);
}
