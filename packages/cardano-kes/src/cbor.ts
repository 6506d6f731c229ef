/**
 * Public CBOR of files and messages. The reader of headers checks the shape of an item first, so cbor-x gets items of known
 * shape and size only. It never gets a secret: it keeps references to its input.
 *
 * @module
 */
import { readItem, type CborItem, type Shape } from '@evolock/cardano-headers/cbor';
import type * as CborX from 'cbor-x';
// This entry loads no add-on and evaluates no text. Its types name a file that there is not.
import { Decoder } from 'cbor-x/decode-no-eval';

type Decoded = number | bigint | Uint8Array | null | readonly Decoded[];

const decoder = new (Decoder as unknown as typeof CborX.Decoder)({ useRecords: false });

/**
 * Decodes the item at an offset of a public text, a plain array. Heads may be longer than necessary, and bytes may follow the
 * item. It does not check its arguments.
 *
 * @returns The value. Its byte strings are views of the text.
 * @throws `CborError` (of cardano-headers).
 */
export function decodePublicItem(text: Uint8Array, start: number, shape: Shape): CborItem {
  const { end } = readItem(text, start, shape);
  return withBigints(decoder.decode(text.subarray(start, end)) as Decoded);
}

function withBigints(value: Decoded): CborItem {
  if (typeof value === 'number') return BigInt(value);
  return typeof value === 'bigint' || value === null || value instanceof Uint8Array
    ? value
    : value.map(withBigints);
}
