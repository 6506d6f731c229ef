/** Files of one value: written from locked memory, and read into it. */
import { closeSync } from 'node:fs';
import {
  directSerialiseBufChecked,
  type DirectDeserialise,
  type DirectSerialise,
} from '@evolock/direct-serialise';
import { checkMethod, checkOptions } from '@evolock/direct-serialise/arguments';
import type { AllocationOptions } from '@evolock/mlocked-bytes';
import { readValue } from '../descriptor.js';
import { ClosedEarlyError, FileError, SurplusError } from '../errors.js';
import { checkIoSize, withLockedMemory } from '../staging.js';
import { writeDurably } from './durable-file.js';
import { replacedBy, type FileIdentity } from './identity.js';
import { attempt, checkPath, close, isOpenToOthers, openSecret } from './system.js';

/** Options of writing a file. */
export interface FileWriteOptions extends AllocationOptions {
  /**
   * Whether an existing file is replaced. Otherwise an existing file is an error and nothing is written. With the identity
   * of {@link identityOfFile}, only that file is replaced, and only if it did not change.
   */
  readonly replace?: boolean | FileIdentity | undefined;
}

/**
 * Writes a value to a file that only its owner can read and write (mode 0600). Returns when content and name are on the
 * disk.
 *
 * The content is completed and flushed under a temporary name beside the file, and gets the name of the file in one step.
 * With `options.replace` the old content is then overwritten with zeros, and the file is read again and compared. When the
 * process or the machine stops, the file contains the whole old content or the whole new content. A symbolic link is
 * refused. The file is written under the lock of {@link withLockFile}.
 *
 * Copy-on-write file systems, snapshots, backups and flash memory may keep the old content.
 *
 * @param path - Text or a `file:` URL. Its directory has to exist.
 * @param size - Bytes of the value, 1 to {@link MAX_IO_SIZE}.
 * @param value - The value. It is staged in locked memory.
 * @throws {@link FileError} `ERR_EVOLOCK_IO_FILE`; `reason` states whether the new content is in place.
 *
 * @example
 * ```ts
 * import { directSerialiseToFile } from '@evolock/direct-serialise-io';
 * import { MLockedBytes } from '@evolock/mlocked-bytes';
 *
 * const key = MLockedBytes.newZeroed(32);
 * directSerialiseToFile('bytes.key', 32, key);
 * key.release();
 * ```
 */
export function directSerialiseToFile(
  path: string | URL,
  size: number,
  value: DirectSerialise,
  options?: FileWriteOptions,
): void {
  const file = checkPath(path);
  checkIoSize(size);
  checkMethod('value', value, 'directSerialise');
  const { allocator, replace } = checkOptions<FileWriteOptions>(options);
  const durably = { ...replacedBy(replace), secret: true, allocator };
  withLockedMemory(size, { allocator }, (bytes) => {
    directSerialiseBufChecked(bytes, value);
    writeDurably(file, bytes, durably);
  });
}

/** Options of reading a file. They are passed to the type, including the allocator. */
export interface FileReadOptions extends AllocationOptions {
  /** Whether to read a file although its mode gives the group or others access. */
  readonly readableByOthers?: boolean | undefined;
}

/**
 * Reads a value from a file straight into its locked memory.
 *
 * The file must be a regular file of exactly `size` bytes, without access for group and others (mode 0600 or less; not
 * checked on Windows), or a symbolic link to such a file of the user or of root. After an error all read bytes are wiped.
 *
 * @param path - Text or a `file:` URL.
 * @param size - Bytes of the file and of the value, 1 to {@link MAX_IO_SIZE}.
 * @throws {@link FileError} `ERR_EVOLOCK_IO_FILE`, reason `not-found`, `symbolic-link` (a circle), `foreign-link`,
 * `not-regular`, `readable-by-others` and others.
 * @throws {@link ClosedEarlyError} `ERR_EVOLOCK_IO_CLOSED_EARLY` when the file is shorter; {@link SurplusError}
 * `ERR_EVOLOCK_IO_SURPLUS` when it is longer.
 */
export function directDeserialiseFromFile<T, Options extends object = object>(
  path: string | URL,
  size: number,
  type: DirectDeserialise<T, Options>,
  options?: Options & FileReadOptions,
): T {
  const file = checkPath(path);
  checkIoSize(size);
  checkMethod('type', type, 'directDeserialise');
  const { readableByOthers = false } = checkOptions<FileReadOptions>(options);
  const { fd, stats } = openSecret(file, { followLink: true });
  const value = orClose(fd, () => {
    if (!readableByOthers && isOpenToOthers(stats)) throw new FileError('readable-by-others', file);
    checkFileSize(file, Number(stats.size), size);
    // `last`, since the file may have grown.
    return readValue({ fd, size, last: true, path: file }, type, options);
  });
  try {
    attempt(file, () => closeSync(fd));
  } catch (error) {
    wipe(value);
    throw error;
  }
  return value;
}

function orClose<Result>(fd: number, use: () => Result): Result {
  try {
    return use();
  } catch (error) {
    close(fd);
    throw error;
  }
}

/** Wipes a value: if other code closed the descriptor, the bytes may be those of another file. */
function wipe(value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  (value as Partial<Disposable>)[Symbol.dispose]?.();
}

function checkFileSize(path: string, actual: number, expected: number): void {
  if (actual < expected) throw new ClosedEarlyError(expected, actual, path);
  if (actual > expected) throw new SurplusError(expected, actual, path);
}
