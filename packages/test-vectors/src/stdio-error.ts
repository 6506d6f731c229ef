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
