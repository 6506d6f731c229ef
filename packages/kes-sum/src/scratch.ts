/**
 * Scratch memory of an algorithm, and the runs on it: see `scratch-run.ts` of mlocked-bytes for how a run that was
 * abandoned is told from one in progress.
 */
import {
  allocateSlot,
  EvolockError,
  mappingAllocator,
  type MLockedSlot,
} from '@evolock/kes-single';
import {
  beginRun,
  endRun,
  isListed,
  type Made,
  type Scratch,
  type ScratchRun,
} from '@evolock/kes-single/unsound-memory';

/**
 * A key was to be changed while it was in use: from the callback that its own serialisation lends a block to. Or an
 * operation was ended from within, by a leaf scheme that started another one. All keys are whole.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { MLockedSeed, sum1Kes } from '@evolock/kes-sum';
 *
 * const seed = MLockedSeed.newRandom(32);
 * const signingKey = sum1Kes.generateKey(seed);
 * const evolve = () => signingKey.update();
 * assert.throws(() => signingKey.directSerialise(evolve), { code: 'ERR_EVOLOCK_KES_BUSY' });
 * assert.equal(signingKey.period, 0);
 * signingKey.release();
 * seed.release();
 * ```
 */
export class KeyBusyError extends EvolockError {
  readonly code = 'ERR_EVOLOCK_KES_BUSY';

  constructor(options?: ErrorOptions) {
    super(
      'this key is being serialised, or its leaf scheme started another operation from within: finish that first',
      options,
    );
  }
}

/** Scratch memory of an algorithm that the program lost is given back. What is kept here must not lead back to it. */
const slots = new FinalizationRegistry<MLockedSlot>((slot) => {
  slot.release();
});

/**
 * Takes locked memory for something that keeps it as long as it is reachable: a mapping of its own, which a callback that
 * transfers the buffer of a slab does not reach.
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

/** What a run works for. */
export interface RunFor {
  /** A key that is released unless the run completes. */
  readonly makes?: Made | undefined;
  /** A key that must not change while the run is in progress. */
  readonly reads?: object | undefined;
}

/**
 * Runs work on scratch memory, which is wiped when the work ends, or by the next operation when it was abandoned.
 *
 * @throws {@link KeyBusyError} `ERR_EVOLOCK_KES_BUSY` when the leaf scheme started another operation from within.
 *
 * @internal
 */
export function runOn<Result>(
  scratch: Scratch,
  { makes, reads }: RunFor,
  work: (run: ScratchRun) => Result,
): Result {
  const run = beginRun(scratch, makes === undefined ? [] : [makes], reads);
  let completed = false;
  try {
    const result = work(run);
    checkListed(run);
    completed = true;
    return result;
  } catch (error) {
    // Whatever the work made of wiped memory, this is the cause.
    checkListed(run, { cause: error });
    throw error;
  } finally {
    endRun(run, completed);
  }
}

/**
 * Checks that no other operation ended a run from within. Belongs before what a run made is used.
 *
 * @throws {@link KeyBusyError} `ERR_EVOLOCK_KES_BUSY`.
 *
 * @internal
 */
export function checkListed(run: ScratchRun, options?: ErrorOptions): void {
  if (!isListed(run)) throw new KeyBusyError(options);
}
