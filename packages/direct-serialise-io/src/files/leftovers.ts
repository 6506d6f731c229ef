import { constants, fstatSync, openSync, unlinkSync } from 'node:fs';
import { attempt, close } from './file-error.js';
import { withLockFile } from './lock-file.js';
import { checkPath } from './path.js';
import { overwrite, temporaryFilesOf } from './temporary-file.js';

/**
 * The unfinished files that killed runs left beside a file. Each may hold a whole key. The file that another run is
 * writing at this moment is among them.
 *
 * @param path - The file that was to be written.
 * @returns Their paths.
 * @throws {@link FileError} `ERR_EVOLOCK_IO_FILE`, {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { leftoversOf } from '@evolock/direct-serialise-io';
 *
 * assert.deepEqual(leftoversOf('key'), []);
 * ```
 */
export function leftoversOf(path: string | URL): string[] {
  return temporaryFilesOf(checkPath(path));
}

/**
 * Overwrites and removes the unfinished files that killed runs left beside a file, under the lock of the file: no other
 * run is writing it. Everything that writes a file here does this first.
 *
 * @returns What was removed.
 * @throws {@link FileError} `ERR_EVOLOCK_IO_FILE`, {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { eraseLeftovers } from '@evolock/direct-serialise-io';
 *
 * assert.deepEqual(eraseLeftovers('key'), []);
 * ```
 */
export function eraseLeftovers(path: string | URL): string[] {
  return withLockFile(path, () => {
    const leftovers = leftoversOf(path);
    for (const each of leftovers) eraseLeftover(each);
    return leftovers;
  });
}

/**
 * Overwrites and removes one of them.
 *
 * @throws {@link FileError} `ERR_EVOLOCK_IO_FILE`.
 *
 * @internal
 */
export function eraseLeftover(path: string): void {
  attempt(path, () => erase(path));
}

function erase(path: string): void {
  const { O_RDWR, O_NOFOLLOW, O_NONBLOCK } = constants;
  const fd = openSync(path, O_RDWR | O_NOFOLLOW | O_NONBLOCK);
  try {
    unlinkSync(path);
    // A run that was killed right after it named a new file left two names of one content, which is the key.
    if (fstatSync(fd).nlink === 0) overwrite(fd);
  } finally {
    close(fd);
  }
}
