/**
 * Where the header lies in what was given: a header, a block that begins with one, or such a block wrapped with its era.
 */
import { headAt, itemEnd, itemsAt, major, type Item } from './cbor-walk.js';
import { HeaderError } from './header-error.js';
import type { HeaderShape } from './header-fields.js';

/** A header in what was given. */
export interface HeaderPlace {
  /** Where the array of body and signature begins and ends. */
  readonly header: Item;
  /** The era that the block was wrapped with: 2 is Shelley. */
  readonly era: number | undefined;
}

/** By its parts alone a block is told from other things: it has five, four before Alonzo. */
const FEWEST_PARTS = 4;
const MOST_PARTS = 5;
const SHELLEY = 2;
const LAST_OF_TPRAOS = 5;

/**
 * Finds the header.
 *
 * @throws {@link HeaderError} `ERR_EVOLOCK_CARDANO_HEADER`.
 *
 * @internal
 */
export function placeOfHeader(text: Uint8Array): HeaderPlace {
  if (text.byteLength === 0) throw new HeaderError('empty');
  const whole = { start: 0, end: itemEnd(text, 0) };
  if (whole.end < text.byteLength) throw new HeaderError('trailing-bytes', { offset: whole.end });
  const items = itemsAt(text, 0);
  if (items?.length === 2) {
    const [first, second] = items as [Item, Item];
    if (kindOf(text, first) === major.unsigned) return wrapped(text, first, second);
    if (kindOf(text, first) === major.array) return { header: whole, era: undefined };
  }
  const count = items?.length ?? 0;
  if (count < FEWEST_PARTS || count > MOST_PARTS)
    throw new HeaderError('wrong-shape', { offset: whole.start });
  return { header: headerOfBlock(text, whole, items), era: undefined };
}

function kindOf(text: Uint8Array, { start }: Item): number {
  return headAt(text, start).major;
}

function wrapped(text: Uint8Array, first: Item, block: Item): HeaderPlace {
  const era = headAt(text, first.start).argument;
  if (era < SHELLEY) throw new HeaderError('byron', { offset: first.start });
  return { header: headerOfBlock(text, block, itemsAt(text, block.start)), era };
}

/** The first part. How many follow is the era's business: later eras than are known here may have more. */
function headerOfBlock(text: Uint8Array, block: Item, parts: Item[] | undefined): Item {
  const [header] = parts ?? [];
  if (header === undefined || kindOf(text, header) !== major.array)
    throw new HeaderError('wrong-shape', { offset: block.start });
  return header;
}

/**
 * Checks that a header has the shape of the era that it came with.
 *
 * @throws {@link HeaderError} `ERR_EVOLOCK_CARDANO_HEADER`, problem `wrong-era`.
 *
 * @internal
 */
export function checkEra(era: number | undefined, shape: HeaderShape): void {
  if (era === undefined) return;
  const expected = era <= LAST_OF_TPRAOS ? 'TPraos' : 'Praos';
  if (shape !== expected)
    throw new HeaderError('wrong-era', { field: `era ${String(era)}, shape ${shape}` });
}
