import { readVectorFile } from '../vector-file.js';
import type { KesAlgorithmKind } from './algorithm.js';
import { hexToBytes } from './bytes.js';

/** What is encoded. */
export type KesCborSubject = 'verificationKey' | 'signature';

/** The heads of an algorithm: the CBOR form is the head, then the raw bytes. */
export interface KesCborHead {
  /** The algorithm. */
  readonly algorithm: KesAlgorithmKind;
  /** The depth. */
  readonly depth: number;
  /** `5820`. */
  readonly verificationKeyHead: Uint8Array;
  /** `5840` to `590200`. */
  readonly signatureHead: Uint8Array;
}

/** Bytes that a decoder must refuse: `head`, then the first `kept` of the raw bytes, then `tail`. */
export interface KesCborNegative {
  /** The algorithm. */
  readonly algorithm: KesAlgorithmKind;
  /** The depth. */
  readonly depth: number;
  /** What is decoded. */
  readonly subject: KesCborSubject;
  /** The first bytes. */
  readonly head: Uint8Array;
  /** How many of the raw bytes (of the verification key, or of the signature at period 0) follow. */
  readonly kept: number;
  /** The last bytes. */
  readonly tail: Uint8Array;
  /** Why it must be refused; no two of an algorithm, depth and subject have the same. */
  readonly why: string;
}

/** The content of `kes-cbor.json`. */
export interface KesCborVectors {
  /** One for every algorithm and depth. */
  readonly heads: readonly KesCborHead[];
  /** What a decoder must refuse. */
  readonly negatives: readonly KesCborNegative[];
}

interface Place {
  readonly algorithm: KesAlgorithmKind;
  readonly depth: number;
}

interface Content {
  readonly heads: readonly (Place & {
    readonly verificationKeyHeadHex: string;
    readonly signatureHeadHex: string;
  })[];
  readonly negatives: readonly (Place & {
    readonly subject: KesCborSubject;
    readonly headHex: string;
    readonly kept: number;
    readonly tailHex: string;
    readonly why: string;
  })[];
}

/**
 * The vectors of `kes-cbor.json`: verification keys and signatures as one CBOR byte string (RFC 8949)
 * with the shortest head and no tag, and what a decoder must refuse.
 *
 * @returns Fresh copies on every call.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { bytesToHex, kesCborVectors } from '@evolock/test-vectors';
 *
 * const six = kesCborVectors().heads.find(
 *   ({ algorithm, depth }) => algorithm === 'sum' && depth === 6,
 * );
 * assert.equal(six && bytesToHex(six.signatureHead), '5901c0');
 * ```
 */
export function kesCborVectors(): KesCborVectors {
  const { heads, negatives } = readVectorFile('kes-cbor.json') as Content;
  return {
    heads: heads.map(({ algorithm, depth, verificationKeyHeadHex, signatureHeadHex }) => ({
      algorithm,
      depth,
      verificationKeyHead: hexToBytes(verificationKeyHeadHex),
      signatureHead: hexToBytes(signatureHeadHex),
    })),
    negatives: negatives.map(({ algorithm, depth, subject, headHex, kept, tailHex, why }) => ({
      algorithm,
      depth,
      subject,
      head: hexToBytes(headHex),
      kept,
      tail: hexToBytes(tailHex),
      why,
    })),
  };
}
