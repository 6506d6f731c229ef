import { checkOptions } from '@evolock/direct-serialise/arguments';
import { mappingAllocator, MLockedBytes, type AllocationOptions } from '@evolock/mlocked-bytes';
import { filled } from '@evolock/mlocked-bytes/unsound';

/**
 * Locked bytes for a transfer, in a mapping of their own unless an allocator was given.
 *
 * @param size - Bytes.
 * @param options - The caller's.
 * @param fill - Fills them; they are wiped when it throws.
 *
 * @internal
 */
export function newStaging(
  size: number,
  options: AllocationOptions | undefined,
  fill?: (memory: Uint8Array) => void,
): MLockedBytes {
  const { allocator = mappingAllocator } = checkOptions(options);
  const bytes = MLockedBytes.newZeroed(size, { allocator });
  return fill === undefined ? bytes : filled(bytes, fill);
}
