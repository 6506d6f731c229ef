/**
 * CBOR of public things, by cbor-x: it is given nothing secret, since its buffers are kept and handed on.
 */
// The JavaScript of cbor-x: its main entry would load the native add-on cbor-extract.
import { Decoder } from 'cbor-x/decode';
import { Encoder } from 'cbor-x/encode';
import { MAX_UNSIGNED_64 } from './numbers.js';

/** Whatever a public item of Cardano is made of here. */
export type CborValue = bigint | Uint8Array | readonly CborValue[];

// Without the first option cbor-x writes tag 64, which nothing in this ecosystem reads.
const encoder = new Encoder({ tagUint8Array: false, useRecords: false });
const decoder = new Decoder({ useRecords: false, mapsAsObjects: false });

/** cbor-x writes larger numbers as floating point, and every bigint in eight bytes. */
const LARGEST_NUMBER = 0xffff_ffffn;

/**
 * The shortest encoding of a value.
 *
 * @internal
 */
export function encodeCbor(value: CborValue): Uint8Array {
  // A copy: what cbor-x returns is a view on a buffer that it goes on using.
  return new Uint8Array(encoder.encode(forEncoder(value)));
}

function forEncoder(value: CborValue): unknown {
  if (typeof value === 'bigint') return value <= LARGEST_NUMBER ? Number(value) : value;
  return value instanceof Uint8Array ? value : value.map(forEncoder);
}

/**
 * What cbor-x makes of an item. It accepts tags, longer heads and more, so whoever calls it has to know beforehand what
 * the item is made of, or to compare afterwards.
 *
 * @throws What cbor-x throws.
 *
 * @internal
 */
export function decodeCbor(item: Uint8Array): unknown {
  // A copy: cbor-x leaves a property on what it decodes, and hands out views on it.
  return decoder.decode(new Uint8Array(item));
}

/**
 * An unsigned number of 64 bits that cbor-x decoded; nothing for anything else, a larger one in a tag for instance.
 *
 * @internal
 */
export function unsignedOf(value: unknown): bigint | undefined {
  if (typeof value === 'bigint') return value >= 0n && value <= MAX_UNSIGNED_64 ? value : undefined;
  return Number.isSafeInteger(value) && (value as number) >= 0
    ? BigInt(value as number)
    : undefined;
}

/**
 * Bytes of a size that cbor-x decoded, in memory of their own; nothing for anything else.
 *
 * @internal
 */
export function bytesOfSize(value: unknown, size: number): Uint8Array | undefined {
  return value instanceof Uint8Array && value.byteLength === size
    ? new Uint8Array(value)
    : undefined;
}
