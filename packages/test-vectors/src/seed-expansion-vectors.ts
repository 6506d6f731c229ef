import { hexToBytes } from './hex.js';
import { readVectorFile } from './vector-file.js';

/** A seed and the two that it expands into. */
export interface SeedExpansionVector {
  /** What is special about it. */
  readonly name: string;
  /** 32 bytes. */
  readonly seed: Uint8Array;
  /** H(0x01 ‖ seed), 32 bytes. */
  readonly left: Uint8Array;
  /** H(0x02 ‖ seed), 32 bytes. */
  readonly right: Uint8Array;
}

interface Content {
  readonly vectors: readonly {
    readonly name: string;
    readonly seedHex: string;
    readonly leftHex: string;
    readonly rightHex: string;
  }[];
}

/**
 * The vectors of `seed-expansion.json`: left = H(0x01 ‖ seed), right = H(0x02 ‖ seed), where H is
 * Blake2b-256 (Malkin, Micciancio, Miner; as `cardano-crypto-class` has it).
 *
 * @returns Fresh copies on every call.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { seedExpansionVectors } from '@evolock/test-vectors';
 *
 * for (const { seed, left, right } of seedExpansionVectors()) {
 *   assert.deepEqual([seed.length, left.length, right.length], [32, 32, 32]);
 * }
 * ```
 */
export function seedExpansionVectors(): SeedExpansionVector[] {
  return (readVectorFile('seed-expansion.json') as Content).vectors.map((vector) => ({
    name: vector.name,
    seed: hexToBytes(vector.seedHex),
    left: hexToBytes(vector.leftHex),
    right: hexToBytes(vector.rightHex),
  }));
}
