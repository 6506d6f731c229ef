/**
 * Calls a function with a umask, which belongs to the whole process: nothing else of this thread runs meanwhile, and the mode
 * of what other threads create can only become stricter by it.
 *
 * @param mask - The permissions that new files do not get.
 * @param call - Synchronous.
 */
export function withUmask<Result>(mask: number, call: () => Result): Result {
  const before = process.umask(mask);
  try {
    return call();
  } finally {
    process.umask(before);
  }
}
