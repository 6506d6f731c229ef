import { hash } from './blake2b.js';

/** The two 32-byte seeds that one 32-byte seed expands into: H(0x01 ‖ seed) and H(0x02 ‖ seed). */
export function expandSeed(seed: Uint8Array): { left: Uint8Array; right: Uint8Array } {
  return { left: hash(Uint8Array.of(1), seed), right: hash(Uint8Array.of(2), seed) };
}
