import type { KesAlgorithmKind } from './vectors.js';

/** What an implementation did wrong. */
export type ConformanceErrorCode =
  /** A size or the number of periods that it states, or the size of a block. */
  | 'ERR_EVOLOCK_SIZE_MISMATCH'
  /** A key at another period than expected. */
  | 'ERR_EVOLOCK_PERIOD_MISMATCH'
  /** Bytes that differ: a half of a seed, a key, a signature, a proof or its output, a key in the Rust form, a file. */
  | 'ERR_EVOLOCK_EXPANSION_MISMATCH'
  | 'ERR_EVOLOCK_VERIFICATION_KEY_MISMATCH'
  | 'ERR_EVOLOCK_SIGNING_KEY_MISMATCH'
  | 'ERR_EVOLOCK_SIGNATURE_MISMATCH'
  | 'ERR_EVOLOCK_PROOF_MISMATCH'
  | 'ERR_EVOLOCK_OUTPUT_MISMATCH'
  | 'ERR_EVOLOCK_ENCODING_MISMATCH'
  /** A wrong verdict of `verify`. */
  | 'ERR_EVOLOCK_VALID_REJECTED'
  | 'ERR_EVOLOCK_INVALID_ACCEPTED'
  /** A verdict on a header or a sealed log in which a member differs. */
  | 'ERR_EVOLOCK_VERDICT_MISMATCH'
  /** An update past the last period did not throw. */
  | 'ERR_EVOLOCK_UPDATE_ACCEPTED'
  /** A serialised key that must be rejected was read. */
  | 'ERR_EVOLOCK_MALFORMED_ACCEPTED'
  /** An error about a tampered key names another level. */
  | 'ERR_EVOLOCK_LEVEL_MISMATCH'
  /** An error of the implementation, which is the `cause`. */
  | 'ERR_EVOLOCK_IMPLEMENTATION_THREW';

/** The place of a case in the vectors. */
export interface VectorLocation {
  /** A file of vectors; for a case of `schemeCases`, the name of the scheme. */
  readonly file: string;
  /** The name of an entry, or why it must be rejected. */
  readonly entry?: string;
  readonly algorithm?: KesAlgorithmKind;
  readonly depth?: number;
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
  override readonly name: string = 'ConformanceError';
  readonly code: ConformanceErrorCode;
  readonly location: VectorLocation;
  /** What differed, in words: the message without the place. */
  readonly difference: string;

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

/** What went wrong between the runner and a process that is tested. */
export type StdioErrorCode =
  /** The command could not be started. */
  | 'ERR_EVOLOCK_STDIO_NOT_STARTED'
  /** The process ended before its response. */
  | 'ERR_EVOLOCK_STDIO_ENDED'
  /** It sent no response in time and was killed. */
  | 'ERR_EVOLOCK_STDIO_TIMEOUT'
  /** Its output is not in the protocol. */
  | 'ERR_EVOLOCK_STDIO_PROTOCOL'
  /** Its response is an error, which is right for some requests. */
  | 'ERR_EVOLOCK_STDIO_REFUSED';

/** A failed exchange with a process. */
export class StdioError extends Error {
  override readonly name: string = 'StdioError';
  readonly code: StdioErrorCode;
  /** The level that a refusal of a tampered key names. */
  readonly level: number | undefined;

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
