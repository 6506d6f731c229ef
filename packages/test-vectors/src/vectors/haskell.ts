import { readVectorFile } from '../vector-file.js';
import type { KesAlgorithmKind } from './algorithm.js';
import { hexToBytes } from './bytes.js';

/** What the Haskell reference made at one period. */
export interface HaskellKesPeriod {
  /** 0 to 2^depth − 1. */
  readonly period: number;
  /** 0 to 42 bytes. */
  readonly message: Uint8Array;
  /** The signature: `signatureSize` bytes. */
  readonly signature: Uint8Array;
  /** SHA-256 of the serialised signing key, 32 bytes. */
  readonly signingKeySha256: Uint8Array;
  /** The serialised signing key: at the first two periods, around the middle and at the last. */
  readonly signingKey?: Uint8Array;
}

/** A key of the Haskell reference at every period. */
export interface HaskellKesVector {
  /** The algorithm. */
  readonly algorithm: KesAlgorithmKind;
  /** 0 to 7. */
  readonly depth: number;
  /** The name in the reference, where sum and compact sum have one name: `ed25519_kes_2^6`. */
  readonly name: string;
  /** 32 bytes. */
  readonly seed: Uint8Array;
  /** 32 bytes. */
  readonly verificationKey: Uint8Array;
  /** The verification key as CBOR, 34 bytes. */
  readonly verificationKeyCbor: Uint8Array;
  /** Blake2b-256 of the verification key, 32 bytes. */
  readonly verificationKeyHash: Uint8Array;
  /** Bytes of a serialised signing key. */
  readonly signingKeySize: number;
  /** Bytes of a signature. */
  readonly signatureSize: number;
  /** One entry for each period; the index is the period. */
  readonly periods: readonly HaskellKesPeriod[];
}

interface HaskellContent {
  readonly keys: readonly {
    readonly algorithm: KesAlgorithmKind;
    readonly depth: number;
    readonly name: string;
    readonly seedHex: string;
    readonly verificationKeyHex: string;
    readonly verificationKeyCborHex: string;
    readonly verificationKeyHashHex: string;
    readonly signingKeySize: number;
    readonly signatureSize: number;
    readonly periods: readonly {
      readonly period: number;
      readonly messageHex: string;
      readonly signatureHex: string;
      readonly signingKeySha256Hex: string;
      readonly signingKeyHex?: string;
    }[];
  }[];
}

type PeriodContent = HaskellContent['keys'][number]['periods'][number];

function decodePeriod(entry: PeriodContent): HaskellKesPeriod {
  return {
    period: entry.period,
    message: hexToBytes(entry.messageHex),
    signature: hexToBytes(entry.signatureHex),
    signingKeySha256: hexToBytes(entry.signingKeySha256Hex),
    ...(entry.signingKeyHex === undefined ? {} : { signingKey: hexToBytes(entry.signingKeyHex) }),
  };
}

/**
 * The vectors of `kes-haskell.json`: keys and signatures at every period, made by running the Haskell reference
 * (cardano-crypto-class 2.6.0.0), with two seeds for each algorithm and depth.
 *
 * @returns Fresh copies on every call.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { haskellKesVectors } from '@evolock/test-vectors';
 *
 * const vectors = haskellKesVectors();
 * assert.equal(vectors.flatMap(({ periods }) => periods).length, 1024);
 * ```
 */
export function haskellKesVectors(): HaskellKesVector[] {
  return (readVectorFile('kes-haskell.json') as HaskellContent).keys.map((key) => ({
    algorithm: key.algorithm,
    depth: key.depth,
    name: key.name,
    seed: hexToBytes(key.seedHex),
    verificationKey: hexToBytes(key.verificationKeyHex),
    verificationKeyCbor: hexToBytes(key.verificationKeyCborHex),
    verificationKeyHash: hexToBytes(key.verificationKeyHashHex),
    signingKeySize: key.signingKeySize,
    signatureSize: key.signatureSize,
    periods: key.periods.map(decodePeriod),
  }));
}
