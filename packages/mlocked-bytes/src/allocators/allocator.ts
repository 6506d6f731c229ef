/** Slots and allocators, as an application sees them. */
import { checkInteger, checkMethod, wrongValue } from '@evolock/direct-serialise/arguments';

/**
 * One block of locked memory, handed out by an allocator to exactly one owner.
 *
 * Only authors of allocators and of locked types handle slots. The memory lives until `release`, which wipes it at once and
 * gives it back; a second call does nothing. No byte of it may have another owner at the same time: a slot that overlaps
 * memory with an owner is refused.
 */
export interface MLockedSlot {
  /** The memory itself, zeroed when it is handed out. The name warns: nothing checks whether this view is alive. */
  readonly unsoundBytes: Uint8Array;
  /** Wipes the memory before it returns, and gives it back. */
  release(): void;
}

/**
 * Where locked memory comes from: an option of every operation that makes a key, a seed or locked bytes.
 *
 * An allocator hands out memory of regions ({@link MLockedRegion}) or of another allocator. Memory that is not locked is
 * refused.
 */
export interface MLockedAllocator {
  /**
   * Hands out a slot of zeros, or throws.
   *
   * @param size - Bytes, 1 to 1 GiB.
   * @param alignment - The address is a multiple of it: a power of two, 1 to 4096. 32 when absent.
   */
  allocate(size: number, alignment?: number): MLockedSlot;
}

/** Options of every operation that makes something in locked memory. */
export interface AllocationOptions {
  /**
   * Where the memory comes from; the pool of the thread when absent. Work in progress (expanding a seed, evolving a key) is
   * done in scratch memory, which has mappings of its own and is wiped at once.
   */
  readonly allocator?: MLockedAllocator | undefined;
}

/** Options of locked bytes. */
export interface MLockedBytesOptions extends AllocationOptions {
  /** The address is a multiple of it: a power of two, 1 to 4096; 32 when absent. */
  readonly alignment?: number | undefined;
}

/** The largest alignment, in bytes: a page. */
export const MAX_ALIGNMENT = 4_096;

/** Alignment, in bytes, when none is given. */
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
 * Checks that a value is an allocator.
 *
 * @internal
 */
export function checkAllocator(value: unknown): MLockedAllocator {
  checkMethod('allocator', value, 'allocate');
  return value as MLockedAllocator;
}
