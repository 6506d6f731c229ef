/**
 * The place of the header in the input: a header, a block that begins with one, a block with its era, a header as ChainSync
 * sends it, and any of the first three within `24(bytes)`; each as bytes, or as hexadecimal digits. The first byte of a header
 * is never a digit: as CBOR, digits are negative numbers and strings, and a header is an array.
 */
import { decodeItem, number } from '../cbor/decode.js';
import { arrayAt, contentAt, headAt, major, type Item, type Items } from '../cbor/walk.js';
import { eraOf, eras, SHELLEY, type HeaderShape } from './fields.js';
import { HeaderError } from '../errors.js';
import { hexDigit } from '../hex.js';

/**
 * Bytes of the largest accepted header: 65,536. A node accepts messages with headers of at most 65,535 bytes
 * (`smallByteLimit` of ouroboros-network). A header of mainnet has fewer than 1,100 bytes.
 */
export const MAX_HEADER_SIZE = 65_536;

/**
 * Bytes of the largest accepted block: 2,500,000. A node accepts no larger message with a block (`largeByteLimit` of
 * ouroboros-network). The limit of a network is a lower protocol parameter, on mainnet 90,112 bytes of body.
 */
export const MAX_BLOCK_SIZE = 2_500_000;

/** A header within the input. */
export interface HeaderPlace {
  /** The array of body and signature: two items. */
  readonly header: Items;
  /** The era of the block: 2 is Shelley. */
  readonly era: number | undefined;
  /** Parts of the block; `undefined` for a header without its block. */
  readonly parts: number | undefined;
}

/** Blocks of an era that is not known may have more parts than others. */
const MOST_PARTS = 16;

/** Finds the header. */
export function placeOfHeader(text: Uint8Array): HeaderPlace {
  if (text.byteLength === 0) throw new HeaderError('empty');
  if (text.byteLength > MAX_BLOCK_SIZE) throw new HeaderError('too-large');
  const content = contentAt(text, 0);
  if (content === undefined) return checkSize(placeOfItem(text, 0));
  if (content.end < text.byteLength)
    throw new HeaderError('trailing-bytes', { offset: content.end });
  return checkSize(placeOfItem(text, content.start));
}

function checkSize(place: HeaderPlace): HeaderPlace {
  const { start, end } = place.header;
  if (end - start > MAX_HEADER_SIZE) throw new HeaderError('too-large', { offset: start });
  return place;
}

function placeOfItem(text: Uint8Array, start: number): HeaderPlace {
  const whole = arrayAt(text, start, MOST_PARTS);
  if (whole === undefined) throw new HeaderError('wrong-shape', { offset: start });
  if (whole.end < text.byteLength) throw new HeaderError('trailing-bytes', { offset: whole.end });
  return placeIn(text, whole);
}

function placeIn(text: Uint8Array, whole: Items): HeaderPlace {
  const [first, second] = whole.items;
  if (whole.items.length !== 2 || first === undefined || second === undefined)
    return inBlock(text, whole, undefined);
  switch (headAt(text, first.start).major) {
    case major.array:
      // A signature is bytes. The second part of a block of Dijkstra is its body.
      return headAt(text, second.start).major === major.array
        ? inBlock(text, whole, undefined)
        : { header: whole, era: undefined, parts: undefined };
    case major.unsigned:
      return wrapped(text, whole, first, second);
    default:
      throw new HeaderError('wrong-shape', { offset: whole.start });
  }
}

/** A node reads this array with `enforceSize`, which accepts definite lengths only. */
function wrapped(text: Uint8Array, whole: Items, first: Item, second: Item): HeaderPlace {
  if (whole.indefinite) throw new HeaderError('wrong-shape', { offset: whole.start });
  const number = eraAt(text, first.start);
  const isOfChainSync = headAt(text, second.start).major === major.tag;
  if (number < (isOfChainSync ? SHELLEY - 1 : SHELLEY))
    throw new HeaderError('byron', { offset: first.start });
  const era = isOfChainSync ? number + 1 : number;
  return isOfChainSync
    ? inChainSync(text, second, era)
    : inBlock(text, arrayAt(text, second.start, MOST_PARTS), era);
}

function eraAt(text: Uint8Array, start: number): number {
  return Number(decodeItem(text, start, number('era', 64)));
}

/**
 * ChainSync sends `[index, 24(bytes)]`. Its index counts the eras, and the number in a block has one more for Byron, whose
 * boundary blocks are a kind of their own.
 */
function inChainSync(text: Uint8Array, second: Item, era: number): HeaderPlace {
  const content = contentAt(text, second.start);
  if (content === undefined) throw new HeaderError('wrong-shape', { offset: second.start });
  const header = arrayAt(text.subarray(0, content.end), content.start, 2);
  if (header?.items.length !== 2 || headAt(text, header.items[0]?.start ?? 0).major !== major.array)
    throw new HeaderError('wrong-shape', { offset: content.start });
  if (header.end < content.end) throw new HeaderError('trailing-bytes', { offset: header.end });
  return { header, era, parts: undefined };
}

function inBlock(text: Uint8Array, block: Items | undefined, era: number | undefined): HeaderPlace {
  const [header] = block?.items ?? [];
  const parts = block?.items.length ?? 0;
  if (header === undefined || headAt(text, header.start).major !== major.array)
    throw new HeaderError('wrong-shape', { offset: block?.start });
  const pair = arrayAt(text, header.start, 2);
  if (pair?.items.length !== 2) throw new HeaderError('wrong-shape', { offset: header.start });
  return { header: pair, era, parts };
}

/** Checks that an era has headers of this shape in blocks of this many parts, and that the block states that era. */
export function checkEra({ era, parts }: HeaderPlace, shape: HeaderShape): void {
  const stated = era === undefined ? [...eras.values()] : [eraOf(era)];
  const fits = stated.some(
    (each) => each.shapes.includes(shape) && (parts ?? each.parts) === (each.parts ?? parts),
  );
  if (fits) return;
  const field = `${shape}, era ${era ?? 'not stated'}, parts ${parts ?? 'not stated'}`;
  throw new HeaderError('wrong-era', { field });
}

const whitespace = new Set([0x20, 0x09, 0x0a, 0x0d]);

/** Characters of the longest accepted text: two digits for each byte of a block, and white space around them. */
const MAX_TEXT_SIZE = 2 * MAX_BLOCK_SIZE + 1_024;

/** The bytes of a header or a block: a view on the input, or the bytes of its digits. */
export function bytesOfInput(input: Uint8Array | string): Uint8Array {
  const size = typeof input === 'string' ? input.length : input.byteLength;
  if (size > MAX_TEXT_SIZE) throw new HeaderError('too-large');
  if (typeof input === 'string') return bytesOfHexText(new TextEncoder().encode(input));
  const { buffer, byteOffset, byteLength } = input;
  // `slice` of another class may be no copy.
  const bytes = new Uint8Array(buffer, byteOffset, byteLength);
  const [first = 0] = trimmed(bytes).subarray(0, 1);
  return hexDigit(first) >= 0 ? bytesOfHexText(bytes) : bytes;
}

function bytesOfHexText(text: Uint8Array): Uint8Array {
  const digits = trimmed(text);
  const offset = digits.findIndex((character) => hexDigit(character) < 0);
  if (offset >= 0) throw new HeaderError('not-hex', { offset });
  if (digits.byteLength % 2 !== 0) throw new HeaderError('odd-hex');
  const bytes = new Uint8Array(digits.byteLength / 2);
  for (let index = 0; index < bytes.byteLength; index += 1)
    bytes[index] = (hexDigit(digits[2 * index]!) << 4) | hexDigit(digits[2 * index + 1]!);
  return bytes;
}

/** Loops: `find` with a function takes longer than reading a header. */
function trimmed(text: Uint8Array): Uint8Array {
  let start = 0;
  let end = text.byteLength;
  while (start < end && whitespace.has(text[start]!)) start += 1;
  while (end > start && whitespace.has(text[end - 1]!)) end -= 1;
  return text.subarray(start, end);
}
