import { EvolockError } from '@evolock/direct-serialise';
import { wipedAtExit } from './mapping.js';

/**
 * A key, a seed or locked bytes were used after they had been released: the memory is wiped and may have a new owner.
 *
 * In an `exit` listener of the application the message says that the process is ending: the listener of this package
 * ran before, and wiped everything.
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
    super(
      wipedAtExit()
        ? `this ${what} is wiped: the process is ending, and all locked memory was wiped when its exit listeners ran`
        : `this ${what} was released: its memory is wiped, make or read a new one`,
    );
  }
}
