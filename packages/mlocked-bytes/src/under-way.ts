import { checkFunction, wrongType } from '@evolock/direct-serialise/arguments';

/**
 * What holds locked memory across turns of the event loop: transfers that are under way, and connections that wait for
 * the next. Releasing everything waits for the former and ends the latter.
 */
const transfers = new Set<Promise<unknown>>();
const connections = new Set<() => Promise<void>>();

/**
 * Says that locked memory is in use until a promise settles: `releaseAll` waits for it.
 *
 * For authors of input and output.
 *
 * @param transfer - Uses locked memory until it settles.
 * @returns The same promise.
 * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { MLockedBytes } from '@evolock/mlocked-bytes';
 * import { releaseAll } from '@evolock/mlocked-bytes/release-all';
 * import { whileUnderWay } from '@evolock/mlocked-bytes/unsound';
 *
 * const bytes = MLockedBytes.newZeroed(32);
 * const transfer = whileUnderWay(
 *   new Promise<number>((resolve) => setTimeout(() => resolve(bytes.size), 10)),
 * );
 * await releaseAll();
 * assert.equal(await transfer, 32);
 * assert.equal(bytes.released, true);
 * ```
 */
export function whileUnderWay<Result>(transfer: Promise<Result>): Promise<Result> {
  if (!(transfer instanceof Promise)) throw wrongType('transfer', 'a promise', transfer);
  transfers.add(transfer);
  const end = (): void => {
    transfers.delete(transfer);
  };
  transfer.then(end, end);
  return transfer;
}

/**
 * Says that the kernel may write to locked memory until something is ended: `releaseAll` ends it when no transfer is
 * under way.
 *
 * For authors of input and output.
 *
 * @param end - Ends it; settles when the locked memory is no longer in use.
 * @returns Withdraws it, when it has ended by itself.
 * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`.
 *
 * @example
 * ```ts
 * import { endOnRelease } from '@evolock/mlocked-bytes/unsound';
 *
 * const withdraw = endOnRelease(() => Promise.resolve());
 * withdraw();
 * ```
 */
export function endOnRelease(end: () => Promise<void>): () => void {
  checkFunction('end', end);
  connections.add(end);
  return () => connections.delete(end);
}

/**
 * Waits until the transfers under way have settled, then ends what waits for the next; returns `undefined` when there is
 * neither.
 *
 * @internal
 */
export function nextToSettle(): Promise<unknown> | undefined {
  if (transfers.size > 0) return Promise.allSettled(transfers);
  if (connections.size === 0) return undefined;
  const ends = [...connections];
  connections.clear();
  return Promise.allSettled(ends.map((end) => end()));
}
