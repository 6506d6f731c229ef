import { EvolockError } from '@evolock/direct-serialise';

/**
 * The source ended before the value was complete: the peer closed its side, the pipe or the file ended.
 *
 * What had arrived is wiped.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { ClosedEarlyError } from '@evolock/direct-serialise-io';
 *
 * const error = new ClosedEarlyError(32, 7);
 * assert.equal(error.code, 'ERR_EVOLOCK_IO_CLOSED_EARLY');
 * assert.equal(error.message, 'the source ended early: expected 32 bytes, actual 7 bytes');
 * ```
 */
export class ClosedEarlyError extends EvolockError {
  readonly code = 'ERR_EVOLOCK_IO_CLOSED_EARLY';
  /** Bytes that were asked for. */
  readonly expected: number;
  /** Bytes that arrived before the end. */
  readonly actual: number;
  /** The file; `undefined` for a descriptor or a connection. */
  readonly path: string | undefined;

  constructor(expected: number, actual: number, path?: string) {
    super(
      `${path === undefined ? 'the source' : `${path}: it`} ended early: expected ${expected} bytes, actual ${actual} bytes`,
    );
    this.expected = expected;
    this.actual = actual;
    this.path = path;
  }
}
