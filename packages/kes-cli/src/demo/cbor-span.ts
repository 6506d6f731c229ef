/**
 * Where CBOR items begin and end, without decoding them.
 *
 * A header's KES signature is over the bytes of its body as they stand in the block, and CBOR has many ways to write
 * the same value: these bytes are found in the original, never made again by an encoder.
 *
 * Source: RFC 8949, well-formedness (appendix C).
 */
import { CborError } from './cbor-error.js';

/** Major types, the upper three bits of an item's first byte. */
export const MAJOR_UNSIGNED = 0;
export const MAJOR_BYTES = 2;
export const MAJOR_TEXT = 3;
export const MAJOR_ARRAY = 4;
export const MAJOR_MAP = 5;
export const MAJOR_TAG = 6;
export const MAJOR_SIMPLE = 7;

/** Blocks nest fewer than ten levels outside transactions; a hostile file must not exhaust the stack. */
export const MAX_NESTING = 64;

const INDEFINITE = 31;
const BREAK = 0xff;
/** Simple values below 32 fit into the first byte, and have no second form. */
const FIRST_TWO_BYTE_SIMPLE = 32n;

/** An item's head: type, and the length, count or value that it states. */
export interface CborHead {
  readonly major: number;
  /** `undefined` for an item of indefinite length. */
  readonly argument: bigint | undefined;
  /** Where the content begins, bytes. */
  readonly end: number;
}

/** Where an item stands: from `start` up to `end`, bytes. */
export interface CborSpan {
  readonly start: number;
  readonly end: number;
}

/**
 * Reads the head of an item. A break counts as a simple value of indefinite length.
 *
 * @throws {@link CborError} `CBOR_TRUNCATED`, `CBOR_MALFORMED`.
 */
export function headAt(bytes: Uint8Array, offset: number): CborHead {
  const first = byteAt(bytes, offset);
  const major = first >> 5;
  const information = first & 31;
  if (information < 24) return { major, argument: BigInt(information), end: offset + 1 };
  if (information === INDEFINITE) return indefiniteHead(major, offset);
  if (information > 27) throw new CborError('CBOR_MALFORMED', offset, 'a reserved head');
  const end = offset + 1 + 2 ** (information - 24);
  let argument = 0n;
  for (let index = offset + 1; index < end; index += 1) {
    argument = (argument << 8n) | BigInt(byteAt(bytes, index));
  }
  if (major === MAJOR_SIMPLE && information === 24 && argument < FIRST_TWO_BYTE_SIMPLE) {
    throw new CborError('CBOR_MALFORMED', offset, 'a simple value in a form that it does not have');
  }
  return { major, argument, end };
}

function indefiniteHead(major: number, offset: number): CborHead {
  const canBeIndefinite = (major >= MAJOR_BYTES && major <= MAJOR_MAP) || major === MAJOR_SIMPLE;
  if (!canBeIndefinite) {
    throw new CborError('CBOR_MALFORMED', offset, 'an indefinite length where there is none');
  }
  return { major, argument: undefined, end: offset + 1 };
}

/**
 * The end of the item that begins at an offset.
 *
 * @throws {@link CborError} `CBOR_TRUNCATED`, `CBOR_MALFORMED`, `CBOR_TOO_DEEP`.
 */
export function itemEnd(bytes: Uint8Array, offset: number, nesting = 0): number {
  if (nesting > MAX_NESTING) {
    throw new CborError('CBOR_TOO_DEEP', offset, `more than ${MAX_NESTING} levels of nesting`);
  }
  const head = headAt(bytes, offset);
  switch (head.major) {
    case MAJOR_BYTES:
    case MAJOR_TEXT:
      return head.argument === undefined
        ? endOfChunks(bytes, head)
        : endOfString(bytes, head.end, head.argument);
    case MAJOR_ARRAY:
    case MAJOR_MAP:
      return walkItems(bytes, head, nesting, () => undefined);
    case MAJOR_TAG:
      return itemEnd(bytes, head.end, nesting + 1);
    default:
      if (head.argument !== undefined) return head.end;
      throw new CborError('CBOR_MALFORMED', offset, 'a break that ends nothing');
  }
}

/**
 * The items of the array that begins at an offset.
 *
 * @throws {@link CborError} `CBOR_UNEXPECTED_TYPE` when there is no array, and as {@link itemEnd}.
 */
export function arrayItems(bytes: Uint8Array, offset: number): CborSpan[] {
  const head = headAt(bytes, offset);
  if (head.major !== MAJOR_ARRAY) {
    throw new CborError('CBOR_UNEXPECTED_TYPE', offset, 'no array');
  }
  const items: CborSpan[] = [];
  walkItems(bytes, head, 0, (item) => items.push(item));
  return items;
}

/** Walks over the items of an array or a map, and returns where it ends. */
function walkItems(
  bytes: Uint8Array,
  head: CborHead,
  nesting: number,
  visit: (item: CborSpan) => void,
): number {
  return head.argument === undefined
    ? walkToBreak(bytes, head, nesting, visit)
    : walkCounted(bytes, head, nesting, visit);
}

function walkCounted(
  bytes: Uint8Array,
  { major, argument = 0n, end }: CborHead,
  nesting: number,
  visit: (item: CborSpan) => void,
): number {
  const count = major === MAJOR_MAP ? 2n * argument : argument;
  // Every item takes a byte at least: a count that cannot be true is refused before anything is made of it.
  if (count > BigInt(bytes.length - end)) throw truncated(bytes);
  let offset = end;
  for (let index = 0n; index < count; index += 1n) {
    offset = walkItem(bytes, offset, nesting, visit);
  }
  return offset;
}

function walkToBreak(
  bytes: Uint8Array,
  { major, end }: CborHead,
  nesting: number,
  visit: (item: CborSpan) => void,
): number {
  let offset = end;
  let count = 0;
  while (byteAt(bytes, offset) !== BREAK) {
    offset = walkItem(bytes, offset, nesting, visit);
    count += 1;
  }
  if (major === MAJOR_MAP && count % 2 === 1) {
    throw new CborError('CBOR_MALFORMED', offset, 'a map that ends after a key');
  }
  return offset + 1;
}

function walkItem(
  bytes: Uint8Array,
  start: number,
  nesting: number,
  visit: (item: CborSpan) => void,
): number {
  const end = itemEnd(bytes, start, nesting + 1);
  visit({ start, end });
  return end;
}

function endOfString(bytes: Uint8Array, start: number, length: bigint): number {
  if (length > BigInt(bytes.length - start)) throw truncated(bytes);
  return start + Number(length);
}

/** A string of indefinite length: chunks of its own type, each of definite length, up to a break. */
function endOfChunks(bytes: Uint8Array, { major, end }: CborHead): number {
  let offset = end;
  while (byteAt(bytes, offset) !== BREAK) {
    const chunk = headAt(bytes, offset);
    if (chunk.major !== major || chunk.argument === undefined) {
      throw new CborError('CBOR_MALFORMED', offset, 'a string in chunks of something else');
    }
    offset = endOfString(bytes, chunk.end, chunk.argument);
  }
  return offset + 1;
}

function byteAt(bytes: Uint8Array, offset: number): number {
  const byte = bytes[offset];
  if (byte === undefined) throw truncated(bytes);
  return byte;
}

function truncated(bytes: Uint8Array): CborError {
  return new CborError('CBOR_TRUNCATED', bytes.length, 'the end came too early');
}
