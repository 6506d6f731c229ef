/**
 * Cuts a CBOR sequence (RFC 8742) into its items: headers, blocks, or both in their containers. Of a block with its era only
 * the header is passed on.
 */
import { CborItemEnd, HeaderError, MAX_BLOCK_SIZE } from '@evolock/cardano-kes';
import { sum6Kes } from '@evolock/kes-sum';
import { Beginning } from './beginning.js';
import { headerOfBlock, isByron } from './block.js';
import type { Cut } from './cutter.js';

/** More bytes than a block can have. Of a longer item the beginning is judged, as too large. */
const MOST_BYTES = MAX_BLOCK_SIZE + 1;

/** Cuts bytes that arrive in parts. It keeps at most one unfinished item. */
export class SequenceCutter {
  readonly #kept = new Beginning(MOST_BYTES);
  #item = new CborItemEnd();
  #offset: number;
  #isDone = false;

  /** The offset of the first byte in its file. */
  constructor(offset = 0) {
    this.#offset = offset;
  }

  /** Whether the rest of the input is not cut: it does not consist of headers. */
  get isDone(): boolean {
    return this.#isDone;
  }

  /** The offset of the first byte that was not cut. */
  get offset(): number {
    return this.#offset;
  }

  /** The number of bytes of the unfinished item. */
  get unfinished(): number {
    return this.#kept.size;
  }

  /** The items that the next bytes complete. */
  *add(part: Buffer): Generator<Cut> {
    let rest = part;
    while (rest.byteLength > 0 && !this.#isDone) {
      const before = this.#kept.size;
      if (before > 0) this.#kept.add(rest);
      const bytes = before > 0 ? this.#kept.bytes : rest;
      const size = this.#sizeOf(bytes);
      if (size === undefined) {
        if (before === 0) this.#kept.add(rest);
        // An item that is too large is judged by its beginning.
        if (this.#kept.isFull) yield this.#last(this.#kept.bytes);
        return;
      }
      if (!mayBeHeader(bytes, size)) {
        yield this.#last(bytes);
        return;
      }
      const item = before > 0 ? this.#kept.take().subarray(0, size) : rest.subarray(0, size);
      yield { bytes: headerOfBlock(item) ?? item, offset: this.#offset, lines: 1 };
      this.#item = new CborItemEnd();
      this.#offset += size;
      rest = rest.subarray(size - before);
    }
  }

  /** The item that the end of the input leaves unfinished. */
  *end(): Generator<Cut> {
    if (this.#kept.size > 0 && !this.#isDone) yield this.#last(this.#kept.bytes);
  }

  /** The rest of the input is one cut: it may be of millions of small items. */
  #last(bytes: Buffer): Cut {
    this.#isDone = true;
    return { bytes: Buffer.from(bytes.subarray(0, MOST_BYTES)), offset: this.#offset, lines: 1 };
  }

  /** The size of the item; 0 for bytes that are not CBOR, `undefined` for an unfinished item. */
  #sizeOf(bytes: Buffer): number | undefined {
    try {
      return this.#item.find(bytes);
    } catch (error) {
      if (error instanceof HeaderError) return 0;
      throw error;
    }
  }
}

/** Whether an item is an array or a tag, and large enough for a header, or is a block of the Byron era. */
function mayBeHeader(bytes: Buffer, size: number): boolean {
  const kind = (bytes[0] ?? 0) >> 5;
  const isLarge = size > sum6Kes.signatureSize && (kind === ARRAY || kind === TAG);
  return isLarge || (size > 0 && isByron(bytes));
}

/** Major types of CBOR. */
const ARRAY = 4;
const TAG = 6;
