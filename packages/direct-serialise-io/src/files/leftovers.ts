import { constants, fchmodSync, fstatSync, unlinkSync } from 'node:fs';
import { flushFolderOf, runBlocking, type Steps } from './flush.js';
import { withLockFile } from './lock-file.js';
import { attemptSteps, checkPath, close, openUnfollowed } from './system.js';
import { overwrite, OWNER_ONLY, temporaryFilesOf } from './temporary-file.js';

/**
 * The paths of the unfinished files that killed runs left beside a file. Each may contain a whole key. The list includes
 * the file that another run is writing.
 */
export function leftoversOf(path: string | URL): string[] {
  return temporaryFilesOf(checkPath(path));
}

/**
 * Overwrites and removes the unfinished files that killed runs left beside a file, under the lock of the file, and returns
 * their paths. Each write of a file here does this first.
 *
 * @throws {@link FileError} `ERR_EVOLOCK_IO_FILE`.
 */
export function eraseLeftovers(path: string | URL): string[] {
  return withLockFile(path, () => {
    const leftovers = leftoversOf(path);
    for (const each of leftovers) eraseLeftover(each);
    return leftovers;
  });
}

/** Overwrites and removes one unfinished file. */
export function eraseLeftover(path: string): void {
  runBlocking(erasingLeftover(path));
}

/** The steps of {@link eraseLeftover}. Killed at any moment, they leave no content without a name. */
export function erasingLeftover(path: string): Steps {
  return attemptSteps(path, erasing(path));
}

function* erasing(path: string): Steps {
  const opened = openUnfollowed(path);
  try {
    // A run that was killed right after it named a new file left a second name of the key.
    if (fstatSync(opened).nlink > 1) {
      unlinkSync(path);
      return;
    }
    // The file of a run that was making one of mode 0400.
    fchmodSync(opened, OWNER_ONLY);
  } finally {
    close(opened);
  }
  // The old content of a file whose new name a loss of power could take away must stay whole until then.
  yield* flushFolderOf(path);
  const fd = openUnfollowed(path, constants.O_RDWR);
  try {
    yield* overwrite(fd);
    unlinkSync(path);
  } finally {
    close(fd);
  }
}
