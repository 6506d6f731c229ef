import { hexToBytes } from './hex.js';
import type { KesAlgorithmKind } from './kes-algorithm.js';
import { readVectorFile } from './vector-file.js';

/** A signature that must be rejected. */
export interface KesNegativeVector {
  /** The algorithm to verify with. */
  readonly algorithm: KesAlgorithmKind;
  /** The depth to verify with. */
  readonly depth: number;
  /** 32 bytes. */
  readonly verificationKey: Uint8Array;
  /** Any integer, also a negative one. */
  readonly period: number;
  /** Any length. */
  readonly message: Uint8Array;
  /** Any length. */
  readonly signature: Uint8Array;
  /** Why it must be rejected; no two vectors of an algorithm and depth have the same. */
  readonly why: string;
}

interface Content {
  readonly vectors: readonly {
    readonly algorithm: KesAlgorithmKind;
    readonly depth: number;
    readonly verificationKeyHex: string;
    readonly period: number;
    readonly messageHex: string;
    readonly signatureHex: string;
    readonly why: string;
  }[];
}

/**
 * The vectors of `kes-negatives.json`: signatures, periods, messages and verification keys that do
 * not go together.
 *
 * @returns Fresh copies on every call.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { kesNegativeVectors } from '@evolock/test-vectors';
 *
 * assert.ok(kesNegativeVectors().some(({ period }) => period < 0));
 * ```
 */
export function kesNegativeVectors(): KesNegativeVector[] {
  return (readVectorFile('kes-negatives.json') as Content).vectors.map((vector) => ({
    algorithm: vector.algorithm,
    depth: vector.depth,
    verificationKey: hexToBytes(vector.verificationKeyHex),
    period: vector.period,
    message: hexToBytes(vector.messageHex),
    signature: hexToBytes(vector.signatureHex),
    why: vector.why,
  }));
}
