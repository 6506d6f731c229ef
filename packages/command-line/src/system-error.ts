/** Errors of system calls, in words. Few runs need the words. */
import { systemWords } from '@evolock/direct-serialise/system-words';
import { CommandError, missingFolder } from './errors.js';
import { printable } from './text.js';

/** The error of a system call on a file, in words for the user. */
export function systemError(path: string, cause: unknown): CommandError {
  const { code } = cause as NodeJS.ErrnoException;
  const words = (code === 'ENOENT' ? missingFolder(path) : undefined) ?? systemWords(cause);
  return new CommandError('environment', `${printable(path)}: ${words}`, { cause });
}
