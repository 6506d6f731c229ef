/**
 * Steps that wait for the disk. They are written once as a generator that yields each descriptor to flush, and run in one of
 * two ways: in this thread, or in the thread pool of Node.js while the event loop goes on. All other calls to the file system
 * are made by the thread that runs the steps: they reach the page cache and return.
 */
import { closeSync, fsync, fsyncSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { attempt } from './calls.js';

/** Yields the descriptors to flush. A flush that fails throws the error of the system at the `yield`. */
export type Steps<Result = void> = Generator<number, Result, undefined>;

/** Runs steps to their end, and flushes in this thread. */
export function runBlocking<Result>(steps: Steps<Result>): Result {
  let next = steps.next();
  while (next.done !== true) {
    const failed = failureOf(next.value);
    next = failed === undefined ? steps.next() : steps.throw(failed.cause);
  }
  return next.value;
}

function failureOf(fd: number): { readonly cause: unknown } | undefined {
  try {
    fsyncSync(fd);
    return undefined;
  } catch (cause) {
    return { cause };
  }
}

const flush = promisify(fsync);

/** Runs steps to their end, and flushes in the thread pool. No step gets locked memory there. */
export async function runInPool<Result>(steps: Steps<Result>): Promise<Result> {
  let next = steps.next();
  while (next.done !== true) {
    const failed = await flush(next.value).then(
      () => undefined,
      (cause: unknown) => ({ cause }),
    );
    next = failed === undefined ? steps.next() : steps.throw(failed.cause);
  }
  return next.value;
}

/** Flushes the directory, which contains the name. Windows cannot open a directory. */
export function* flushFolderOf(path: string): Steps {
  if (process.platform === 'win32') return;
  const fd = openSync(dirname(path), 'r');
  try {
    yield fd;
  } finally {
    closeSync(fd);
  }
}

/** `flushFolderOf` in this thread. */
export function flushFolder(path: string): void {
  runBlocking(flushFolderOf(path));
}

/**
 * Refuses to begin what will have to be flushed, before anything is written, where Node.js does not flush: with
 * `--permission`. Tries it, since a later version may.
 *
 * @throws {@link FileError} `ERR_EVOLOCK_IO_FILE`, reason `permission-model`, or another of the system.
 */
export function refuseUnflushable(path: string): void {
  const { permission } = process as { readonly permission?: unknown };
  if (permission !== undefined) attempt(path, () => flushFolder(path));
}
