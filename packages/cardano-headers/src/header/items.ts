/** Cuts a CBOR sequence (RFC 8742) into its items: headers, blocks, or both in their containers. */
import { checkBytes, checkInteger } from '@evolock/direct-serialise/arguments';
import { CborError, major, Walk } from '../cbor/walk.js';
import { headerOfBlock, isByron } from './block.js';
import { MAX_BLOCK_SIZE } from './place.js';

/** An item of a sequence of headers or blocks. */
export interface HeaderItem {
  /**
   * `header`: an item that may be a header or a block. `byron`: a block of the Byron era, which has no KES. `rest`: bytes that
   * cannot be a header or a block. Nothing after them is cut: they may be millions of small items.
   */
  readonly kind: 'header' | 'byron' | 'rest';
  /** The offset of the first byte. */
  readonly offset: number;
  /** Bytes of the item in the sequence; of `rest`, those that were kept. */
  readonly size: number;
  /**
   * What is judged: the item, or of a block with its era the header alone, as ChainSync sends it. Of `rest` at most one byte
   * more than a block can have.
   */
  readonly bytes: Uint8Array;
  /** The whole block of which `bytes` is the header; absent for another item. */
  readonly block?: Uint8Array;
}

/** More bytes than a block can have. Of a longer item the beginning is judged, as too large. */
const MOST_BYTES = MAX_BLOCK_SIZE + 1;

/** A header is longer than its KES signature. */
export const SIGNATURE_SIZE = 448;

/**
 * Cuts a sequence of headers or blocks whose bytes arrive in parts, such as a chunk of a node. Keeps at most one unfinished
 * item, and walks no byte twice.
 */
export class HeaderItems {
  readonly #kept = new Beginning(MOST_BYTES);
  #walk = new Walk(0);
  #offset: number;
  #isDone = false;

  /** Begins at the first item, whose offset in its file is 0 when absent. */
  constructor(offset = 0) {
    this.#offset = checkInteger('offset', offset, 0, Number.MAX_SAFE_INTEGER);
  }

  /** Whether the rest of the input is not cut: an item was `rest`. */
  get isDone(): boolean {
    return this.#isDone;
  }

  /** The items that the next bytes complete. */
  add(part: Uint8Array): Generator<HeaderItem, void, void> {
    return this.#itemsIn(checkBytes('part', part));
  }

  *#itemsIn(part: Uint8Array): Generator<HeaderItem, void, void> {
    let rest = part;
    while (rest.byteLength > 0 && !this.#isDone) {
      const before = this.#kept.size;
      if (before > 0) this.#kept.add(rest);
      const bytes = before > 0 ? this.#kept.bytes : rest;
      const size = this.#sizeIn(bytes);
      if (size === undefined || size > MOST_BYTES) {
        if (before === 0) this.#kept.add(rest);
        // An item that is too large is judged by its beginning.
        if (this.#kept.isFull) yield this.#last(this.#kept.bytes);
        return;
      }
      const item = bytes.subarray(0, size);
      const kind = kindOf(item);
      if (kind === 'rest') {
        yield this.#last(bytes);
        return;
      }
      if (before > 0) this.#kept.clear();
      yield this.#cut(kind, before > 0 ? item.slice() : item);
      rest = rest.subarray(size - before);
    }
  }

  /** The item that the end of the input leaves unfinished. */
  *end(): Generator<HeaderItem, void, void> {
    if (this.#kept.size > 0 && !this.#isDone) yield this.#last(this.#kept.bytes);
  }

  #cut(kind: 'header' | 'byron', item: Uint8Array): HeaderItem {
    const offset = this.#offset;
    this.#walk = new Walk(0);
    this.#offset += item.byteLength;
    const header = kind === 'header' ? headerOfBlock(item) : undefined;
    const size = item.byteLength;
    return header === undefined
      ? { kind, offset, size, bytes: item }
      : { kind, offset, size, bytes: header, block: item };
  }

  #last(bytes: Uint8Array): HeaderItem {
    this.#isDone = true;
    const kept = bytes.slice(0, MOST_BYTES);
    return { kind: 'rest', offset: this.#offset, size: kept.byteLength, bytes: kept };
  }

  /** The size of the item; 0 for bytes that are not CBOR, `undefined` for an unfinished item. */
  #sizeIn(bytes: Uint8Array): number | undefined {
    try {
      return this.#walk.end(bytes);
    } catch (error) {
      if (!(error instanceof CborError)) throw error;
      return error.problem === 'truncated' ? undefined : 0;
    }
  }
}

/** The items of a sequence that is in memory as a whole. It may be the content of a chunk. */
export function headerItems(bytes: Uint8Array): Generator<HeaderItem, void, void> {
  return allItems(checkBytes('bytes', bytes));
}

function* allItems(bytes: Uint8Array): Generator<HeaderItem, void, void> {
  const items = new HeaderItems();
  yield* items.add(bytes);
  yield* items.end();
}

/** A header or a block is an array or has a tag, and is longer than a signature. */
function kindOf(item: Uint8Array): HeaderItem['kind'] {
  if (isByron(item)) return 'byron';
  const kind = (item[0] ?? 0) >> 5;
  const isLarge = item.byteLength > SIGNATURE_SIZE;
  return isLarge && (kind === major.array || kind === major.tag) ? 'header' : 'rest';
}

/** The first bytes of an input, up to a limit, in one memory that grows. */
export class Beginning {
  readonly #most: number;
  #memory = new Uint8Array(256);
  #size = 0;

  constructor(most: number) {
    this.#most = most;
  }

  /** The number of bytes. */
  get size(): number {
    return this.#size;
  }

  /** Whether the limit is reached. */
  get isFull(): boolean {
    return this.#size === this.#most;
  }

  /** The bytes, until the next call of a method. */
  get bytes(): Uint8Array {
    return this.#memory.subarray(0, this.#size);
  }

  /** Copies as many bytes as the limit allows, and returns their number. */
  add(part: Uint8Array): number {
    const end = Math.min(this.#size + part.byteLength, this.#most);
    if (end > this.#memory.byteLength) {
      const larger = new Uint8Array(
        Math.min(Math.max(end, 2 * this.#memory.byteLength), this.#most),
      );
      larger.set(this.bytes);
      this.#memory = larger;
    }
    const taken = end - this.#size;
    this.#memory.set(part.subarray(0, taken), this.#size);
    this.#size = end;
    return taken;
  }

  /** Starts again. */
  clear(): void {
    this.#size = 0;
  }

  /** Returns a copy of the bytes, and starts again. */
  take(): Uint8Array {
    const bytes = this.bytes.slice();
    this.#size = 0;
    return bytes;
  }
}
