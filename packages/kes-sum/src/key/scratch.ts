/**
 * Scratch memory of an algorithm, and the runs on it. `scratch-run.ts` of mlocked-bytes explains how an abandoned run is
 * recognised.
 */
import { allocateSlot, mappingAllocator, type MLockedSlot } from '@evolock/kes-single';
import {
  beginRun,
  endRun,
  isListed,
  type Made,
  type Scratch,
  type ScratchRun,
} from '@evolock/kes-single/unsound';
import { KeyBusyError } from '../errors.js';

/** Releases the scratch memory of an algorithm that was collected. The registry must not refer to the algorithm. */
const slots = new FinalizationRegistry<MLockedSlot>((slot) => {
  slot.release();
});

/**
 * Allocates locked memory for an object that keeps it as long as it is reachable. It is a mapping of its own: a callback
 * that transfers the buffer of a slab does not transfer it.
 *
 * @throws {@link LockLimitError} `ERR_EVOLOCK_LOCK_LIMIT`.
 *
 * @internal
 */
export function scratchMemoryOf(owner: object, size: number): MLockedSlot {
  const slot = allocateSlot(size, { allocator: mappingAllocator });
  slots.register(owner, slot);
  return slot;
}

/** The keys of a run. */
export interface KeysOfRun {
  /** A key that is released unless the run completes. */
  readonly makes?: Made | undefined;
  /** A key that must not change during the run. */
  readonly reads?: object | undefined;
}

/**
 * Runs work on scratch memory, which is wiped when the work ends, or by the next operation if the run was abandoned.
 *
 * @throws {@link KeyBusyError} `ERR_EVOLOCK_KES_BUSY` when a callback or a leaf scheme ended the run from within.
 *
 * @internal
 */
export function runOn<Result>(
  scratch: Scratch,
  { makes, reads }: KeysOfRun,
  work: (run: ScratchRun) => Result,
): Result {
  const run = beginRun(scratch, makes === undefined ? [] : [makes], reads);
  let completed = false;
  try {
    const result = work(run);
    // The work continued with wiped memory: its result is wrong.
    if (!isListed(run)) throw new KeyBusyError();
    completed = true;
    return result;
  } finally {
    endRun(run, completed);
  }
}
