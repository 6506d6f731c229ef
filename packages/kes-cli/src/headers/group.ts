/**
 * The bytes of a group of headers in one byte string, which moves to a thread: 32-bit words with the number of headers, with
 * 1 if valid ones are only counted, and with the sizes; then the bytes.
 */

import type { Cut } from './input/cutter.js';

const WORD = 4;
const HEAD = 2 * WORD;

/** Joins the bytes of cuts. */
export function packed(cuts: readonly Pick<Cut, 'bytes'>[], onlyCounted: boolean): Uint8Array {
  const size = cuts.reduce((sum, { bytes }) => sum + WORD + bytes.byteLength, HEAD);
  const packed = new Uint8Array(size);
  const view = new DataView(packed.buffer);
  view.setUint32(0, cuts.length);
  view.setUint32(WORD, Number(onlyCounted));
  let at = HEAD + WORD * cuts.length;
  for (const [index, { bytes }] of cuts.entries()) {
    view.setUint32(HEAD + WORD * index, bytes.byteLength);
    packed.set(bytes, at);
    at += bytes.byteLength;
  }
  return packed;
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
