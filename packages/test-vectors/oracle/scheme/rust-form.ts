import { concatBytes } from '@noble/hashes/utils.js';

/** The parts of a key in the layout of the Rust crate. */
interface KeyAndPeriod {
  readonly key: Uint8Array;
  readonly period: number;
}

/** 4 bytes, big endian. */
export function writePeriod(period: number): Uint8Array {
  return Uint8Array.of(period >>> 24, (period >>> 16) & 255, (period >>> 8) & 255, period & 255);
}

/** The layout of the Rust crate: the period after the key. */
export function encode(key: Uint8Array, period: number): Uint8Array {
  return concatBytes(key, writePeriod(period));
}

/** The key and the stated period. */
export function decode(encoded: Uint8Array): KeyAndPeriod {
  const period = encoded.slice(-4).reduce((number, byte) => 256 * number + byte, 0);
  return { key: encoded.slice(0, -4), period };
}
