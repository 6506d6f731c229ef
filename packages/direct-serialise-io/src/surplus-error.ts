import { EvolockError } from '@evolock/direct-serialise';

/**
 * The source holds more than it should: bytes behind the last value, which nobody asked for.
 *
 * The value and what came behind it are wiped.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { SurplusError } from '@evolock/direct-serialise-io';
 *
 * const error = new SurplusError(32, 33);
 * assert.equal(error.code, 'ERR_EVOLOCK_IO_SURPLUS');
 * assert.equal(error.message, 'the source holds too much: expected 32 bytes, actual at least 33 bytes');
 * ```
 */
export class SurplusError extends EvolockError {
  readonly code = 'ERR_EVOLOCK_IO_SURPLUS';
  /** Bytes that were asked for; 0 when a connection was closed and nothing more was. */
  readonly expected: number;
  /** Bytes that had been seen when the error was thrown; there may be more. */
  readonly actual: number;
  /** The file; `undefined` for a descriptor or a connection. */
  readonly path: string | undefined;

  constructor(expected: number, actual: number, path?: string) {
    super(
      `${path === undefined ? 'the source' : `${path}: it`} holds too much: expected ${expected} bytes, actual at least ${actual} bytes`,
    );
    this.expected = expected;
    this.actual = actual;
    this.path = path;
  }
}
