import { readVectorFile } from '../vector-file.js';
import type { KesAlgorithmKind } from './algorithm.js';
import { hexToBytes } from './bytes.js';

/** One key over its whole life. Sum and compact sum keys are the same bytes. */
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

/** A form of serialised keys that carries the period. */
export type KesKeyForm = 'rust' | 'versioned';

/** A key in a form: `head`, then the key of `kes-signing-keys.json` at `period`, then `tail`. */
export interface KesKeyFormVector {
  /** The algorithm. */
  readonly algorithm: KesAlgorithmKind;
  /** The depth. */
  readonly depth: number;
  /** Which form. */
  readonly form: KesKeyForm;
  /** The period. */
  readonly period: number;
  /** The bytes before the key. */
  readonly head: Uint8Array;
  /** The bytes after the key. */
  readonly tail: Uint8Array;
}

/** A key in a form that must not be read. */
export interface KesKeyFormNegative extends KesKeyFormVector {
  /** The number of bytes that remain. */
  readonly size: number;
  /** Why it must be refused; no two of an algorithm, depth and form have the same. */
  readonly why: string;
}

/** The content of `kes-key-forms.json`. */
export interface KesKeyFormVectors {
  /** The first, an alternating and the last period of every algorithm and depth, in both forms. */
  readonly positives: readonly KesKeyFormVector[];
  /** Keys that a reader must refuse. */
  readonly negatives: readonly KesKeyFormNegative[];
}

interface FormEntry {
  readonly algorithm: KesAlgorithmKind;
  readonly depth: number;
  readonly form: KesKeyForm;
  readonly period: number;
  readonly headHex: string;
  readonly tailHex: string;
}

interface FormContent {
  readonly positives: readonly FormEntry[];
  readonly negatives: readonly (FormEntry & { readonly size: number; readonly why: string })[];
}

function decodeForm({
  algorithm,
  depth,
  form,
  period,
  headHex,
  tailHex,
}: FormEntry): KesKeyFormVector {
  const [head, tail] = [hexToBytes(headHex), hexToBytes(tailHex)];
  return { algorithm, depth, form, period, head, tail };
}

/**
 * The vectors of `kes-key-forms.json`: the layout of the Rust crate (the period after the key, 4 bytes,
 * big endian) and the versioned form (before the key: `evok`, version 1, three zeroes, the first 8
 * bytes of Blake2b-256 of the algorithm's name, the period as 4 bytes, big endian).
 *
 * @returns Fresh copies on every call.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { kesKeyFormVectors } from '@evolock/test-vectors';
 *
 * for (const { form, head, tail } of kesKeyFormVectors().positives) {
 *   assert.deepEqual([head.length, tail.length], form === 'rust' ? [0, 4] : [20, 0]);
 * }
 * ```
 */
export function kesKeyFormVectors(): KesKeyFormVectors {
  const { positives, negatives } = readVectorFile('kes-key-forms.json') as FormContent;
  return {
    positives: positives.map(decodeForm),
    negatives: negatives.map((entry) => ({
      ...decodeForm(entry),
      size: entry.size,
      why: entry.why,
    })),
  };
}
