/** The encoding that a node writes: definite lengths and shortest heads. Source: RFC 8949, section 4.2.1. */
import { FALSE, major, NULL, TRUE } from './walk.js';

/** An unsigned integer of at most 64 bits, a byte string, null, a boolean, an item as it is encoded, or an array of these. */
export type CborItem = bigint | Uint8Array | null | boolean | EncodedItem | readonly CborItem[];

/** An item of any kind, in its own encoding. */
export interface EncodedItem {
  readonly encoded: Uint8Array;
}

/** Encodes an item. */
export function encodeItem(item: CborItem): Uint8Array {
  const bytes = new Uint8Array(sizeOf(item));
  write(bytes, 0, item);
  return bytes;
}

function sizeOf(item: CborItem): number {
  if (item === null || typeof item === 'boolean') return 1;
  if (typeof item === 'bigint') return 1 + widthOf(item);
  if ('encoded' in item) return item.encoded.byteLength;
  if (item instanceof Uint8Array) return 1 + widthOf(item.byteLength) + item.byteLength;
  const head = 1 + widthOf(item.length);
  return item.reduce((size, each) => size + sizeOf(each), head);
}

/** Bytes of an argument after the first byte. */
function widthOf(argument: bigint | number): number {
  if (argument < 24) return 0;
  if (argument < 0x100) return 1;
  if (argument < 0x1_0000) return 2;
  return argument < 0x1_0000_0000 ? 4 : 8;
}

/** Writes an item at an offset and returns the offset after it. */
function write(target: Uint8Array, start: number, item: CborItem): number {
  if (item === null || typeof item === 'boolean') {
    target[start] = item === null ? NULL : item ? TRUE : FALSE;
    return start + 1;
  }
  if (typeof item === 'bigint') return writeHead(target, start, major.unsigned, item);
  if ('encoded' in item) {
    target.set(item.encoded, start);
    return start + item.encoded.byteLength;
  }
  if (item instanceof Uint8Array) {
    const at = writeHead(target, start, major.bytes, item.byteLength);
    target.set(item, at);
    return at + item.byteLength;
  }
  let at = writeHead(target, start, major.array, item.length);
  for (const each of item) at = write(target, at, each);
  return at;
}

/** The shortest head of an item: its major type, and its number, length or count. */
export function headOf(kind: number, argument: bigint): Uint8Array {
  const head = new Uint8Array(1 + widthOf(argument));
  writeHead(head, 0, kind, argument);
  return head;
}

function writeHead(
  target: Uint8Array,
  start: number,
  kind: number,
  argument: bigint | number,
): number {
  const width = widthOf(argument);
  const end = start + 1 + width;
  if (width === 8) {
    target[start] = (kind << 5) | 27;
    new DataView(target.buffer, target.byteOffset).setBigUint64(start + 1, BigInt(argument));
    return end;
  }
  // Below 2^32: exact as a number.
  let rest = Number(argument);
  target[start] = (kind << 5) | (width === 0 ? rest : 24 + (width >> 1));
  for (let at = end - 1; at > start; at -= 1) {
    target[at] = rest;
    rest = Math.floor(rest / 256);
  }
  return end;
}
