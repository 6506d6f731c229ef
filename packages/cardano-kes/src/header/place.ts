/**
 * The place of the header in the input: a header, a block that begins with one, or a block with its era.
 */
import { decodeItem } from '../cbor/decode.js';
import { number } from '../cbor/shape.js';
import { arrayAt, headAt, major, type Item, type Items } from '../cbor/walk.js';
import { HeaderError } from '../errors.js';
import type { HeaderShape } from './fields.js';

/**
 * Bytes of the largest accepted header: 65,536. A node accepts messages with headers of at most 65,535 bytes
 * (`smallByteLimit` of ouroboros-network). A header of mainnet has fewer than 1,100 bytes.
 */
export const MAX_HEADER_SIZE = 65_536;

/**
 * Bytes of the largest accepted block: 2,500,000. A node accepts no larger message with a block (`largeByteLimit` of
 * ouroboros-network). The limit of a network is a lower protocol parameter, on mainnet 90,112 bytes of body.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { MAX_BLOCK_SIZE, parseHeader } from '@evolock/cardano-kes';
 *
 * assert.throws(() => parseHeader(new Uint8Array(MAX_BLOCK_SIZE + 1)), { problem: 'too-large' });
 * ```
 */
export const MAX_BLOCK_SIZE = 2_500_000;

/** A header within the input. */
export interface HeaderPlace {
  /** The array of body and signature. */
  readonly header: Item;
  /** The era of the block: 2 is Shelley. */
  readonly era: number | undefined;
  /** Parts of the block; `undefined` for a header alone. */
  readonly parts: number | undefined;
}

const MOST_PARTS = 5;
const SHELLEY = 2;

/** The eras whose blocks have KES signatures, by the number in the block. */
const eras = new Map<number, { readonly shape: HeaderShape; readonly parts: number }>([
  [SHELLEY, { shape: 'TPraos', parts: 4 }],
  [3, { shape: 'TPraos', parts: 4 }],
  [4, { shape: 'TPraos', parts: 4 }],
  [5, { shape: 'TPraos', parts: 5 }],
  [6, { shape: 'Praos', parts: 5 }],
  [7, { shape: 'Praos', parts: 5 }],
]);

/**
 * Finds the header.
 *
 * @throws {@link HeaderError} `ERR_EVOLOCK_CARDANO_HEADER`, `CborError`.
 *
 * @internal
 */
export function placeOfHeader(text: Uint8Array): HeaderPlace {
  if (text.byteLength === 0) throw new HeaderError('empty');
  if (text.byteLength > MAX_BLOCK_SIZE) throw new HeaderError('too-large');
  const whole = arrayAt(text, 0, MOST_PARTS);
  if (whole === undefined) throw new HeaderError('wrong-shape', { offset: 0 });
  if (whole.end < text.byteLength) throw new HeaderError('trailing-bytes', { offset: whole.end });
  const place = placeIn(text, whole);
  const { start, end } = place.header;
  if (end - start > MAX_HEADER_SIZE) throw new HeaderError('too-large', { offset: start });
  return place;
}

function placeIn(text: Uint8Array, whole: Items): HeaderPlace {
  const [first, second] = whole.items;
  if (whole.items.length !== 2 || first === undefined || second === undefined)
    return inBlock(text, whole, undefined);
  switch (headAt(text, first.start).major) {
    case major.array:
      return { header: whole, era: undefined, parts: undefined };
    case major.unsigned:
      return wrapped(text, whole, first, second);
    default:
      throw new HeaderError('wrong-shape', { offset: 0 });
  }
}

/** A node reads this array with `enforceSize`, which accepts definite lengths only. */
function wrapped(text: Uint8Array, whole: Items, first: Item, second: Item): HeaderPlace {
  if (whole.indefinite) throw new HeaderError('wrong-shape', { offset: whole.start });
  const era = Number(decodeItem(text, first.start, number('era', 64)));
  if (era < SHELLEY) throw new HeaderError('byron', { offset: first.start });
  if (!eras.has(era))
    throw new HeaderError('unknown-era', { offset: first.start, field: String(era) });
  return inBlock(text, arrayAt(text, second.start, MOST_PARTS), era);
}

function inBlock(text: Uint8Array, block: Items | undefined, era: number | undefined): HeaderPlace {
  const [header] = block?.items ?? [];
  const parts = block?.items.length ?? 0;
  const exists = [...eras.values()].some((each) => each.parts === parts);
  if (header === undefined || !exists || headAt(text, header.start).major !== major.array)
    throw new HeaderError('wrong-shape', { offset: block?.start });
  return { header, era, parts };
}

/**
 * Checks that an era has headers of this shape in blocks of this many parts, and that the block states that era.
 *
 * @throws {@link HeaderError} `ERR_EVOLOCK_CARDANO_HEADER`, problem `wrong-era`.
 *
 * @internal
 */
export function checkEra({ era, parts }: HeaderPlace, shape: HeaderShape): void {
  if (parts === undefined) return;
  const stated = era === undefined ? [...eras.values()] : [eras.get(era)];
  if (stated.some((each) => each?.shape === shape && each.parts === parts)) return;
  const name = era === undefined ? 'no era' : `era ${String(era)}`;
  throw new HeaderError('wrong-era', {
    field: `${name}, shape ${shape}, a block of ${String(parts)} parts`,
  });
}
