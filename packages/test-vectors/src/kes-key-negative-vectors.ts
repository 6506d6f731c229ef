import { hexToBytes } from './hex.js';
import { readVectorFile } from './vector-file.js';

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
  /** What to write; may be nothing. */
  readonly patch: Uint8Array;
  /** The size in bytes of the outcome. */
  readonly size: number;
  /** The period to state when reading; left out, none is. */
  readonly statedPeriod: number | undefined;
  /**
   * The level that an error has to name, 1 (next to the leaf) to the depth: the innermost whose
   * verification keys are not those that its secrets lead to. Left out where no level disagrees: a
   * reader that checks nothing must refuse those too.
   */
  readonly level: number | undefined;
  /** Why it must be refused; no two vectors of a depth and period have the same. */
  readonly why: string;
}

interface Content {
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
  return (readVectorFile('kes-key-negatives.json') as Content).vectors.map((vector) => ({
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
