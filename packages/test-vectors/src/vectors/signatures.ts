import { readVectorFile } from '../vector-file.js';
import type { KesAlgorithmKind } from './algorithm.js';
import { hexToBytes } from './bytes.js';

/** The signature of one message at one period. */
export interface KesSignature {
  /** 0 to 2^depth − 1. */
  readonly period: number;
  /** 0 to 63 bytes. */
  readonly message: Uint8Array;
  /** 64 + 64 · depth bytes (sum) or 96 + 32 · depth bytes (compact). */
  readonly signature: Uint8Array;
}

/** The signatures of one key of one algorithm, one for every period. */
export interface KesSignatureVector {
  /** The algorithm. */
  readonly algorithm: KesAlgorithmKind;
  /** 0 for the single algorithms, 0 to 7 for the sums. */
  readonly depth: number;
  /** 32 bytes; the seed of the signing key vector of the same depth. */
  readonly seed: Uint8Array;
  /** 32 bytes. */
  readonly verificationKey: Uint8Array;
  /** One for every period; the index is the period. */
  readonly signatures: readonly KesSignature[];
}

interface SignatureContent {
  readonly keys: readonly {
    readonly algorithm: KesAlgorithmKind;
    readonly depth: number;
    readonly seedHex: string;
    readonly verificationKeyHex: string;
    readonly signatures: readonly {
      readonly period: number;
      readonly messageHex: string;
      readonly signatureHex: string;
    }[];
  }[];
}

/**
 * The vectors of `kes-signatures.json`: for every algorithm and depth, one signature at every period.
 *
 * @returns Fresh copies on every call.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { kesSignatureVectors } from '@evolock/test-vectors';
 *
 * const compact = kesSignatureVectors().find(
 *   ({ algorithm, depth }) => algorithm === 'compactSum' && depth === 6,
 * );
 * assert.equal(compact?.signatures[63]?.signature.length, 288);
 * ```
 */
export function kesSignatureVectors(): KesSignatureVector[] {
  return (readVectorFile('kes-signatures.json') as SignatureContent).keys.map((key) => ({
    algorithm: key.algorithm,
    depth: key.depth,
    seed: hexToBytes(key.seedHex),
    verificationKey: hexToBytes(key.verificationKeyHex),
    signatures: key.signatures.map(({ period, messageHex, signatureHex }) => ({
      period,
      message: hexToBytes(messageHex),
      signature: hexToBytes(signatureHex),
    })),
  }));
}

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

interface NegativeContent {
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
 * The vectors of `kes-negatives.json`: signatures, periods, messages and verification keys that do not match.
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
  return (readVectorFile('kes-negatives.json') as NegativeContent).vectors.map((vector) => ({
    algorithm: vector.algorithm,
    depth: vector.depth,
    verificationKey: hexToBytes(vector.verificationKeyHex),
    period: vector.period,
    message: hexToBytes(vector.messageHex),
    signature: hexToBytes(vector.signatureHex),
    why: vector.why,
  }));
}
