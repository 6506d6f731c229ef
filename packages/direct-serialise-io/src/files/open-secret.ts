import { constants, fstatSync, openSync, type BigIntStats } from 'node:fs';
import { FileError } from '../errors.js';
import { attempt, close, isFileError, openUnfollowed } from './system.js';
import { rootAndUser } from './way.js';

const GROUP_AND_OTHERS = 0o077n;

/** The open file of a secret. */
export interface OpenedSecret {
  /** The caller closes it. */
  readonly fd: number;
  readonly stats: BigIntStats;
}

/**
 * Opens the file of a secret for reading: a regular file. Does not wait for a pipe.
 *
 * @param path - The file.
 * @param access - How it is opened.
 * @param access.followLink - Whether a symbolic link to a file of the user or of root is followed. Kubernetes mounts a
 * secret as links to files of root. A link to a file of another user could lead to the key of that user.
 * @throws {@link FileError} `ERR_EVOLOCK_IO_FILE`, reason `symbolic-link`, `foreign-link`, `not-regular`, or another of the
 * system.
 */
export function openSecret(
  path: string,
  { followLink }: { readonly followLink: boolean },
): OpenedSecret {
  const { fd, isLink } = open(path, followLink);
  try {
    const stats = attempt(path, () => fstatSync(fd, { bigint: true }));
    if (!stats.isFile()) throw new FileError('not-regular', path);
    if (isLink && !isOfUserOrRoot(stats)) throw new FileError('foreign-link', path);
    return { fd, stats };
  } catch (error) {
    close(fd);
    throw error;
  }
}

function open(
  path: string,
  followLink: boolean,
): { readonly fd: number; readonly isLink: boolean } {
  try {
    return { fd: attempt(path, () => openUnfollowed(path)), isLink: false };
  } catch (error) {
    if (!followLink || !isFileError(error, 'symbolic-link')) throw error;
    const { O_RDONLY, O_NONBLOCK } = constants;
    return { fd: attempt(path, () => openSync(path, O_RDONLY | O_NONBLOCK)), isLink: true };
  }
}

function isOfUserOrRoot({ uid }: BigIntStats): boolean {
  return rootAndUser()?.includes(Number(uid)) ?? true;
}

/** Whether the mode of a regular file gives the group or others access; `false` on Windows, which has no such modes. */
export function isOpenToOthers(stats: BigIntStats): boolean {
  return process.platform !== 'win32' && stats.isFile() && (stats.mode & GROUP_AND_OTHERS) !== 0n;
}
