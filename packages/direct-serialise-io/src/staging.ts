/** Locked memory for the time of a transfer, and the largest value of a transfer. */
import { checkInteger } from '@evolock/direct-serialise/arguments';
import { mappingAllocator, MLockedBytes, type AllocationOptions } from '@evolock/mlocked-bytes';
import { filled, unsoundMemory } from '@evolock/mlocked-bytes/unsound';

/**
 * The largest value of a transfer, in bytes: 1 MiB. A value for a socket is staged in locked memory as a whole, and an
 * ordinary user may lock some 8 MiB in all.
 */
export const MAX_IO_SIZE = 1_048_576;

/** Checks the size of a value: 1 byte to {@link MAX_IO_SIZE}. */
export function checkIoSize(size: unknown): number {
  return checkInteger('size', size, 1, MAX_IO_SIZE);
}

/**
 * Locked bytes for a transfer, in a mapping of their own unless the caller gives an allocator. They are wiped when `fill`
 * throws.
 */
export function newStaging(
  size: number,
  options: AllocationOptions,
  fill?: (memory: Uint8Array) => void,
): MLockedBytes {
  const { allocator = mappingAllocator } = options;
  const bytes = MLockedBytes.newZeroed(size, { allocator });
  return fill === undefined ? bytes : filled(bytes, fill);
}

/** Lends locked memory of `size` bytes for the duration of a call, and wipes it. */
export function withLockedMemory<Result>(
  size: number,
  options: AllocationOptions | undefined,
  use: (memory: Uint8Array) => Result,
): Result {
  // A value and no slot: when a time limit of `node:vm` ends the call without its `finally`, the collector wipes it.
  const bytes = MLockedBytes.newZeroed(size, options);
  try {
    return use(unsoundMemory(bytes));
  } finally {
    bytes.release();
  }
}
