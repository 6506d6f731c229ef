import { hexToBytes } from './hex.js';
import type { KesAlgorithmKind } from './kes-algorithm.js';
import { readVectorFile } from './vector-file.js';

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
  /** What comes before the key. */
  readonly head: Uint8Array;
  /** What comes behind it. */
  readonly tail: Uint8Array;
}

/** A key in a form that must not be read. */
export interface KesKeyFormNegative extends KesKeyFormVector {
  /** How many bytes of all are there. */
  readonly size: number;
  /** Why it must be refused; no two of an algorithm, depth and form have the same. */
  readonly why: string;
}

/** The content of `kes-key-forms.json`. */
export interface KesKeyFormVectors {
  /** The first, an alternating and the last period of every algorithm and depth, in both forms. */
  readonly positives: readonly KesKeyFormVector[];
  /** What must not be read. */
  readonly negatives: readonly KesKeyFormNegative[];
}

interface Entry {
  readonly algorithm: KesAlgorithmKind;
  readonly depth: number;
  readonly form: KesKeyForm;
  readonly period: number;
  readonly headHex: string;
  readonly tailHex: string;
}

interface Content {
  readonly positives: readonly Entry[];
  readonly negatives: readonly (Entry & { readonly size: number; readonly why: string })[];
}

function decode({ algorithm, depth, form, period, headHex, tailHex }: Entry): KesKeyFormVector {
  const [head, tail] = [hexToBytes(headHex), hexToBytes(tailHex)];
  return { algorithm, depth, form, period, head, tail };
}

/**
 * The vectors of `kes-key-forms.json`: the layout of the Rust crate (the period behind the key, 4 bytes,
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
  const { positives, negatives } = readVectorFile('kes-key-forms.json') as Content;
  return {
    positives: positives.map(decode),
    negatives: negatives.map((entry) => ({ ...decode(entry), size: entry.size, why: entry.why })),
  };
}
