/**
 * Bytes in locked, guarded memory: never swapped, left out of core dumps, wiped on release.
 *
 * @module
 */
export { ArgumentError, EvolockError } from '@evolock/direct-serialise';
export type { DirectDeserialise, DirectSerialise, Pull, Push } from '@evolock/direct-serialise';
export type { AllocationOptions, MLockedAllocator, MLockedSlot } from './allocator.js';
export { MLockedChunk } from './chunk.js';
export {
  DuplicatePackageError,
  MemoryTransferredError,
  ReleasedError,
  ViewEscapeError,
} from './errors.js';
export { LockLimitError, type KernelLockStatus } from './lock-limit.js';
export { LockPolicyError, setLockPolicy, type LockPolicy } from './lock-policy.js';
export { lockStatus, type LockStatus } from './lock-status.js';
export {
  allocateSlot,
  MLockedBytes,
  withMLockedBytes,
  type MLockedBytesOptions,
} from './locked-bytes.js';
export { checkLocked, LockedValue, type LockedClass } from './locked-value.js';
export { MappingAllocator, mappingAllocator } from './mapping-allocator.js';
export { MAX_REGION_SIZE } from './mapping.js';
export type { LostValue } from './lost.js';
export { MemoryRefusedError } from './memory-refused.js';
export { SodiumUnavailableError } from './native.js';
export { preflight, type LockedKind, type Preflight, type PreflightOptions } from './preflight.js';
export { PooledAllocator, pooledAllocator, type PoolUsage } from './pooled-allocator.js';
export { MAX_REGIONS, RegionLimitError } from './region-limit.js';
export { MLockedRegion } from './region.js';
export { MLockedSizedBytes } from './sized-bytes.js';
