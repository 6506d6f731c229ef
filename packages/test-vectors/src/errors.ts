import type { KesAlgorithmKind } from './vectors/algorithm.js';

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

/**
 * What went wrong between the runner and a process that is tested:
 *
 * - `STDIO_NOT_STARTED`: the command could not be started;
 * - `STDIO_ENDED`: the process ended before it answered;
 * - `STDIO_TIMEOUT`: it did not answer in time, and was ended;
 * - `STDIO_PROTOCOL`: what it wrote is not what the protocol says;
 * - `STDIO_REFUSED`: it answered with an error, which for some requests is the right answer.
 */
export type StdioErrorCode =
  'STDIO_NOT_STARTED' | 'STDIO_ENDED' | 'STDIO_TIMEOUT' | 'STDIO_PROTOCOL' | 'STDIO_REFUSED';

/**
 * An exchange with a process that failed.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { stdioImplementation } from '@evolock/test-vectors';
 *
 * await assert.rejects(stdioImplementation('evolock-no-such-command', []), {
 *   name: 'StdioError',
 *   code: 'STDIO_NOT_STARTED',
 * });
 * ```
 */
export class StdioError extends Error {
  /** @inheritDoc */
  override readonly name: string = 'StdioError';
  /** What went wrong, as a word that stays the same. */
  readonly code: StdioErrorCode;
  /** The level that a refusal of a tampered key names. */
  readonly level: number | undefined;

  /**
   * States a failure.
   *
   * @param code - What went wrong.
   * @param message - The same in words.
   * @param options - The level of a tampered key, and the `cause`.
   */
  constructor(
    code: StdioErrorCode,
    message: string,
    options: ErrorOptions & { readonly level?: number | undefined } = {},
  ) {
    super(message, options);
    this.code = code;
    this.level = options.level;
  }
}

/** The code of an {@link ArgumentError}. */
export type ArgumentErrorCode = 'WRONG_ARGUMENT';

/**
 * A caller's mistake: an argument or an option that cannot be what is meant. Nothing was driven and nothing started.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { ArgumentError, coverage } from '@evolock/test-vectors';
 *
 * assert.throws(
 *   // Of JSON the compiler knows nothing.
 *   () => coverage(JSON.parse('{ "kes": "sum" }')),
 *   (error) => error instanceof ArgumentError && error.argument === 'implementation.kes',
 * );
 * ```
 */
export class ArgumentError extends Error {
  /** @inheritDoc */
  override readonly name: string = 'ArgumentError';
  /** What went wrong, as a word that stays the same. */
  readonly code: ArgumentErrorCode = 'WRONG_ARGUMENT';
  /** Which one. */
  readonly argument: string;

  /**
   * States a mistake.
   *
   * @param argument - Which argument or option.
   * @param expected - What would have been right.
   * @param options - The `cause`, if there was one.
   */
  constructor(argument: string, expected: string, options?: ErrorOptions) {
    super(`${argument}: expected ${expected}`, options);
    this.argument = argument;
  }
}

/** The code of a {@link HexError}. */
export type HexErrorCode = 'INVALID_HEX';

/**
 * A text that is not pairs of the digits 0-9 and a-f.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { HexError, hexToBytes } from '@evolock/test-vectors';
 *
 * assert.throws(
 *   () => hexToBytes('0'),
 *   (error) => error instanceof HexError && error.code === 'INVALID_HEX',
 * );
 * ```
 */
export class HexError extends Error {
  /** @inheritDoc */
  override readonly name: string = 'HexError';
  /** What went wrong, as a word that stays the same. */
  readonly code: HexErrorCode = 'INVALID_HEX';
}

/** The code of an {@link ExternalVectorsError}. */
export type ExternalVectorsErrorCode = 'EXTERNAL_VECTORS_UNREADABLE' | 'EXTERNAL_VECTORS_MISSING';

/**
 * A file of external vectors that is there and cannot be read as JSON (the `cause` says why), or that is missing where
 * `EVOLOCK_REQUIRE_VECTORS` asks for it.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
 * import { tmpdir } from 'node:os';
 * import { join } from 'node:path';
 * import { externalVectors } from '@evolock/test-vectors';
 *
 * const folder = mkdtempSync(join(tmpdir(), 'evolock-'));
 * writeFileSync(join(folder, 'negatives.json'), 'no JSON');
 * const before = process.env.EVOLOCK_EXTERNAL_VECTORS ?? '';
 * process.env.EVOLOCK_EXTERNAL_VECTORS = folder;
 * try {
 *   assert.throws(() => externalVectors('negatives.json'), {
 *     name: 'ExternalVectorsError',
 *     code: 'EXTERNAL_VECTORS_UNREADABLE',
 *   });
 * } finally {
 *   process.env.EVOLOCK_EXTERNAL_VECTORS = before;
 *   rmSync(folder, { recursive: true });
 * }
 * ```
 */
export class ExternalVectorsError extends Error {
  /** @inheritDoc */
  override readonly name: string = 'ExternalVectorsError';
  /** What went wrong, as a word that stays the same. */
  readonly code: ExternalVectorsErrorCode;

  constructor(code: ExternalVectorsErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
