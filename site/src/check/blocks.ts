/** Cuts bytes into the headers or blocks that lie in them back to back, as in a chunk of a node's database. */
import { CborItemEnd, HeaderError, MAX_BLOCK_SIZE, sum6Kes } from '@evolock/kes-verify';

/** The place of one header or block. */
export interface Place {
  readonly start: number;
  readonly end: number;
}

/**
 * The items of a CBOR sequence (RFC 8742). An item that does not end, bytes that are not CBOR, and an item that is smaller than
 * a signature are the last place, with all bytes after them: the input may be millions of small items.
 */
export function* places(bytes: Uint8Array): Generator<Place, void, void> {
  let start = 0;
  while (start < bytes.byteLength) {
    const size = sizeOfItem(bytes.subarray(start, start + MAX_BLOCK_SIZE + 1));
    const isLast = size === undefined || size < sum6Kes.signatureSize;
    const end = isLast ? bytes.byteLength : start + size;
    yield { start, end };
    start = end;
  }
}

function sizeOfItem(rest: Uint8Array): number | undefined {
  try {
    return new CborItemEnd().find(rest);
  } catch (error) {
    if (error instanceof HeaderError) return undefined;
    throw error;
  }
}
