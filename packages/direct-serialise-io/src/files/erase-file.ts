import { lstatSync, renameSync } from 'node:fs';
import { FileError } from '../errors.js';
import { flushFolderOf, runBlocking, type Steps } from './flush.js';
import { erasingLeftover, leftoversOf } from './leftovers.js';
import { withLockFile } from './lock-file.js';
import { attempt, attemptSteps, checkPath } from './system.js';
import { nameBeside } from './temporary-file.js';

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
