import { closeSync } from 'node:fs';
import { EvolockError } from '@evolock/direct-serialise';

const explanations = {
  'not-found': 'there is no such file',
  'no-folder': 'its folder does not exist',
  'no-permission': 'the system does not permit it',
  'symbolic-link': 'it is a symbolic link, which is not followed here: name the file itself',
  'foreign-link': 'it is a symbolic link to a file of another user: name the file itself',
  'not-regular': 'it is not a regular file',
  'readable-by-others': 'its mode gives the group or others access: chmod 600',
  'too-large': 'it is too large for a key, a certificate or a counter',
  changed: 'it was changed, or replaced by another file, in the meantime: try again',
  'read-only': 'its mode does not let its owner write to it: chmod u+w',
  'several-names':
    'it has more than one name (hard links), and the other names would lead to a file of zeros: remove them',
  'several-counters':
    'it has more than one name (hard links), and the other names would keep the old number, which would be used twice: remove them',
  exists: 'a file of that name exists already',
  locked: 'this lock is held by another run, which is at work on the file: wait until it ends',
  'locked-elsewhere':
    'this lock is held by a run that cannot be checked from here, on another machine or in another container: wait until it ends. If it was killed and no run is at work on the file anywhere, remove the lock file',
  'lock-lost':
    'this lock was taken away during the work, so another run may have changed the file too: look at which content the file has',
  system: 'the system refused',
  'left-behind':
    'writing failed, and a temporary file beside it could not be removed: remove it, it may hold a key',
  'second-name':
    'the new file is in place and on the disk; its temporary name beside it could not be removed: remove that name',
  'not-durable':
    'the new file is in place, but the system does not confirm that it is on the disk; the old content was not overwritten',
  'old-not-erased':
    'the new file is in place and on the disk, but the old content could not be overwritten',
  'not-confirmed':
    'the new file was put in place, but reading it again does not give what was written: another run may have replaced it. Look at which content the file has',
} as const;

/** Why a file could not be read or written. */
export type FileErrorReason = keyof typeof explanations;

/** Options of the error. */
export interface FileErrorOptions extends ErrorOptions {
  /** Public facts that the message states in parentheses. */
  readonly detail?: string | undefined;
}

/**
 * A file could not be read or written. What was at the path is unchanged, except after the reasons `not-durable`,
 * `second-name`, `old-not-erased`, `not-confirmed` and `lock-lost`, which say so, and after `left-behind` when a new file
 * had its name already.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { directDeserialiseFromFile } from '@evolock/direct-serialise-io';
 * import { MLockedBytes } from '@evolock/mlocked-bytes';
 *
 * assert.throws(() => directDeserialiseFromFile('no-such-file', 32, MLockedBytes.type(32)), {
 *   code: 'ERR_EVOLOCK_IO_FILE',
 *   reason: 'not-found',
 *   path: 'no-such-file',
 * });
 * ```
 */
export class FileError extends EvolockError {
  readonly code = 'ERR_EVOLOCK_IO_FILE';
  /** Why. */
  readonly reason: FileErrorReason;
  /** The file; with the reasons `locked`, `locked-elsewhere` and `lock-lost` its lock file. */
  readonly path: string;
  /** The code of the system's error, `ENOSPC` for instance, if there was one. */
  readonly systemCode: string | undefined;

  constructor(reason: FileErrorReason, path: string, options?: FileErrorOptions) {
    const systemCode = systemCodeOf(options?.cause);
    const detail = options?.detail ?? systemCode;
    super(`${path}: ${explanations[reason]}${detail === undefined ? '' : ` (${detail})`}`, options);
    this.reason = reason;
    this.path = path;
    this.systemCode = systemCode;
  }
}

function systemCodeOf(cause: unknown): string | undefined {
  const { code, systemCode } = (cause ?? {}) as { code?: unknown; systemCode?: unknown };
  if (typeof systemCode === 'string') return systemCode;
  return typeof code === 'string' && !code.startsWith('ERR_EVOLOCK') ? code : undefined;
}

const reasons = new Map<string | undefined, FileErrorReason>([
  ['ENOENT', 'not-found'],
  ['EACCES', 'no-permission'],
  ['EPERM', 'no-permission'],
  ['EROFS', 'no-permission'],
  ['ELOOP', 'symbolic-link'],
  ['EISDIR', 'not-regular'],
  ['ENXIO', 'not-regular'],
  ['EEXIST', 'exists'],
]);

/**
 * Calls the system, and turns its error into a {@link FileError}.
 *
 * @param path - The file that the call is about.
 * @param call - The call.
 * @param reason - The reason to state; the one that follows from the system's error when absent.
 * @throws {@link FileError} `ERR_EVOLOCK_IO_FILE`.
 *
 * @internal
 */
export function attempt<Result>(
  path: string,
  call: () => Result,
  reason?: FileErrorReason,
): Result {
  try {
    return call();
  } catch (cause) {
    throw new FileError(reason ?? reasons.get(systemCodeOf(cause)) ?? 'system', path, { cause });
  }
}

/**
 * Whether an error is a {@link FileError} of a reason.
 *
 * @internal
 */
export function isFileError(error: unknown, reason: FileErrorReason): error is FileError {
  return error instanceof FileError && error.reason === reason;
}

/**
 * Closes a descriptor. The content was flushed before, so a failure here loses nothing and must not hide an earlier one.
 *
 * @internal
 */
export function close(fd: number): void {
  try {
    closeSync(fd);
  } catch {
    // See above.
  }
}
