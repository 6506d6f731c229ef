/** Errors of system calls, in words. Few runs need the words. */
import { systemWords } from '@evolock/direct-serialise/system-words';
import { CommandError, missingFolder, type Failure } from './errors.js';
import { printable } from './text.js';

/** The error of a system call on a file, in words for the user. `ofMissing` is what it means that the file is not there. */
export function systemError(
  path: string,
  cause: unknown,
  ofMissing: Failure = 'environment',
): CommandError {
  const isMissing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
  const words = (isMissing ? missingFolder(path) : undefined) ?? systemWords(cause);
  return new CommandError(isMissing ? ofMissing : 'environment', `${printable(path)}: ${words}`, {
    cause,
  });
}
