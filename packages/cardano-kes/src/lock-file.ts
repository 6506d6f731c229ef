import { openSync, unlinkSync, writeSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { close } from './close.js';
import { attempt, FileError } from './file-error.js';

/**
 * Does something while no other run does it to the same file: a file beside it stands for the right to. One that a
 * killed run left is not guessed away, because two guesses at once would be two rights; the error says what to do.
 *
 * @throws {@link FileError} `ERR_EVOLOCK_CARDANO_FILE`, reason `locked`, with the path of the lock file.
 *
 * @internal
 */
export function withLockFile<Result>(path: string, work: () => Result): Result {
  const lock = join(dirname(path), `.${basename(path)}.evolock-lock`);
  const fd = take(lock);
  try {
    // For whoever looks at it: nothing here reads it.
    attempt(lock, () => writeSync(fd, `${String(process.pid)}\n`));
    return work();
  } finally {
    close(fd);
    remove(lock);
  }
}

function remove(lock: string): void {
  try {
    unlinkSync(lock);
  } catch {
    // The work is done or has failed, which is what the caller has to know. The next run says that there is a lock.
  }
}

function take(lock: string): number {
  try {
    return attempt(lock, () => openSync(lock, 'wx', 0o644));
  } catch (error) {
    if (error instanceof FileError && error.reason === 'exists')
      throw new FileError('locked', lock, { cause: error });
    throw error;
  }
}
