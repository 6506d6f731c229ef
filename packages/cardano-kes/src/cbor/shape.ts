/** The shapes of items that `decode.ts` accepts. */

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
