import { allocateSlot, type AllocationOptions } from '@evolock/mlocked-bytes';

/**
 * Lends locked memory for the duration of a call, and wipes it.
 *
 * @param size - Bytes.
 *
 * @internal
 */
export function withLockedMemory<Result>(
  size: number,
  options: AllocationOptions | undefined,
  use: (memory: Uint8Array) => Result,
): Result {
  const slot = allocateSlot(size, options);
  try {
    return use(slot.unsoundBytes);
  } finally {
    slot.release();
  }
}
