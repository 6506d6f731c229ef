import { blake2b } from '@noble/hashes/blake2.js';
import { hash } from './blake2b.js';

/** The seed (32 bytes) that a label stands for. */
export function seedOf(label: string): Uint8Array {
  return hash(new TextEncoder().encode(`evolock seed: ${label}`));
}

/** The message (0 to 63 bytes) that is signed at a period: its length is (5 + 13 · period) mod 64. */
export function messageOf(period: number): Uint8Array {
  const label = new TextEncoder().encode(`evolock message: period ${period}`);
  return blake2b(label, { dkLen: 64 }).slice(0, (5 + 13 * period) % 64);
}

/** A copy with the lowest bit of one byte flipped. */
export function flipBit(bytes: Uint8Array, index: number): Uint8Array {
  return bytes.map((byte, at) => (at === index ? byte ^ 1 : byte));
}
