import { EvolockError } from '@evolock/direct-serialise';

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

  constructor(what: string, isProcessEnding = false) {
    super(
      isProcessEnding
        ? `this ${what} is wiped: the process is ending, and all locked memory was wiped when its exit listeners ran`
        : `this ${what} was released: its memory is wiped, make or read a new one`,
    );
  }
}

/**
 * The memory of a key, a seed or locked bytes is gone: a callback transferred the `ArrayBuffer` behind a view that it was
 * lent (`ArrayBuffer.prototype.transfer`, Node.js 22 and later). All values in the same region lose their memory with it.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { MemoryTransferredError } from '@evolock/mlocked-bytes';
 *
 * const error = new MemoryTransferredError('MLockedBytes');
 * assert.equal(error.code, 'ERR_EVOLOCK_MEMORY_TRANSFERRED');
 * ```
 */
export class MemoryTransferredError extends EvolockError {
  readonly code = 'ERR_EVOLOCK_MEMORY_TRANSFERRED';

  constructor(what: string) {
    super(
      `the memory of this ${what} is gone: a callback transferred the ArrayBuffer behind a view that it was lent. ` +
        'Find that callback, release this value, make or read a new one',
    );
  }
}

/**
 * A callback tried to take locked memory out: it returned a promise, an iterator (which has not run yet), the view that
 * it was lent, or the buffer behind it; or it transferred that buffer. JavaScript cannot revoke a view, and the memory
 * will have another owner.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { MLockedBytes } from '@evolock/mlocked-bytes';
 *
 * const bytes = MLockedBytes.newZeroed(32);
 * assert.throws(() => bytes.withBytes((view) => view), { code: 'ERR_EVOLOCK_VIEW_ESCAPE' });
 * bytes.release();
 * ```
 */
export class ViewEscapeError extends EvolockError {
  readonly code = 'ERR_EVOLOCK_VIEW_ESCAPE';

  constructor(what: string) {
    super(
      `a callback that is lent locked memory ${what}; the memory is its own only for the call: copy what is public, ` +
        'finish synchronously, return something else',
    );
  }
}

/**
 * Two copies of one evolock package met in one process. Their classes and their locked memory are not the same, so
 * nothing passes from one to the other.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { DuplicatePackageError } from '@evolock/mlocked-bytes';
 *
 * const error = new DuplicatePackageError('@evolock/mlocked-bytes', 'seed', '0.1.0', '0.2.0');
 * assert.match(error.message, /npm dedupe/);
 * ```
 */
export class DuplicatePackageError extends EvolockError {
  readonly code = 'ERR_EVOLOCK_DUPLICATE_PACKAGE';

  constructor(packageName: string, argument: string, ours: string, theirs: string) {
    super(
      `${argument}: it was made by another copy of ${packageName} (version ${theirs}, this one is ${ours}). ` +
        `One process needs one copy: see \`npm ls ${packageName}\`, then align the versions and run \`npm dedupe\``,
    );
  }
}
