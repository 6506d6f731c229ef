/**
 * The bytes of a group of headers in one byte string, which moves to a thread: 32-bit words with the number of headers, with
 * 1 if valid ones are only counted, and with the sizes; then the bytes.
 */

const WORD = 4;
const HEAD = 2 * WORD;

/** Joins byte strings. */
export function packed(items: readonly Uint8Array[], onlyCounted: boolean): Uint8Array {
  const size = items.reduce((sum, { byteLength }) => sum + WORD + byteLength, HEAD);
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, items.length);
  view.setUint32(WORD, Number(onlyCounted));
  let at = HEAD + WORD * items.length;
  for (const [index, item] of items.entries()) {
    view.setUint32(HEAD + WORD * index, item.byteLength);
    bytes.set(item, at);
    at += item.byteLength;
  }
  return bytes;
}

/** Whether valid headers of a group are only counted. */
export function isCounted({ buffer, byteOffset }: Uint8Array): boolean {
  return new DataView(buffer, byteOffset).getUint32(WORD) === 1;
}

/** The byte strings of {@link packed}: views of the memory. */
export function* unpackedFrom({
  buffer,
  byteOffset,
  byteLength,
}: Uint8Array): Generator<Uint8Array> {
  const view = new DataView(buffer, byteOffset, byteLength);
  const count = view.getUint32(0);
  let at = HEAD + WORD * count;
  for (let index = 0; index < count; index += 1) {
    const size = view.getUint32(HEAD + WORD * index);
    yield new Uint8Array(buffer, byteOffset + at, size);
    at += size;
  }
}
