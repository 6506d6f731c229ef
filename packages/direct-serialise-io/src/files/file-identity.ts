import { lstatSync, type BigIntStats } from 'node:fs';
import { wrongType } from '@evolock/direct-serialise/arguments';
import { attempt, FileError } from './file-error.js';
import { checkPath } from './path.js';

/** Which file was read, and in which state: a path may lead to another file a moment later. */
export interface FileIdentity {
  /** Number of the file system. */
  readonly device: bigint;
  /** Number of the file in it. A later file may get the same number when this one is gone. */
  readonly inode: bigint;
  /** When it was last written to, in nanoseconds since 1970. */
  readonly modified: bigint;
}

/**
 * The identity of a file at this moment, for `options.replace` of {@link directSerialiseToFile}: taken before the file is
 * read, it makes sure that the file that was read is the one that is replaced.
 *
 * @param path - Text or a `file:` URL: a regular file, no link.
 * @throws {@link FileError} `ERR_EVOLOCK_IO_FILE`, {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { identityOfFile } from '@evolock/direct-serialise-io';
 *
 * assert.throws(() => identityOfFile('no-such-file'), { reason: 'not-found' });
 * ```
 */
export function identityOfFile(path: string | URL): FileIdentity {
  const file = checkPath(path);
  const stats = attempt(file, () => lstatSync(file, { bigint: true }));
  if (stats.isSymbolicLink()) throw new FileError('symbolic-link', file);
  if (!stats.isFile()) throw new FileError('not-regular', file);
  return identityOf(stats);
}

/**
 * The identity of a file, from what the system states about it.
 *
 * @internal
 */
export function identityOf({ dev, ino, mtimeNs }: BigIntStats): FileIdentity {
  return { device: dev, inode: ino, modified: mtimeNs };
}

/**
 * Whether two identities are of one file to which nothing was written in between.
 *
 * @internal
 */
export function areSame(one: FileIdentity, other: FileIdentity): boolean {
  const { device, inode, modified } = one;
  return device === other.device && inode === other.inode && modified === other.modified;
}

/** Whether a file is replaced, and which file it has to be. */
export interface Replaced {
  /** Whether a file of that name is replaced; when it is not, there must be none. */
  readonly replace: boolean;
  /** The only file that may be replaced; `undefined` when it may be any. */
  readonly expected: FileIdentity | undefined;
}

/**
 * Checks the option that says whether a file is replaced, and which. A file is not replaced when it is absent.
 *
 * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`.
 *
 * @internal
 */
export function replacedBy(value: unknown = false): Replaced {
  if (typeof value === 'boolean') return { replace: value, expected: undefined };
  const expected = 'a boolean, or the identity of a file that was read';
  if (typeof value !== 'object' || value === null)
    throw wrongType('options.replace', expected, value);
  const { device, inode, modified } = value as Partial<FileIdentity>;
  if (typeof device !== 'bigint' || typeof inode !== 'bigint' || typeof modified !== 'bigint')
    throw wrongType('options.replace', expected, value);
  return { replace: true, expected: { device, inode, modified } };
}
