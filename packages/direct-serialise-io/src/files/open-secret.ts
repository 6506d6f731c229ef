import type { BigIntStats } from 'node:fs';
import { FileError } from '../errors.js';
import { close, isFileError, openRegular, type OpenedFile } from './system.js';
import { rootAndUser } from './way.js';

const GROUP_AND_OTHERS = 0o077n;

/**
 * Opens the file of a secret for reading: a regular file. Does not wait for a pipe. With `followLink`, a symbolic link to a
 * file of the user or of root is followed: Kubernetes mounts a secret as links to files of root. A link to a file of
 * another user, which could lead to the key of that user, is refused with the reason `foreign-link`.
 */
export function openSecret(
  path: string,
  { followLink }: { readonly followLink: boolean },
): OpenedFile {
  try {
    return openRegular(path);
  } catch (error) {
    if (!followLink || !isFileError(error, 'symbolic-link')) throw error;
  }
  const opened = openRegular(path, { followLink });
  if (isOfUserOrRoot(opened.stats)) return opened;
  close(opened.fd);
  throw new FileError('foreign-link', path);
}

function isOfUserOrRoot({ uid }: BigIntStats): boolean {
  return rootAndUser()?.includes(Number(uid)) ?? true;
}

/** Whether the mode of a regular file gives the group or others access; `false` on Windows, which has no such modes. */
export function isOpenToOthers(stats: BigIntStats): boolean {
  return process.platform !== 'win32' && stats.isFile() && (stats.mode & GROUP_AND_OTHERS) !== 0n;
}
