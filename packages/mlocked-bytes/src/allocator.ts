import { checkInteger, checkMethod, wrongValue } from '@evolock/direct-serialise/arguments';

/**
 * One block of locked memory, handed out by an allocator to exactly one owner.
 *
 * Only authors of allocators and of locked types see one. The memory lives until `release`, which wipes it at once
 * and gives it back, and may be called again without effect. No byte of it may have another owner at the same time: a slot
 * that overlaps memory with an owner is refused.
 */
export interface MLockedSlot {
  /** The memory itself, zeroed when it is handed out. The name warns: nothing checks this view. */
  readonly unsoundBytes: Uint8Array;
  /** Wipes the memory before it returns, and gives it back. */
  release(): void;
}

/**
 * Where locked memory comes from: a value that every operation takes which makes a key, a seed or locked bytes.
 *
 * An allocator hands out memory of regions ({@link MLockedRegion}) or of another allocator that it wraps; memory that
 * is not locked is refused by whatever is made from it.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { MLockedBytes, pooledAllocator, type MLockedAllocator } from '@evolock/mlocked-bytes';
 *
 * let allocations = 0;
 * const counting: MLockedAllocator = {
 *   allocate(size, alignment) {
 *     allocations += 1;
 *     return pooledAllocator.allocate(size, alignment);
 *   },
 * };
 * MLockedBytes.newZeroed(32, { allocator: counting }).release();
 * assert.equal(allocations, 1);
 * ```
 */
export interface MLockedAllocator {
  /**
   * @param size - Bytes, 1 to 1 GiB.
   * @param alignment - The address is a multiple of it: a power of two, 1 to 4096. 32 when absent.
   */
  allocate(size: number, alignment?: number): MLockedSlot;
}

/** Options of everything that makes something in locked memory. */
export interface AllocationOptions {
  /**
   * Where the memory of what is made comes from; the pooled allocator of the process when absent. Work in progress
   * (expanding a seed, evolving a key) is done on benches, which have mappings of their own, and is wiped there at once.
   */
  readonly allocator?: MLockedAllocator | undefined;
}

/** The largest alignment, in bytes: a page. */
export const MAX_ALIGNMENT = 4_096;

/** Alignment, in bytes, when none is asked for. */
export const DEFAULT_ALIGNMENT = 32;

/**
 * Checks an alignment: a power of two from 1 to {@link MAX_ALIGNMENT}. Zero is an error, as in the reference.
 *
 * @internal
 */
export function checkAlignment(value: unknown): number {
  const alignment = checkInteger('alignment', value, 1, MAX_ALIGNMENT);
  if ((alignment & (alignment - 1)) !== 0) {
    throw wrongValue('alignment', 'a power of two', String(alignment));
  }
  return alignment;
}

/**
 * Checks that a value can be asked for memory.
 *
 * @internal
 */
export function checkAllocator(value: unknown): MLockedAllocator {
  checkMethod('allocator', value, 'allocate');
  return value as MLockedAllocator;
}
