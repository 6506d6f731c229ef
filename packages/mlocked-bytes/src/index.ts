/**
 * Bytes in locked, guarded memory: never swapped, never in a core dump, wiped on release.
 *
 * @module
 */
export { ArgumentError, EvolockError } from '@evolock/direct-serialise';
export type { DirectDeserialise, DirectSerialise, Pull, Push } from '@evolock/direct-serialise';
export type { AllocationOptions, MLockedAllocator, MLockedSlot } from './allocator.js';
export { MLockedChunk } from './chunk.js';
export { DuplicatePackageError } from './duplicate-package-error.js';
export { ViewEscapeError } from './lend.js';
export { lockStatus, LockLimitError, type LockStatus } from './lock-limit.js';
export {
  allocateSlot,
  filled,
  MLockedBytes,
  withMLockedBytes,
  type MLockedBytesOptions,
} from './locked-bytes.js';
export { checkLocked, LockedValue, type LockedClass } from './locked-value.js';
export { MappingAllocator, mappingAllocator } from './mapping-allocator.js';
export { MAX_REGION_SIZE, MAX_REGIONS, RegionLimitError } from './mapping.js';
export { SodiumUnavailableError } from './native.js';
export { PooledAllocator, pooledAllocator, type PoolUsage } from './pooled-allocator.js';
export { MLockedRegion } from './region.js';
export { ReleasedError } from './released-error.js';
export { MLockedSizedBytes } from './sized-bytes.js';
