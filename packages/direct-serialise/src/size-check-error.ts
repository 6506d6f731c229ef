import { EvolockError } from './error.js';

/**
 * A value and the memory it was to go to, or to come from, differ in size.
 *
 * A block that would pass the end: `expected` is the number of bytes that remained, `actual` the size of the block.
 * Too few bytes in a checked form: `expected` is the number that was asked for, `actual` the number that passed.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { directSerialiseBufChecked, SizeCheckError } from '@evolock/direct-serialise';
 *
 * const value = { directSerialise: (push: (block: Uint8Array) => void) => push(new Uint8Array(32)) };
 * assert.throws(() => directSerialiseBufChecked(new Uint8Array(40), value), (error) => {
 *   assert(error instanceof SizeCheckError);
 *   assert.deepEqual([error.expected, error.actual], [40, 32]);
 *   return true;
 * });
 * ```
 */
export class SizeCheckError extends EvolockError {
  readonly code = 'ERR_EVOLOCK_SIZE_CHECK';
  /** Bytes that there was room for, or that were asked for. */
  readonly expected: number;
  /** Bytes of the block, or bytes that passed. */
  readonly actual: number;

  constructor(what: string, expected: number, actual: number, options?: ErrorOptions) {
    super(`${what}: expected ${String(expected)} bytes, actual ${String(actual)} bytes`, options);
    this.expected = expected;
    this.actual = actual;
  }
}
