import { closeSync } from 'node:fs';
import { attempt } from './stream-error.js';

/**
 * Does something with a descriptor and closes it, however that ends. What failed first is what is told: that a
 * descriptor cannot be closed after it could not be read says nothing more.
 *
 * @param what - What it is open on, for the error.
 * @param fd - The descriptor, which is closed afterwards.
 * @param use - What to do.
 * @param takeBack - What to do with the result when closing fails, since nobody will get it.
 * @throws {@link StreamError} `ERR_EVOLOCK_IO_STREAM` when closing fails.
 *
 * @internal
 */
export function andClose<Result>(
  what: string,
  fd: number,
  use: () => Result,
  takeBack?: (result: Result) => void,
): Result {
  const result = orClose(fd, use);
  try {
    attempt(`closing ${what}`, () => closeSync(fd));
  } catch (error) {
    takeBack?.(result);
    throw error;
  }
  return result;
}

function orClose<Result>(fd: number, use: () => Result): Result {
  try {
    return use();
  } catch (error) {
    try {
      closeSync(fd);
    } catch {
      // See above.
    }
    throw error;
  }
}
