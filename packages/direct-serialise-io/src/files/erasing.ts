/** Overwrites and removes the file of a secret, and what killed runs left beside it. */
import { constants, fchmodSync, fstatSync, lstatSync, renameSync, unlinkSync } from 'node:fs';
import { FileError } from '../errors.js';
import { flushFolderOf, refuseUnflushable, runBlocking, type Steps } from '../system/flush.js';
import { withLockFile } from '../locks/lock-file.js';
import { attempt, attemptSteps, checkPath, close, openUnfollowed } from '../system/calls.js';
import { nameBeside, overwrite, OWNER_ONLY, temporaryFilesOf } from '../system/temporary-file.js';

/**
 * Overwrites and removes the file of a secret and the unfinished files beside it, under the lock of the file. Returns when
 * this is on the disk.
 *
 * When the process is killed, the file is whole, or gone from its name. The content may then be under the name of an
 * unfinished file, which the next run erases. Copy-on-write file systems, snapshots, backups and flash memory may keep the
 * content.
 *
 * @param path - Text or a `file:` URL: a regular file with one name.
 * @throws {@link FileError} `ERR_EVOLOCK_IO_FILE`, reason `not-found`, `symbolic-link`, `not-regular`, `several-names`
 * (other names would lead to a file of zeros), `locked` and others.
 */
export function eraseFile(path: string | URL): void {
  const file = checkPath(path);
  withLockFile(file, () => runBlocking(erasing(file)));
}

/** The steps of {@link eraseFile}. The caller has the lock. */
export function* erasing(path: string): Steps {
  refuseUnflushable(path);
  for (const each of leftoversOf(path)) yield* erasingLeftover(each);
  const stats = attempt(path, () => lstatSync(path));
  if (stats.isSymbolicLink()) throw new FileError('symbolic-link', path);
  if (!stats.isFile()) throw new FileError('not-regular', path);
  if (stats.nlink > 1) throw new FileError('several-names', path);
  const unfinished = nameBeside(path);
  attempt(path, () => renameSync(path, unfinished));
  yield* erasingLeftover(unfinished);
  yield* attemptSteps(path, flushFolderOf(path));
}

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

/**
 * Removes the unfinished files of a file that is no secret. None is opened: another user may own their folder, and can give
 * such a name to anything. What cannot be removed, such as a folder, prevents nothing.
 */
export function removeLeftovers(path: string): void {
  for (const each of leftoversOf(path))
    try {
      unlinkSync(each);
    } catch {
      // A new file gets another random name.
    }
}

/** Overwrites and removes one unfinished file. */
export function eraseLeftover(path: string): void {
  runBlocking(erasingLeftover(path));
}

/** The steps of {@link eraseLeftover}. Killed at any moment, they leave no content without a name. */
export function erasingLeftover(path: string): Steps {
  return attemptSteps(path, overwriting(path));
}

function* overwriting(path: string): Steps {
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
