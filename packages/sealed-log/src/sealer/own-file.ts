/**
 * Reads files that only the sealer writes. The owner of their folder can put a link, a named pipe or a device in the
 * place of one. None of these is followed or read.
 */
import { closeSync, readFileSync } from 'node:fs';
import { isFileError, openRegular } from '@evolock/direct-serialise-io/files';

/** The file of the seals of a log. */
export function sealsOf(log: string): string {
  return `${log}.seals`;
}

/** The file of the hashes of the entries of a log. */
export function hashesOf(log: string): string {
  return `${log}.hashes`;
}

/**
 * Opens one for reading. Returns `undefined` when it is missing.
 *
 * @throws {@link FileError} `ERR_EVOLOCK_IO_FILE`: `symbolic-link`, `not-regular`.
 */
export function openOwn(path: string): number | undefined {
  try {
    return openRegular(path).fd;
  } catch (error) {
    if (isFileError(error, 'not-found')) return undefined;
    throw error;
  }
}

/** The text of one. Returns `undefined` when it is missing. */
export function textOfOwn(path: string): string | undefined {
  const fd = openOwn(path);
  if (fd === undefined) return undefined;
  try {
    return readFileSync(fd, 'utf8');
  } finally {
    closeSync(fd);
  }
}
