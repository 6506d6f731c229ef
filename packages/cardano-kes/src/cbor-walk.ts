/**
 * Where the items of a CBOR text begin and end: cbor-x does not tell, and what a header was signed over are its bytes as
 * they stand in the block, whatever heads they have. Nothing is decoded here.
 *
 * Source: RFC 8949, section 3 and appendix C.
 */
import { HeaderError } from './header-error.js';

/** The major types of CBOR. */
export const major = Object.freeze({
  unsigned: 0,
  negative: 1,
  bytes: 2,
  text: 3,
  array: 4,
  map: 5,
  tag: 6,
  simple: 7,
});

/** What the first bytes of an item say. */
export interface Head {
  readonly major: number;
  /** A number, a length or a count; imprecise from 2^53 on, which is more than anything has bytes. */
  readonly argument: number;
  /** Whether the item ends with a break instead. */
  readonly indefinite: boolean;
  /** Where what follows the head begins. */
  readonly end: number;
}

/** An item of an array: from where to where it reaches. */
export interface Item {
  readonly start: number;
  readonly end: number;
}

const BREAK = 0xff;
const INDEFINITE = 31;

/**
 * The head of the item at an offset.
 *
 * @throws {@link HeaderError} `ERR_EVOLOCK_CARDANO_HEADER`, problem `truncated` or `not-cbor`.
 *
 * @internal
 */
export function headAt(bytes: Uint8Array, start: number): Head {
  const first = bytes[start];
  if (first === undefined) throw new HeaderError('truncated', { offset: start });
  const kind = first >> 5;
  const information = first & 0x1f;
  if (information < 24)
    return { major: kind, argument: information, indefinite: false, end: start + 1 };
  if (information === INDEFINITE) return indefiniteHead(kind, start);
  if (information > 27) throw new HeaderError('not-cbor', { offset: start });
  const end = start + 1 + 2 ** (information - 24);
  if (end > bytes.byteLength) throw new HeaderError('truncated', { offset: start });
  let argument = 0;
  for (let at = start + 1; at < end; at += 1) argument = argument * 256 + bytes[at]!;
  return { major: kind, argument, indefinite: false, end };
}

function indefiniteHead(kind: number, start: number): Head {
  const allowed = kind >= major.bytes && kind <= major.map;
  // The break, of major type 7, ends what is indefinite: wherever it is met instead of an item, nothing is.
  if (!allowed) throw new HeaderError('not-cbor', { offset: start });
  return { major: kind, argument: 0, indefinite: true, end: start + 1 };
}

/** An array, a map or a tag whose items are being walked over. */
interface Open {
  /** Items that are still to come; of no meaning where the end is a break. */
  left: number;
  readonly indefinite: boolean;
  /** Items that a break may not fall into the midst of: the two of an entry of a map. */
  readonly group: number;
  seen: number;
}

/**
 * Where the item at an offset ends. It walks without recursion: what nests deep costs memory in proportion to its bytes.
 *
 * @throws {@link HeaderError} `ERR_EVOLOCK_CARDANO_HEADER`, problem `truncated` or `not-cbor`.
 *
 * @internal
 */
export function itemEnd(bytes: Uint8Array, start: number): number {
  const open: Open[] = [];
  let at = start;
  do {
    if (endsHere(bytes, at, open.at(-1))) {
      at += 1;
      open.pop();
    } else {
      const innermost = open.at(-1);
      if (innermost !== undefined) {
        innermost.left -= 1;
        innermost.seen += 1;
      }
      at = enter(bytes, at, open);
    }
    while (isComplete(open.at(-1))) open.pop();
  } while (open.length > 0);
  return at;
}

function endsHere(bytes: Uint8Array, at: number, innermost: Open | undefined): boolean {
  if (innermost?.indefinite !== true || bytes[at] !== BREAK) return false;
  if (innermost.seen % innermost.group !== 0) throw new HeaderError('not-cbor', { offset: at });
  return true;
}

function isComplete(innermost: Open | undefined): boolean {
  return innermost !== undefined && !innermost.indefinite && innermost.left === 0;
}

/** Goes past an item, or into one that has items of its own. */
function enter(bytes: Uint8Array, at: number, open: Open[]): number {
  const { major: kind, argument, indefinite, end } = headAt(bytes, at);
  switch (kind) {
    case major.bytes:
    case major.text:
      return indefinite ? pastChunks(bytes, end, kind) : past(bytes, end, argument);
    case major.array:
    case major.map: {
      const group = kind === major.map ? 2 : 1;
      // More items than bytes are left: not to be waited for.
      if (!indefinite && argument * group > bytes.byteLength - end)
        throw new HeaderError('truncated', { offset: at });
      open.push({ left: argument * group, indefinite, group, seen: 0 });
      return end;
    }
    case major.tag:
      open.push({ left: 1, indefinite: false, group: 1, seen: 0 });
      return end;
    default:
      return end;
  }
}

function past(bytes: Uint8Array, start: number, length: number): number {
  if (length > bytes.byteLength - start) throw new HeaderError('truncated', { offset: start });
  return start + length;
}

/** The chunks of a string of indefinite length: strings of the same kind, of definite length. */
function pastChunks(bytes: Uint8Array, start: number, kind: number): number {
  let at = start;
  while (bytes[at] !== BREAK) {
    const chunk = headAt(bytes, at);
    if (chunk.major !== kind || chunk.indefinite) throw new HeaderError('not-cbor', { offset: at });
    at = past(bytes, chunk.end, chunk.argument);
  }
  return at + 1;
}

/**
 * The items of the array at an offset.
 *
 * @returns Nothing when there is no array.
 * @throws {@link HeaderError} `ERR_EVOLOCK_CARDANO_HEADER`, problem `truncated` or `not-cbor`.
 *
 * @internal
 */
export function itemsAt(bytes: Uint8Array, start: number): Item[] | undefined {
  const head = headAt(bytes, start);
  if (head.major !== major.array) return undefined;
  const items: Item[] = [];
  let at = head.end;
  while (head.indefinite ? bytes[at] !== BREAK : items.length < head.argument) {
    const end = itemEnd(bytes, at);
    items.push({ start: at, end });
    at = end;
  }
  return items;
}
