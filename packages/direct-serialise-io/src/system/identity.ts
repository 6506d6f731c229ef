import { lstatSync, type BigIntStats } from 'node:fs';
import { wrongType } from '@evolock/direct-serialise/arguments';
import { FileError } from '../errors.js';
import { attempt, checkPath } from './calls.js';

/** The identity and state of a file. A path may lead to another file later. */
export interface FileIdentity {
  /** Number of the file system. */
  readonly device: bigint;
  /** Number of the file in the file system. A later file may get the number of a removed file. */
  readonly inode: bigint;
  /** The time of the last write, in nanoseconds since 1970. */
  readonly modified: bigint;
  /** Number of the user who owns the file; 0 on Windows. */
  readonly owner: bigint;
}

/**
 * The identity of a file, for the option `replace` of what writes files: a regular file, not a symbolic link. Take it before
 * reading the file: then only the file that was read is replaced.
 *
 * @throws {@link FileError} `ERR_EVOLOCK_IO_FILE`.
 */
export function identityOfFile(path: string | URL): FileIdentity {
  const file = checkPath(path);
  const stats = attempt(file, () => lstatSync(file, { bigint: true }));
  if (stats.isSymbolicLink()) throw new FileError('symbolic-link', file);
  if (!stats.isFile()) throw new FileError('not-regular', file);
  return identityOf(stats);
}

/** The identity of a file, from its system facts. */
export function identityOf({ dev, ino, mtimeNs, uid }: BigIntStats): FileIdentity {
  return { device: dev, inode: ino, modified: mtimeNs, owner: uid };
}

const MEMBERS = ['device', 'inode', 'modified', 'owner'] as const;

/** Whether two identities are of one unchanged file. */
export function areSame(one: FileIdentity, other: FileIdentity): boolean {
  return MEMBERS.every((member) => one[member] === other[member]);
}

/** Whether a file is replaced, and which. */
export interface Replaced {
  /** Whether an existing file is replaced. Otherwise an existing file is an error. */
  readonly replace: boolean;
  /** The only file that may be replaced; `undefined` for any. */
  readonly expected: FileIdentity | undefined;
}

/** Checks the option `replace`. Absent means `false`. */
export function replacedBy(value: unknown = false): Replaced {
  if (typeof value === 'boolean') return { replace: value, expected: undefined };
  const expected = 'a boolean, or the identity of a file that was read';
  if (typeof value !== 'object' || value === null)
    throw wrongType('options.replace', expected, value);
  const given = value as FileIdentity;
  if (MEMBERS.some((member) => typeof given[member] !== 'bigint'))
    throw wrongType('options.replace', expected, value);
  const { device, inode, modified, owner } = given;
  return { replace: true, expected: { device, inode, modified, owner } };
}
