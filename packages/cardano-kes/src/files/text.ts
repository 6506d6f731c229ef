/**
 * Reads a file straight into locked memory. No string and no buffer of Node.js contains its text.
 */
import { fstatSync, openSync, readSync, type BigIntStats } from 'node:fs';
import {
  attempt,
  close,
  FileError,
  type FileIdentity,
  identityOf,
  isOpenToOthers,
  openSecret,
  type OpenedSecret,
  withLockedMemory,
} from '@evolock/direct-serialise-io/files';
import type { AllocationOptions } from '@evolock/kes-sum';
import { MAX_ENVELOPE_SIZE } from '../envelope/envelope.js';

/** The content of a file. */
export interface FileText {
  /** In locked memory, for the duration of the call. */
  readonly text: Uint8Array;
  /** Whether the mode gives the group or others access; `false` on Windows, which has no such modes. */
  readonly openToOthers: boolean;
  readonly identity: FileIdentity;
}

/**
 * Which files are accepted.
 *
 * - `public`: each readable file, also a pipe, a terminal or a symbolic link.
 * - `secret`: a regular file, or a symbolic link to a regular file of the user or of root.
 * - `replaced`: a regular file, no link, since the file will be replaced.
 */
export type FileAccess = 'public' | 'secret' | 'replaced';

/** Options of reading a file into locked memory. */
export interface TextOptions extends AllocationOptions {
  readonly access: FileAccess;
  /** Whether a file that gives the group or others access is refused before it is read. */
  readonly closedToOthers: boolean;
}

/** Lends the text of a file for the duration of a call. Waits for the writer of a pipe. */
export function withFileText<Result>(
  path: string,
  options: TextOptions,
  use: (file: FileText) => Result,
): Result {
  const { fd, stats } = open(path, options.access);
  try {
    if (stats.size > MAX_ENVELOPE_SIZE) throw new FileError('too-large', path);
    const openToOthers = isOpenToOthers(stats);
    if (openToOthers && options.closedToOthers) throw new FileError('readable-by-others', path);
    return withTextOf(path, fd, stats, options, (text) =>
      use({ text, openToOthers, identity: identityOf(stats) }),
    );
  } finally {
    close(fd);
  }
}

function open(path: string, access: FileAccess): OpenedSecret {
  if (access !== 'public') return openSecret(path, { followLink: access === 'secret' });
  const fd = attempt(path, () => openSync(path, 'r'));
  try {
    const stats = attempt(path, () => fstatSync(fd, { bigint: true }));
    if (stats.isDirectory()) throw new FileError('not-regular', path);
    return { fd, stats };
  } catch (error) {
    close(fd);
    throw error;
  }
}

/** A file that is not regular, such as a pipe, has no known size. */
function withTextOf<Result>(
  path: string,
  fd: number,
  stats: BigIntStats,
  options: AllocationOptions,
  use: (text: Uint8Array) => Result,
): Result {
  const isFile = stats.isFile();
  // One byte more, to notice a file that grew. An empty file needs memory too.
  const size = (isFile ? Number(stats.size) : MAX_ENVELOPE_SIZE) + 1;
  return withLockedMemory(size, options, (memory) => {
    const read = readAll(path, fd, memory);
    if (isFile && read !== size - 1) throw new FileError('changed', path);
    if (read === size) throw new FileError('too-large', path);
    return use(memory.subarray(0, read));
  });
}

function readAll(path: string, fd: number, memory: Uint8Array): number {
  let done = 0;
  while (done < memory.byteLength) {
    const count = readSome(path, fd, memory.subarray(done));
    if (count === 0) break;
    done += count;
  }
  return done;
}

/** Milliseconds between two reads of a non-blocking descriptor. */
const PAUSE = 10;

/**
 * Reads available bytes, and waits for the first byte, also on a descriptor that another process set to non-blocking mode.
 *
 * @param name - The name of the file in an error.
 * @returns The number of bytes read; 0 at the end.
 */
export function readSome(name: string, fd: number, memory: Uint8Array): number {
  for (;;) {
    try {
      return attempt(name, () => readSync(fd, memory, 0, memory.byteLength, null));
    } catch (error) {
      if (!(error instanceof FileError) || error.systemCode !== 'EAGAIN') throw error;
    }
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE);
  }
}
