/** Integers of the format: decimal in text, big endian in bytes, at most 2^53 − 1. */

/** Bytes of an integer in a key or a note. */
export const INTEGER_SIZE = 8;

const TWO_TO_32 = 2 ** 32;

/** The decimal integer of a text without leading zeros. Returns `undefined` for any other text. */
export function readDecimal(text: string): number | undefined {
  const value = Number(text);
  return /^(?:0|[1-9][0-9]{0,15})$/.test(text) && Number.isSafeInteger(value) ? value : undefined;
}

/** The integer of 8 bytes at an offset, big endian. Returns `undefined` when it is above 2^53 − 1. */
export function readInteger(bytes: Uint8Array, offset: number): number | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset + offset, INTEGER_SIZE);
  const value = view.getUint32(0) * TWO_TO_32 + view.getUint32(4);
  return Number.isSafeInteger(value) ? value : undefined;
}

/** Writes an integer as 8 bytes at an offset, big endian. */
export function writeInteger(bytes: Uint8Array, offset: number, value: number): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset + offset, INTEGER_SIZE);
  view.setUint32(0, Math.floor(value / TWO_TO_32));
  view.setUint32(4, value % TWO_TO_32);
}
