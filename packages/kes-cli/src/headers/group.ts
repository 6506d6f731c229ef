/** The bytes of a group of headers in one byte string, which moves to a thread: sizes as 32-bit words, then the bytes. */

const WORD = 4;

/** Joins byte strings. */
export function packed(items: readonly Uint8Array[]): Uint8Array {
  const size = items.reduce((sum, { byteLength }) => sum + WORD + byteLength, WORD);
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, items.length);
  let at = WORD * (1 + items.length);
  for (const [index, item] of items.entries()) {
    view.setUint32(WORD * (1 + index), item.byteLength);
    bytes.set(item, at);
    at += item.byteLength;
  }
  return bytes;
}

/** The byte strings of {@link packed}: views of the memory. */
export function* unpackedFrom({
  buffer,
  byteOffset,
  byteLength,
}: Uint8Array): Generator<Uint8Array> {
  const view = new DataView(buffer, byteOffset, byteLength);
  const count = view.getUint32(0);
  let at = WORD * (1 + count);
  for (let index = 0; index < count; index += 1) {
    const size = view.getUint32(WORD * (1 + index));
    yield new Uint8Array(buffer, byteOffset + at, size);
    at += size;
  }
}
