import type { KesAlgorithmKind } from './vectors/algorithm.js';

/**
 * What an implementation did wrong:
 *
 * - `ERR_EVOLOCK_SIZE_MISMATCH`: a size or the number of periods that it states, or of a block;
 * - `ERR_EVOLOCK_PERIOD_MISMATCH`: a key at another period than expected;
 * - `ERR_EVOLOCK_EXPANSION_MISMATCH`: a half of an expanded seed;
 * - `ERR_EVOLOCK_VERIFICATION_KEY_MISMATCH`, `ERR_EVOLOCK_SIGNING_KEY_MISMATCH`, `ERR_EVOLOCK_SIGNATURE_MISMATCH`:
 *   bytes that differ;
 * - `ERR_EVOLOCK_PROOF_MISMATCH`, `ERR_EVOLOCK_OUTPUT_MISMATCH`: a proof of a VRF, or its output, that differs;
 * - `ERR_EVOLOCK_VALID_REJECTED`, `ERR_EVOLOCK_INVALID_ACCEPTED`: a wrong verdict of `verify`;
 * - `ERR_EVOLOCK_UPDATE_ACCEPTED`: an update past the last period that did not throw;
 * - `ERR_EVOLOCK_ENCODING_MISMATCH`: bytes of a CBOR form, or of a key in the Rust form, that differ;
 * - `ERR_EVOLOCK_MALFORMED_ACCEPTED`: an encoding or a serialised key that must be rejected was read;
 * - `ERR_EVOLOCK_LEVEL_MISMATCH`: an error about a tampered key that names another level;
 * - `ERR_EVOLOCK_IMPLEMENTATION_THREW`: an error from the implementation, which is the `cause`.
 */
export type ConformanceErrorCode =
  | 'ERR_EVOLOCK_SIZE_MISMATCH'
  | 'ERR_EVOLOCK_PERIOD_MISMATCH'
  | 'ERR_EVOLOCK_EXPANSION_MISMATCH'
  | 'ERR_EVOLOCK_VERIFICATION_KEY_MISMATCH'
  | 'ERR_EVOLOCK_SIGNING_KEY_MISMATCH'
  | 'ERR_EVOLOCK_SIGNATURE_MISMATCH'
  | 'ERR_EVOLOCK_PROOF_MISMATCH'
  | 'ERR_EVOLOCK_OUTPUT_MISMATCH'
  | 'ERR_EVOLOCK_VALID_REJECTED'
  | 'ERR_EVOLOCK_INVALID_ACCEPTED'
  | 'ERR_EVOLOCK_UPDATE_ACCEPTED'
  | 'ERR_EVOLOCK_ENCODING_MISMATCH'
  | 'ERR_EVOLOCK_MALFORMED_ACCEPTED'
  | 'ERR_EVOLOCK_LEVEL_MISMATCH'
  | 'ERR_EVOLOCK_IMPLEMENTATION_THREW';

/** The place of a case in the vectors. */
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
 */
export class ConformanceError extends Error {
  /** @inheritDoc */
  override readonly name: string = 'ConformanceError';
  /** The stable code. */
  readonly code: ConformanceErrorCode;
  /** The place in the vectors. */
  readonly location: VectorLocation;
  /** What differed, in words: the message without the place. */
  readonly difference: string;

  /**
   * Creates an error.
   *
   * @param code - What went wrong.
   * @param location - The place in the vectors.
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
    this.difference = difference;
  }
}

/**
 * What went wrong between the runner and a process that is tested:
 *
 * - `ERR_EVOLOCK_STDIO_NOT_STARTED`: the command could not be started;
 * - `ERR_EVOLOCK_STDIO_ENDED`: the process ended before its response;
 * - `ERR_EVOLOCK_STDIO_TIMEOUT`: it sent no response in time and was killed;
 * - `ERR_EVOLOCK_STDIO_PROTOCOL`: its output is not in the protocol;
 * - `ERR_EVOLOCK_STDIO_REFUSED`: its response is an error, which is right for some requests.
 */
export type StdioErrorCode =
  | 'ERR_EVOLOCK_STDIO_NOT_STARTED'
  | 'ERR_EVOLOCK_STDIO_ENDED'
  | 'ERR_EVOLOCK_STDIO_TIMEOUT'
  | 'ERR_EVOLOCK_STDIO_PROTOCOL'
  | 'ERR_EVOLOCK_STDIO_REFUSED';

/**
 * A failed exchange with a process.
 */
export class StdioError extends Error {
  /** @inheritDoc */
  override readonly name: string = 'StdioError';
  /** The stable code. */
  readonly code: StdioErrorCode;
  /** The level that a refusal of a tampered key names. */
  readonly level: number | undefined;

  /**
   * Creates an error.
   *
   * @param code - What went wrong.
   * @param message - The message.
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
export type ArgumentErrorCode = 'ERR_EVOLOCK_WRONG_ARGUMENT';

/**
 * A wrong argument or option. Nothing was called and no process was started.
 */
export class ArgumentError extends Error {
  /** @inheritDoc */
  override readonly name: string = 'ArgumentError';
  /** The stable code. */
  readonly code: ArgumentErrorCode = 'ERR_EVOLOCK_WRONG_ARGUMENT';
  /** The argument or option. */
  readonly argument: string;

  /**
   * Creates an error.
   *
   * @param argument - Which argument or option.
   * @param expected - What was expected.
   * @param options - The `cause`, if there was one.
   */
  constructor(argument: string, expected: string, options?: ErrorOptions) {
    super(`${argument}: expected ${expected}`, options);
    this.argument = argument;
  }
}

/** The code of a {@link HexError}. */
export type HexErrorCode = 'ERR_EVOLOCK_INVALID_HEX';

/**
 * A text that is not pairs of the digits 0-9 and a-f.
 */
export class HexError extends Error {
  /** @inheritDoc */
  override readonly name: string = 'HexError';
  /** The stable code. */
  readonly code: HexErrorCode = 'ERR_EVOLOCK_INVALID_HEX';
}

/** The code of an {@link ExternalVectorsError}. */
export type ExternalVectorsErrorCode =
  'ERR_EVOLOCK_EXTERNAL_VECTORS_UNREADABLE' | 'ERR_EVOLOCK_EXTERNAL_VECTORS_MISSING';

/**
 * A file of external vectors that is not JSON (the reason is the `cause`), or that is missing although
 * `EVOLOCK_REQUIRE_VECTORS` is set.
 */
export class ExternalVectorsError extends Error {
  /** @inheritDoc */
  override readonly name: string = 'ExternalVectorsError';
  /** The stable code. */
  readonly code: ExternalVectorsErrorCode;

  constructor(code: ExternalVectorsErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
