import { constants, fstatSync, openSync, unlinkSync } from 'node:fs';
import { close } from './close.js';
import { attempt } from './file-error.js';
import { checkPath } from './path.js';
import { overwrite, temporaryFilesOf } from './temporary-file.js';

/**
 * The unfinished files that killed runs left beside a file. Each may hold a whole key. What another run is just writing
 * is among them.
 *
 * @param path - The file that was to be written.
 * @returns Their paths.
 * @throws {@link FileError} `ERR_EVOLOCK_CARDANO_FILE`, {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { leftoversOf } from '@evolock/cardano-kes';
 *
 * assert.deepEqual(leftoversOf('kes.skey'), []);
 * ```
 */
export function leftoversOf(path: string | URL): string[] {
  return temporaryFilesOf(checkPath(path));
}

/**
 * Overwrites and removes the unfinished files that killed runs left beside a file. Only for who excludes other runs:
 * what another run is just writing is removed too, and that run fails, leaving the file as it was.
 *
 * @returns What was removed.
 * @throws {@link FileError} `ERR_EVOLOCK_CARDANO_FILE`, {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { eraseLeftovers } from '@evolock/cardano-kes';
 *
 * assert.deepEqual(eraseLeftovers('kes.skey'), []);
 * ```
 */
export function eraseLeftovers(path: string | URL): string[] {
  const leftovers = leftoversOf(path);
  for (const each of leftovers) eraseLeftover(each);
  return leftovers;
}

/**
 * Overwrites and removes one of them.
 *
 * @throws {@link FileError} `ERR_EVOLOCK_CARDANO_FILE`.
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
    // A run that was killed right after it gave a new file its name left two names of one content, which is the key.
    if (fstatSync(fd).nlink === 0) overwrite(fd);
  } finally {
    close(fd);
  }
}
