/**
 * Decodes public CBOR with cbor-x. A walk over the heads decides first whether an item is accepted, so cbor-x gets items
 * of known shape and size only. It never gets a secret: it keeps references to its input.
 */
/* eslint-disable n/no-unpublished-import -- the build contains cbor-x, so that no user installs its native add-on */
import type * as CborX from 'cbor-x';
// This entry loads no add-on and evaluates no text. Its types name a file that there is not.
import { Decoder } from 'cbor-x/decode-no-eval';
import type { CborItem } from './encode.js';
import { checkShape, type Shape } from './shape.js';

/** What cbor-x returns for items of the shapes of this package. */
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
  const end = checkShape(text, start, shape, before);
  return withBigints(decoder.decode(text.subarray(start, end)) as Decoded);
}

function withBigints(value: Decoded): CborItem {
  if (typeof value === 'number') return BigInt(value);
  return typeof value === 'bigint' || value === null || value instanceof Uint8Array
    ? value
    : value.map(withBigints);
}
