import { readVectorFile } from '../vector-file.js';
import type { KesAlgorithmKind } from './algorithm.js';
import { hexToBytes } from './bytes.js';

/** One key at every period. Sum and compact sum keys are the same bytes. */
export interface KesSigningKeyVector {
  /** 0 to 7. */
  readonly depth: number;
  /** 2^depth. */
  readonly totalPeriods: number;
  /** 32 bytes. */
  readonly seed: Uint8Array;
  /** 32 bytes. */
  readonly verificationKey: Uint8Array;
  /** Sizes of the blocks of DirectSerialise in order: 1 + 3 · depth times 32 bytes. */
  readonly blockSizes: readonly number[];
  /** The serialised key at every period, 32 + 96 · depth bytes each; the index is the period. */
  readonly signingKeys: readonly Uint8Array[];
}

interface KeyContent {
  readonly keys: readonly {
    readonly depth: number;
    readonly totalPeriods: number;
    readonly seedHex: string;
    readonly verificationKeyHex: string;
    readonly blockSizes: readonly number[];
    readonly signingKeysHex: readonly string[];
  }[];
}

/**
 * The vectors of `kes-signing-keys.json`: for depths 0 to 7 a seed, its verification key and its
 * signing key at every period.
 *
 * @returns Fresh copies on every call.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { kesSigningKeyVectors } from '@evolock/test-vectors';
 *
 * const six = kesSigningKeyVectors().find(({ depth }) => depth === 6);
 * assert.equal(six?.signingKeys.length, 64);
 * assert.equal(six.signingKeys[0]?.length, 608);
 * ```
 */
export function kesSigningKeyVectors(): KesSigningKeyVector[] {
  return (readVectorFile('kes-signing-keys.json') as KeyContent).keys.map((key) => ({
    depth: key.depth,
    totalPeriods: key.totalPeriods,
    seed: hexToBytes(key.seedHex),
    verificationKey: hexToBytes(key.verificationKeyHex),
    blockSizes: key.blockSizes,
    signingKeys: key.signingKeysHex.map(hexToBytes),
  }));
}

/**
 * A serialised signing key that must not be read: the key of `kes-signing-keys.json` at `period`, with
 * `patch` written over it at `offset`, then cut off or filled with zeroes to `size`.
 */
export interface KesKeyNegativeVector {
  /** 0 to 7. */
  readonly depth: number;
  /** The period of the key to start from. */
  readonly period: number;
  /** Where to write. */
  readonly offset: number;
  /** What to write; can be empty. */
  readonly patch: Uint8Array;
  /** The size of the result in bytes. */
  readonly size: number;
  /** The period to state when reading; absent, no period is stated. */
  readonly statedPeriod: number | undefined;
  /**
   * The level that an error has to name, 1 (next to the leaf) to the depth: the innermost whose verification keys are
   * not those that its secrets lead to. Absent when no level disagrees: a reader that recomputes nothing must refuse
   * those too.
   */
  readonly level: number | undefined;
  /** Why it must be refused; no two vectors of a depth and period have the same. */
  readonly why: string;
}

interface NegativeContent {
  readonly vectors: readonly {
    readonly depth: number;
    readonly period: number;
    readonly offset: number;
    readonly patchHex: string;
    readonly size: number;
    readonly statedPeriod?: number;
    readonly level?: number;
    readonly why: string;
  }[];
}

/**
 * The vectors of `kes-key-negatives.json`: serialised signing keys of a wrong length, of another period
 * than stated, and tampered ones with the level that an error has to name. Sum and compact sum keys
 * are the same bytes.
 *
 * @returns Fresh copies on every call.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { kesKeyNegativeVectors } from '@evolock/test-vectors';
 *
 * const levels = kesKeyNegativeVectors().map(({ level }) => level ?? 0);
 * assert.equal(Math.max(...levels), 7);
 * ```
 */
export function kesKeyNegativeVectors(): KesKeyNegativeVector[] {
  return (readVectorFile('kes-key-negatives.json') as NegativeContent).vectors.map((vector) => ({
    depth: vector.depth,
    period: vector.period,
    offset: vector.offset,
    patch: hexToBytes(vector.patchHex),
    size: vector.size,
    statedPeriod: vector.statedPeriod,
    level: vector.level,
    why: vector.why,
  }));
}

/** A key in the layout of the Rust crate: the key of `kes-signing-keys.json` at `period`, then `tail`. */
export interface KesRustFormVector {
  /** 0 to 7. */
  readonly depth: number;
  /** The period of the key. */
  readonly period: number;
  /** The stated period: 4 bytes, big endian. */
  readonly tail: Uint8Array;
}

/** Bytes in that layout that must not be read. */
export interface KesRustFormNegative extends KesRustFormVector {
  /** The number of bytes that remain of the key and the tail. */
  readonly size: number;
  /** Why they must be refused; no two vectors of a depth have the same. */
  readonly why: string;
}

/** The content of `kes-rust-form.json`. */
export interface KesRustFormVectors {
  /** The first, an alternating and the last period of every depth. */
  readonly positives: readonly KesRustFormVector[];
  /** Bytes that a reader must refuse. */
  readonly negatives: readonly KesRustFormNegative[];
}

interface RustFormEntry {
  readonly depth: number;
  readonly period: number;
  readonly tailHex: string;
}

interface RustFormContent {
  readonly positives: readonly RustFormEntry[];
  readonly negatives: readonly (RustFormEntry & { readonly size: number; readonly why: string })[];
}

function decodeRustForm({ depth, period, tailHex }: RustFormEntry): KesRustFormVector {
  return { depth, period, tail: hexToBytes(tailHex) };
}

/**
 * The vectors of `kes-rust-form.json`: signing keys in the layout of the Rust crate `kes-summed-ed25519`, which has the
 * period after the key. Sum and compact sum keys are the same bytes.
 *
 * @returns Fresh copies on every call.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { bytesToHex, kesRustFormVectors } from '@evolock/test-vectors';
 *
 * const { positives } = kesRustFormVectors();
 * const last = positives.find(({ depth, period }) => depth === 6 && period === 63);
 * assert.equal(last && bytesToHex(last.tail), '0000003f');
 * ```
 */
export function kesRustFormVectors(): KesRustFormVectors {
  const { positives, negatives } = readVectorFile('kes-rust-form.json') as RustFormContent;
  return {
    positives: positives.map(decodeRustForm),
    negatives: negatives.map((entry) => ({
      ...decodeRustForm(entry),
      size: entry.size,
      why: entry.why,
    })),
  };
}
