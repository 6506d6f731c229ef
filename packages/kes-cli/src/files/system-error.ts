import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { CommandError } from '../command-error.js';
import { printable } from '../printable.js';

const NO_PERMISSION =
  'no permission: run as its owner, and let the owner in (chmod 600; its folder, chmod 700)';

const WORDS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'a part of its path is no directory',
  EISDIR: 'it is a directory, not a file',
  EACCES: NO_PERMISSION,
  EPERM: NO_PERMISSION,
  ELOOP: 'its symbolic links go in a circle',
  ENOSPC: 'the disk is full: make room and try again',
  EROFS: 'its file system is read-only',
};

/** What the system says about a file, for a person. */
export function systemError(path: string, cause: unknown): CommandError {
  const { code = 'unknown error' } = cause as NodeJS.ErrnoException;
  const words = missingFolder(path, code) ?? WORDS[code] ?? `the system refuses it (${code})`;
  return new CommandError('environment', `${printable(path)}: ${words}`, { cause });
}

/** Names the outermost folder of a path that does not exist. */
function missingFolder(path: string, code: string): string | undefined {
  if (code !== 'ENOENT') return undefined;
  let missing: string | undefined;
  // A working directory that was removed has no folder above it to look for.
  for (let folder = dirname(path); folder !== missing && !existsSync(folder);) {
    missing = folder;
    folder = dirname(folder);
  }
  return missing === undefined ? undefined : `its folder ${printable(missing)} does not exist`;
}
