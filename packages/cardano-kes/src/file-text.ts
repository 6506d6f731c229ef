/**
 * The text of a file, in locked memory from the first byte on: no string, no buffer of Node's ever holds it.
 */
import { constants, fstatSync, openSync, readSync, type BigIntStats } from 'node:fs';
import {
  attempt,
  close,
  FileError,
  type FileIdentity,
  identityOf,
  withLockedMemory,
} from '@evolock/direct-serialise-io/files';
import type { AllocationOptions } from '@evolock/kes-sum';

/** The largest file that is read, in bytes: the largest key of all takes some 1,500. */
export const MAX_ENVELOPE_SIZE = 16_384;

const GROUP_AND_OTHERS = 0o077n;

/** A file that was read. */
export interface FileText {
  /** In locked memory, for the duration of the call. */
  readonly text: Uint8Array;
  /** Whether its mode lets the group or others in; never on Windows, which has no such modes. */
  readonly openToOthers: boolean;
  readonly identity: FileIdentity;
}

/** Options of reading a file into locked memory. */
export interface TextOptions extends AllocationOptions {
  /** Whether to refuse a file that lets the group or others in, before anything of it is read. */
  readonly secret: boolean;
}

/**
 * Lends the text of a file for the duration of a call.
 *
 * @throws {@link FileError} `ERR_EVOLOCK_IO_FILE`.
 *
 * @internal
 */
export function withFileText<Result>(
  path: string,
  options: TextOptions,
  use: (file: FileText) => Result,
): Result {
  const fd = open(path);
  try {
    const stats = attempt(path, () => fstatSync(fd, { bigint: true }));
    const openToOthers = process.platform !== 'win32' && (stats.mode & GROUP_AND_OTHERS) !== 0n;
    checkFile(path, stats);
    const size = Number(stats.size);
    if (openToOthers && options.secret) throw new FileError('readable-by-others', path);
    // One byte more than there is: a file that grows is noticed, and an empty one has memory too.
    return withLockedMemory(size + 1, options, (memory) => {
      if (readAll(path, fd, memory) !== size) throw new FileError('changed', path);
      return use({ text: memory.subarray(0, size), openToOthers, identity: identityOf(stats) });
    });
  } finally {
    close(fd);
  }
}

function open(path: string): number {
  // Without O_NONBLOCK, opening a named pipe would wait for its writer. Windows has neither flag: undefined counts as 0.
  const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
  return attempt(path, () => openSync(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK));
}

function checkFile(path: string, stats: BigIntStats): void {
  if (!stats.isFile()) throw new FileError('not-regular', path);
  if (stats.size > MAX_ENVELOPE_SIZE) throw new FileError('too-large', path);
}

function readAll(path: string, fd: number, memory: Uint8Array): number {
  let done = 0;
  while (done < memory.byteLength) {
    const count = attempt(path, () => readSync(fd, memory, done, memory.byteLength - done, null));
    if (count === 0) break;
    done += count;
  }
  return done;
}
