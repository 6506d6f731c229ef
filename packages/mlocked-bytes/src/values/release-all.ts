/** Releasing every value of a thread, after the input and output that uses them. */
import { zeroMappings } from '../kernel/mapping.js';
import { releaseWatched } from './lost.js';
import { overwriteRestOfStack } from './scratch.js';

/** Uses of locked memory that take several turns of the event loop: transfers in progress, and what has to end before. */
const transfers = new Set<Promise<unknown>>();
const ends = new Set<() => Promise<void>>();

/**
 * Declares locked memory in use until a promise settles, which it returns: {@link releaseAll} waits for it. For authors of
 * input and output.
 */
export function whileUnderWay<Result>(transfer: Promise<Result>): Promise<Result> {
  transfers.add(transfer);
  const end = (): void => {
    transfers.delete(transfer);
  };
  transfer.then(end, end);
  return transfer;
}

/**
 * Declares what has to end before locked memory is released: the kernel may write to the memory, or a key was not written.
 * {@link releaseAll} calls `end` when no transfer is in progress. It settles when the memory is no longer in use; its error
 * is that of {@link releaseAll}. Returns the withdrawal, for what has ended by itself. For authors of input and output.
 */
export function endOnRelease(end: () => Promise<void>): () => void {
  ends.add(end);
  return () => ends.delete(end);
}

/** Waits for the transfers in progress, then ends what has to end, until there is neither. Returns what failed to end. */
async function endAll(): Promise<unknown[]> {
  const failures: unknown[] = [];
  while (transfers.size + ends.size > 0) {
    if (transfers.size > 0) {
      // The caller of a transfer has its error.
      await Promise.allSettled(transfers);
      continue;
    }
    const ending = [...ends].map((end) => end());
    ends.clear();
    for (const result of await Promise.allSettled(ending))
      if (result.status === 'rejected') failures.push(result.reason);
  }
  return failures;
}

/**
 * Releases every locked value of this thread: keys, seeds and locked bytes.
 *
 * It first waits for the transfers of `@evolock/direct-serialise-io`, including those that begin meanwhile. A transfer
 * without a time limit may never end. Then it closes connections that wait for the next transfer, and open key files, which
 * write what is not written yet. Then it releases all values, and overwrites the rest of the locked memory of the thread with zeros: scratch memory, and slots without a value.
 *
 * Resolves when everything is wiped. New values can be made afterwards, and it can be called again. Each worker thread
 * releases its own values.
 *
 * @throws The error of a key file that could not be written; of several, an `AggregateError`. Everything is wiped then, too.
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { MLockedBytes } from '@evolock/mlocked-bytes';
 * import { releaseAll } from '@evolock/mlocked-bytes/release-all';
 *
 * const bytes = MLockedBytes.newZeroed(32);
 * await releaseAll();
 * assert.equal(bytes.released, true);
 * ```
 */
export async function releaseAll(): Promise<void> {
  // A callback that is lent memory may have called this: values are released when it has returned.
  await Promise.resolve();
  const failures = await endAll();
  releaseWatched();
  zeroMappings();
  // An abandoned operation may have left something there: see `scratch.ts`.
  overwriteRestOfStack();
  if (failures.length > 1) throw new AggregateError(failures, 'several key files were not written');
  if (failures.length === 1) throw failures[0];
}
