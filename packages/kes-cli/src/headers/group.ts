/**
 * The bytes of a group of headers in one byte string, which moves to a thread: 32-bit words with the number of headers, with
 * 1 if valid ones are only counted, and with the number of nonces; for each header its size and the number of its nonce, 0 if
 * it is unknown; the nonces; then the bytes of the headers.
 */
import { sameBytes } from '@evolock/direct-serialise/arguments';
import type { Cut, Judgeable } from '@evolock/cardano-kes/database';

const WORD = 4;
const HEAD = 3 * WORD;
const ENTRY = 2 * WORD;

/** Bytes of a nonce. */
const NONCE_SIZE = 32;

/** How a group is judged. */
interface GroupOptions {
  /** Whether valid headers are only counted. */
  readonly onlyCounted: boolean;
  /** The nonce of the epoch of each header, if it is known. */
  readonly nonces?: readonly (Uint8Array | undefined)[];
}

/** Joins the bytes of cuts. */
export function packed(
  cuts: readonly Pick<Cut, 'bytes'>[],
  { onlyCounted, nonces = [] }: GroupOptions,
): Uint8Array {
  const { different, numbers } = numbered(nonces);
  const size = cuts.reduce((sum, { bytes }) => sum + ENTRY + bytes.byteLength, HEAD);
  const packed = new Uint8Array(size + NONCE_SIZE * different.length);
  const view = new DataView(packed.buffer);
  view.setUint32(0, cuts.length);
  view.setUint32(WORD, Number(onlyCounted));
  view.setUint32(2 * WORD, different.length);
  let at = HEAD + ENTRY * cuts.length;
  for (const nonce of different) {
    packed.set(nonce, at);
    at += NONCE_SIZE;
  }
  for (const [index, { bytes }] of cuts.entries()) {
    view.setUint32(HEAD + ENTRY * index, bytes.byteLength);
    view.setUint32(HEAD + ENTRY * index + WORD, numbers[index] ?? 0);
    packed.set(bytes, at);
    at += bytes.byteLength;
  }
  return packed;
}

/** Each nonce once, as headers of one epoch follow one another, and the number of that of each header, from 1 on. */
function numbered(nonces: readonly (Uint8Array | undefined)[]): {
  readonly different: readonly Uint8Array[];
  readonly numbers: readonly number[];
} {
  const different: Uint8Array[] = [];
  const numbers = nonces.map((nonce) => {
    if (nonce === undefined) return 0;
    const last = different.at(-1);
    if (last === undefined || !sameBytes(last, nonce)) different.push(nonce);
    return different.length;
  });
  return { different, numbers };
}

/** Whether valid headers of a group are only counted. */
export function isCounted({ buffer, byteOffset }: Uint8Array): boolean {
  return new DataView(buffer, byteOffset).getUint32(WORD) === 1;
}

/** The headers of {@link packed}: views of the memory. */
export function* unpackedFrom({
  buffer,
  byteOffset,
  byteLength,
}: Uint8Array): Generator<Judgeable> {
  const view = new DataView(buffer, byteOffset, byteLength);
  const count = view.getUint32(0);
  const nonces = byteOffset + HEAD + ENTRY * count;
  let at = nonces + NONCE_SIZE * view.getUint32(2 * WORD);
  for (let index = 0; index < count; index += 1) {
    const size = view.getUint32(HEAD + ENTRY * index);
    const number = view.getUint32(HEAD + ENTRY * index + WORD);
    const nonce =
      number === 0
        ? undefined
        : new Uint8Array(buffer, nonces + NONCE_SIZE * (number - 1), NONCE_SIZE);
    yield { bytes: new Uint8Array(buffer, at, size), nonce };
    at += size;
  }
}
