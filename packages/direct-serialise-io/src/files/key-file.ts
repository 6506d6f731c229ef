import { closeSync } from 'node:fs';
import type { DirectDeserialise } from '@evolock/direct-serialise';
import { checkMethod, checkOptions } from '@evolock/direct-serialise/arguments';
import type { AllocationOptions } from '@evolock/mlocked-bytes';
import { ClosedEarlyError } from '../closed-early-error.js';
import { readValue } from '../descriptor.js';
import { checkIoSize } from '../io-size.js';
import { StreamError } from '../stream-error.js';
import { SurplusError } from '../surplus-error.js';
import { attempt, close, FileError } from './file-error.js';
import { isOpenToOthers, openSecret } from './open-secret.js';
import { checkPath } from './path.js';

/** Options of reading a file; they are handed on to the type, the allocator among them. */
export interface FileReadOptions extends AllocationOptions {
  /** Whether a file may be read although its mode lets the group or others in. */
  readonly readableByOthers?: boolean | undefined;
}

/**
 * Reads a value from a file straight into the locked memory in which it will live.
 *
 * The file has to be a regular one, closed to group and others (mode 0600 or less; not checked on Windows, which has no
 * such modes) and of exactly `size` bytes. A symbolic link is followed to a file of the user or of root. The file is
 * closed again in every case, and after an error everything that had been read is wiped.
 *
 * @param path - Text or a `file:` URL.
 * @param size - Bytes of the file and of the value, 1 to {@link MAX_IO_SIZE}.
 * @param type - What is read.
 * @param options - `readableByOthers`, and what is handed on to the type.
 * @throws {@link FileError} `ERR_EVOLOCK_IO_FILE`, reason `not-found`, `symbolic-link` (a circle), `foreign-link`,
 * `not-regular`, `readable-by-others`, or another of the system.
 * @throws {@link ClosedEarlyError} `ERR_EVOLOCK_IO_CLOSED_EARLY` when the file is shorter.
 * @throws {@link SurplusError} `ERR_EVOLOCK_IO_SURPLUS` when it is longer.
 * @throws {@link SizeCheckError} `ERR_EVOLOCK_SIZE_CHECK` when the type takes more or fewer bytes.
 * @throws {@link ProtocolError} `ERR_EVOLOCK_PROTOCOL` when the type is asynchronous.
 * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`, `ERR_EVOLOCK_ARGUMENT_VALUE`.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
 * import { tmpdir } from 'node:os';
 * import { join } from 'node:path';
 * import { directDeserialiseFromFile } from '@evolock/direct-serialise-io';
 * import { MLockedBytes } from '@evolock/mlocked-bytes';
 *
 * const directory = mkdtempSync(join(tmpdir(), 'example-'));
 * writeFileSync(join(directory, 'key'), new Uint8Array(32), { mode: 0o600 });
 * const key = directDeserialiseFromFile(join(directory, 'key'), 32, MLockedBytes.type(32));
 * assert.equal(key.size, 32);
 * key.release();
 * rmSync(directory, { recursive: true });
 * ```
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
    return naming(file, () =>
      // `last` although the size is known: the file may have grown since.
      readValue({ fd, size, last: true }, type, options),
    );
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

/** If another part of the program closed the descriptor, the bytes may have come from another file. */
function wipe(value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  (value as Partial<Disposable>)[Symbol.dispose]?.();
}

function checkFileSize(path: string, actual: number, expected: number): void {
  if (actual < expected) throw new ClosedEarlyError(expected, actual, path);
  if (actual > expected) throw new SurplusError(expected, actual, path);
}

/** Names the file in the errors of a descriptor that is read. Errors of the type are passed on. */
function naming<Result>(path: string, read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    if (error instanceof StreamError) throw new FileError('system', path, { cause: error });
    if (error instanceof ClosedEarlyError)
      throw new ClosedEarlyError(error.expected, error.actual, path);
    if (error instanceof SurplusError) throw new SurplusError(error.expected, error.actual, path);
    throw error;
  }
}
