/**
 * Bytes in locked, guarded memory: never swapped, left out of core dumps, wiped on release.
 *
 * @module
 */
export * from '@evolock/direct-serialise';
export * from './errors.js';
export type { KernelLockStatus } from './kernel/limits.js';
export { setLockPolicy, type LockPolicy } from './kernel/lock-policy.js';
export {
  allocationOptionNames,
  type AllocationOptions,
  mappingAllocator,
  type MLockedAllocator,
  type MLockedBytesOptions,
  type MLockedSlot,
} from './allocators/allocator.js';
export {
  allocateSlot,
  PooledAllocator,
  pooledAllocator,
  type PoolUsage,
} from './allocators/pooled-allocator.js';
export {
  lockStatus,
  preflight,
  type LockedKind,
  type LockStatus,
  type Preflight,
  type PreflightOptions,
} from './allocators/preflight.js';
export { MLockedBytes, withMLockedBytes } from './values/locked-bytes.js';
export { checkLocked, type LockedClass, LockedValue } from './values/locked-value.js';
export type { LostValue } from './values/lost.js';
