import { EvolockError } from '@evolock/direct-serialise';

/**
 * A key, a seed or locked bytes were used after they had been released: the memory is wiped and may have a new owner.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { MLockedBytes } from '@evolock/mlocked-bytes';
 *
 * const bytes = MLockedBytes.newZeroed(32);
 * bytes.release();
 * assert.throws(() => bytes.zero(), { code: 'ERR_EVOLOCK_RELEASED' });
 * ```
 */
export class ReleasedError extends EvolockError {
  readonly code = 'ERR_EVOLOCK_RELEASED';

  constructor(what: string) {
    super(`this ${what} was released: its memory is wiped, make or read a new one`);
  }
}
