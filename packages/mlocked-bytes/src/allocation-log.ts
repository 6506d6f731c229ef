import { checkInteger, checkOptions } from '@evolock/direct-serialise/arguments';
import { EvolockError } from '@evolock/direct-serialise';
import { checkAllocator, type MLockedAllocator, type MLockedSlot } from './allocator.js';
import { pooledAllocator } from './pooled-allocator.js';

/** One thing that an {@link AllocationLog} saw. */
export interface AllocationEvent {
  readonly kind: 'allocate' | 'refuse' | 'release';
  /** Number of the allocation, from 1. */
  readonly allocation: number;
  /** Bytes. */
  readonly size: number;
}

/**
 * An allocation that an {@link AllocationLog} was told to refuse.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { MLockedBytes } from '@evolock/mlocked-bytes';
 * import { AllocationLog } from '@evolock/mlocked-bytes/testing';
 *
 * const log = new AllocationLog({ refuse: 1 });
 * assert.throws(() => MLockedBytes.newZeroed(32, { allocator: log }), {
 *   code: 'ERR_EVOLOCK_ALLOCATION_REFUSED',
 * });
 * ```
 */
export class AllocationRefusedError extends EvolockError {
  readonly code = 'ERR_EVOLOCK_ALLOCATION_REFUSED';

  constructor(allocation: number) {
    super(`allocation ${String(allocation)} was refused, as the test asked for`);
  }
}

/** Options of an {@link AllocationLog}. */
export interface AllocationLogOptions {
  /** Where the memory comes from; the pool of the process when absent. */
  readonly allocator?: MLockedAllocator | undefined;
  /** The number of the allocation to refuse, from 1, and all that follow it; none when absent. */
  readonly refuse?: number | undefined;
}

class LoggedSlot implements MLockedSlot {
  readonly #slot: MLockedSlot;
  #note: (() => void) | undefined;

  constructor(slot: MLockedSlot, note: () => void) {
    this.#slot = slot;
    this.#note = note;
  }

  get unsoundBytes(): Uint8Array {
    return this.#slot.unsoundBytes;
  }

  release(): void {
    this.#slot.release();
    this.#note?.();
    this.#note = undefined;
  }
}

/**
 * An allocator that records, for the tests of who builds on locked memory: what is alive at the end, and what happens
 * when the n-th allocation is refused.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { MLockedBytes } from '@evolock/mlocked-bytes';
 * import { AllocationLog } from '@evolock/mlocked-bytes/testing';
 *
 * const log = new AllocationLog();
 * const bytes = MLockedBytes.newZeroed(32, { allocator: log });
 * assert.deepEqual([log.allocations, log.live], [1, 1]);
 * bytes.release();
 * assert.equal(log.live, 0);
 * ```
 */
export class AllocationLog implements MLockedAllocator {
  readonly #allocator: MLockedAllocator;
  readonly #refuse: number;
  readonly #events: AllocationEvent[] = [];
  #allocations = 0;
  #live = 0;

  /** A log over an allocator. */
  constructor(options?: AllocationLogOptions) {
    const { allocator = pooledAllocator, refuse = Infinity } = checkOptions(options);
    this.#allocator = checkAllocator(allocator);
    this.#refuse =
      refuse === Infinity ? refuse : checkInteger('options.refuse', refuse, 1, Infinity);
  }

  /**
   * Takes a slot from the allocator underneath, and notes it.
   *
   * @throws {@link AllocationRefusedError} `ERR_EVOLOCK_ALLOCATION_REFUSED` when the test asked for it.
   */
  allocate(size: number, alignment?: number): MLockedSlot {
    this.#allocations += 1;
    const allocation = this.#allocations;
    if (allocation >= this.#refuse) {
      this.#events.push({ kind: 'refuse', allocation, size });
      throw new AllocationRefusedError(allocation);
    }
    const slot = this.#allocator.allocate(size, alignment);
    this.#live += 1;
    this.#events.push({ kind: 'allocate', allocation, size });
    return new LoggedSlot(slot, () => {
      this.#live -= 1;
      this.#events.push({ kind: 'release', allocation, size });
    });
  }

  /** Allocations asked for, refused ones included. */
  get allocations(): number {
    return this.#allocations;
  }

  /** Slots that have not been released. */
  get live(): number {
    return this.#live;
  }

  /** Everything seen, in order. */
  get events(): readonly AllocationEvent[] {
    return [...this.#events];
  }
}
