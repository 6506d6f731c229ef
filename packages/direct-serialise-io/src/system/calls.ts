/** Calls to the file system, with errors that name the file; the files of secrets; and the check of a path. */
import { type BigIntStats, closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { wrongType } from '@evolock/direct-serialise/arguments';
import { systemCodeOf } from '@evolock/direct-serialise/system-words';
import { FileError, type FileErrorReason } from '../errors.js';
import type { Steps } from './flush.js';
import { rootAndUser } from './way.js';

const reasons = new Map<string | undefined, FileErrorReason>([
  ['ENOENT', 'not-found'],
  ['EACCES', 'no-permission'],
  ['EPERM', 'no-permission'],
  ['EROFS', 'no-permission'],
  ['ERR_ACCESS_DENIED', 'permission-model'],
  ['ELOOP', 'symbolic-link'],
  ['EISDIR', 'not-regular'],
  ['ENXIO', 'not-regular'],
  ['EEXIST', 'exists'],
]);

/**
 * Calls the system, and converts its error into a {@link FileError} of a reason, which the code of the system's error gives
 * when absent.
 */
export function attempt<Result>(
  path: string,
  call: () => Result,
  reason?: FileErrorReason,
): Result {
  try {
    return call();
  } catch (cause) {
    throw fileErrorOf(path, cause, reason);
  }
}

/** {@link attempt} for steps that flush. */
export function* attemptSteps<Result>(
  path: string,
  steps: Steps<Result>,
  reason?: FileErrorReason,
): Steps<Result> {
  try {
    return yield* steps;
  } catch (cause) {
    throw fileErrorOf(path, cause, reason);
  }
}

function fileErrorOf(path: string, cause: unknown, reason?: FileErrorReason): FileError {
  return new FileError(reason ?? reasons.get(systemCodeOf(cause)) ?? 'system', path, { cause });
}

/** The codes of errors of this process or of a caller, whatever a file contains. */
const NOT_OF_CONTENT =
  /^ERR_EVOLOCK_(?:ARGUMENT_|DUPLICATE_PACKAGE|LOCK_|MEMORY_|REGION_|RELEASED|SODIUM_)/;

/**
 * Reads a value from the content of a file. An error about the content gets the path of the file: as its `path`, and at the
 * beginning of its message. Class, `code` and `cause` stay, so that callers decide as they do about bytes without a file.
 */
export function namingFile<Result>(path: string, read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    if (isOfContent(error)) {
      Object.defineProperty(error, 'path', { value: path, enumerable: true });
      error.message = `${path}: ${error.message}`;
    }
    throw error;
  }
}

/** Decides by the code: two copies of a package have two classes. */
function isOfContent(error: unknown): error is Error {
  if (!(error instanceof Error)) return false;
  const { code, path } = error as { readonly code?: unknown; readonly path?: unknown };
  const isOfEvolock = typeof code === 'string' && code.startsWith('ERR_EVOLOCK_');
  return isOfEvolock && path === undefined && !NOT_OF_CONTENT.test(code);
}

/** Whether an error is a {@link FileError} of a reason. */
export function isFileError(error: unknown, reason: FileErrorReason): error is FileError {
  return error instanceof FileError && error.reason === reason;
}

/** The error codes of file systems without hard links, such as those of memory sticks. */
const withoutLinks = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS']);

/** Whether an error states that the file system has no hard links. */
export function hasNoLinks(error: unknown): boolean {
  return error instanceof FileError && withoutLinks.has(error.systemCode ?? '');
}

/**
 * Opens a file, for reading when `access` is absent, without following a link, and without waiting for the writer of a
 * named pipe. Throws the error of the system. A file that `O_CREAT` makes has the mode 0644.
 */
export function openUnfollowed(path: string, access = constants.O_RDONLY): number {
  // Windows has neither flag: undefined counts as 0.
  return openSync(path, access | constants.O_NOFOLLOW | constants.O_NONBLOCK, 0o644);
}

/** An open file. */
export interface OpenedFile {
  /** The caller closes it. */
  readonly fd: number;
  readonly stats: BigIntStats;
}

/**
 * Opens a regular file, without waiting for the writer of a named pipe. With `followLink`, the last name of the path may be a
 * symbolic link.
 *
 * @throws {@link FileError} `ERR_EVOLOCK_IO_FILE`, reason `symbolic-link`, `not-regular`, or another of the system.
 */
export function openRegular(
  path: string,
  { access = constants.O_RDONLY, followLink = false } = {},
): OpenedFile {
  const fd = attempt(path, () =>
    followLink ? openSync(path, access | constants.O_NONBLOCK) : openUnfollowed(path, access),
  );
  try {
    const stats = attempt(path, () => fstatSync(fd, { bigint: true }));
    if (!stats.isFile()) throw new FileError('not-regular', path);
    return { fd, stats };
  } catch (error) {
    close(fd);
    throw error;
  }
}

/** Closes a descriptor and ignores a failure: the content was flushed before, and an earlier error must not be hidden. */
export function close(fd: number): void {
  try {
    closeSync(fd);
  } catch {
    // Ignored: see above.
  }
}

/** The path of a file, from text or from a `file:` URL. A URL that names no file is a {@link FileError}. */
export function checkPath(path: unknown): string {
  if (typeof path === 'string') return path;
  if (path instanceof URL) return attempt(path.href, () => fileURLToPath(path));
  throw wrongType('path', 'a string or a file URL', path);
}

const GROUP_AND_OTHERS = 0o077n;

/**
 * Opens the file of a secret for reading: a regular file. Does not wait for a pipe. A symbolic link to a file of the user or
 * of root is followed: Kubernetes mounts a secret as links to files of root. A link to a file of another user, which could
 * lead to the key of that user, is refused with the reason `foreign-link`.
 */
export function openSecret(path: string): OpenedFile {
  try {
    return openRegular(path);
  } catch (error) {
    if (!isFileError(error, 'symbolic-link')) throw error;
  }
  const opened = openRegular(path, { followLink: true });
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

/**
 * The runtime when it is not Node.js, such as `Bun 1.4.5`. Keys go between sockets and locked memory in Node.js only, so a
 * program refuses another one when it starts.
 */
export function otherRuntime(): string | undefined {
  const { bun, deno } = process.versions;
  if (bun !== undefined) return `Bun ${bun}`;
  return deno === undefined ? undefined : `Deno ${deno}`;
}

/** Reads a file from its beginning until memory is full or the file ends. Returns the number of bytes. */
export function readInto(fd: number, memory: Uint8Array): number {
  let done = 0;
  for (let count = 1; count > 0 && done < memory.byteLength; done += count)
    count = readSync(fd, memory, done, memory.byteLength - done, done);
  return done;
}
