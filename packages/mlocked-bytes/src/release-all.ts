/**
 * One call that releases every value of this thread. It is the application's: no package passes it on, so that no
 * library wipes its application's keys.
 *
 * @module
 */
import { releaseWatched } from './lost.js';
import { zeroMappings } from './mapping.js';
import { endAbandonedRuns } from './scratch-run.js';
import { nextToSettle } from './under-way.js';

/**
 * Releases every locked value of this thread: keys, seeds, locked bytes and regions.
 *
 * It first waits for the transfers of `@evolock/direct-serialise-io` that are under way, those that begin meanwhile
 * included; a transfer without a limit of time may take for ever. Then it closes connections that wait for the next
 * transfer. Then it releases, and overwrites with zeros what is left of the thread's locked memory: the benches of the
 * algorithms, and slots that are not owned by a value.
 *
 * Everything may be used again afterwards: values are made anew, and it may be called again. Each worker thread releases
 * its own.
 *
 * @returns A promise that resolves when everything is wiped.
 * @throws What an allocator threw that failed to take memory back, the first of several. Everything was wiped all the same.
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
  const failures = releaseWatched();
  endAbandonedRuns();
  zeroMappings();
  if (failures.length > 0) throw failures[0];
}
