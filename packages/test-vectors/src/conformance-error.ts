import type { KesAlgorithmKind } from './kes-algorithm.js';

/**
 * What an implementation did wrong:
 *
 * - `SIZE_MISMATCH`: a size or the number of periods that it states, or of a block;
 * - `PERIOD_MISMATCH`: a key that stands at another period than expected;
 * - `EXPANSION_MISMATCH`: a half of an expanded seed;
 * - `VERIFICATION_KEY_MISMATCH`, `SIGNING_KEY_MISMATCH`, `SIGNATURE_MISMATCH`: bytes that differ;
 * - `VALID_REJECTED`, `INVALID_ACCEPTED`: a wrong verdict of `verify`;
 * - `UPDATE_ACCEPTED`: an update past the last period that did not throw;
 * - `ENCODING_MISMATCH`: bytes of a CBOR form, or of a form of keys with the period, that differ;
 * - `MALFORMED_ACCEPTED`: an encoding or a serialised key that must not be read, and was;
 * - `LEVEL_MISMATCH`: an error about a tampered key that names another level;
 * - `IMPLEMENTATION_THREW`: an error from the implementation, which is the `cause`.
 */
export type ConformanceErrorCode =
  | 'SIZE_MISMATCH'
  | 'PERIOD_MISMATCH'
  | 'EXPANSION_MISMATCH'
  | 'VERIFICATION_KEY_MISMATCH'
  | 'SIGNING_KEY_MISMATCH'
  | 'SIGNATURE_MISMATCH'
  | 'VALID_REJECTED'
  | 'INVALID_ACCEPTED'
  | 'UPDATE_ACCEPTED'
  | 'ENCODING_MISMATCH'
  | 'MALFORMED_ACCEPTED'
  | 'LEVEL_MISMATCH'
  | 'IMPLEMENTATION_THREW';

/** Where in the vectors a case stands. */
export interface VectorLocation {
  /** The name of the file. */
  readonly file: string;
  /** The name of an entry, or why it must be rejected. */
  readonly entry?: string;
  /** The algorithm. */
  readonly algorithm?: KesAlgorithmKind;
  /** The depth. */
  readonly depth?: number;
  /** The period. */
  readonly period?: number;
}

function describeLocation({ file, entry, algorithm, depth, period }: VectorLocation): string {
  const parts = [
    algorithm,
    depth === undefined ? undefined : `depth ${depth}`,
    period === undefined ? undefined : `period ${period}`,
    entry,
  ].filter((part) => part !== undefined);
  return parts.length === 0 ? file : `${file}: ${parts.join(', ')}`;
}

/**
 * An implementation that differs from the vectors. The message names the file, the algorithm, the
 * depth, the period and what differed.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { ConformanceError, conformanceCases } from '@evolock/test-vectors';
 *
 * const [first] = conformanceCases({ seed: { expand: (seed) => ({ left: seed, right: seed }) } });
 * assert.throws(
 *   () => first?.run(),
 *   (error) =>
 *     error instanceof ConformanceError &&
 *     error.code === 'EXPANSION_MISMATCH' &&
 *     error.message.startsWith('seed-expansion.json: all zero: the left seed differs at byte 0'),
 * );
 * ```
 */
export class ConformanceError extends Error {
  /** @inheritDoc */
  override readonly name: string = 'ConformanceError';
  /** What went wrong, as a word that stays the same. */
  readonly code: ConformanceErrorCode;
  /** Where in the vectors. */
  readonly location: VectorLocation;

  /**
   * States a difference.
   *
   * @param code - What went wrong.
   * @param location - Where in the vectors.
   * @param difference - What differed, in words.
   * @param options - The error of the implementation as `cause`, if there was one.
   */
  constructor(
    code: ConformanceErrorCode,
    location: VectorLocation,
    difference: string,
    options?: ErrorOptions,
  ) {
    super(`${describeLocation(location)}: ${difference}`, options);
    this.code = code;
    this.location = location;
  }
}
