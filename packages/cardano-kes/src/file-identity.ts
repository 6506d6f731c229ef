import type { BigIntStats } from 'node:fs';
import { wrongType } from '@evolock/direct-serialise/arguments';

/** Which file it was that was read, and in which state: a path may lead to another one a moment later. */
export interface FileIdentity {
  /** Number of the file system. */
  readonly device: bigint;
  /** Number of the file in it, which another one may get when this one is gone. */
  readonly inode: bigint;
  /** When it was last written to, in nanoseconds since 1970. */
  readonly modified: bigint;
}

/**
 * The identity of a file, from what the system says about it.
 *
 * @internal
 */
export function identityOf({ dev, ino, mtimeNs }: BigIntStats): FileIdentity {
  return { device: dev, inode: ino, modified: mtimeNs };
}

/**
 * Whether two identities are of one file, to which nothing was written in between.
 *
 * @internal
 */
export function areSame(one: FileIdentity, other: FileIdentity): boolean {
  const { device, inode, modified } = one;
  return device === other.device && inode === other.inode && modified === other.modified;
}

/**
 * Checks what says whether a file is replaced, and which.
 *
 * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`.
 *
 * @internal
 */
export function checkIdentity(value: unknown): FileIdentity {
  const expected = 'a boolean, or the identity of a file that was read';
  if (typeof value !== 'object' || value === null)
    throw wrongType('options.replace', expected, value);
  const { device, inode, modified } = value as Partial<FileIdentity>;
  if (typeof device !== 'bigint' || typeof inode !== 'bigint' || typeof modified !== 'bigint')
    throw wrongType('options.replace', expected, value);
  return { device, inode, modified };
}
