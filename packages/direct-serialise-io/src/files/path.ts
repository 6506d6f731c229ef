import { fileURLToPath } from 'node:url';
import { wrongType } from '@evolock/direct-serialise/arguments';
import { attempt } from './file-error.js';

/**
 * The path of a file, from text or from a `file:` URL.
 *
 * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE` when it is neither.
 * @throws {@link FileError} `ERR_EVOLOCK_IO_FILE` for a URL that names no file.
 *
 * @internal
 */
export function checkPath(path: unknown): string {
  if (typeof path === 'string') return path;
  if (path instanceof URL) return attempt(path.href, () => fileURLToPath(path));
  throw wrongType('path', 'a string or a file URL', path);
}
