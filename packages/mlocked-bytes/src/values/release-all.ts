/** Releasing every value of a thread, after the input and output that uses them. */
import { zeroMappings } from '../kernel/mapping.js';
import { releaseWatched } from './lost.js';
import { overwriteRestOfStack } from './scratch.js';

/** Uses of locked memory that take several turns of the event loop: transfers in progress, and waiting connections. */
const transfers = new Set<Promise<unknown>>();
const connections = new Set<() => Promise<void>>();

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
 * Declares that the kernel may write to locked memory: {@link releaseAll} calls `end`, which settles when the memory is no
 * longer in use, when no transfer is in progress. Returns the withdrawal, for what has ended by itself. For authors of
 * input and output.
 */
export function endOnRelease(end: () => Promise<void>): () => void {
  connections.add(end);
  return () => connections.delete(end);
}

/** Waits for the transfers in progress, or ends what waits for the next; `undefined` when there is neither. */
function nextToSettle(): Promise<unknown> | undefined {
  if (transfers.size > 0) return Promise.allSettled(transfers);
  if (connections.size === 0) return undefined;
  const ends = [...connections];
  connections.clear();
  return Promise.allSettled(ends.map((end) => end()));
}

/**
 * Releases every locked value of this thread: keys, seeds and locked bytes.
 *
 * It first waits for the transfers of `@evolock/direct-serialise-io`, including those that begin meanwhile. A transfer
 * without a time limit may never end. Then it closes connections that wait for the next transfer. Then it releases all
 * values, and overwrites the rest of the locked memory of the thread with zeros: scratch memory, and slots without a value.
 *
 * Resolves when everything is wiped. New values can be made afterwards, and it can be called again. Each worker thread
 * releases its own values.
 *
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
  for (let settled = nextToSettle(); settled !== undefined; settled = nextToSettle()) await settled;
  releaseWatched();
  zeroMappings();
  // An abandoned operation may have left something there: see `scratch.ts`.
  overwriteRestOfStack();
}
