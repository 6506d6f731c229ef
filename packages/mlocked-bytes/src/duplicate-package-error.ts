import { EvolockError } from '@evolock/direct-serialise';

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
