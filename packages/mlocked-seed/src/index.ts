/**
 * Seeds in locked memory, with the Blake2b-256 expansion of key evolving signatures.
 *
 * @module
 */
export {
  allocateSlot,
  ArgumentError,
  checkLocked,
  DuplicatePackageError,
  EvolockError,
  LockedValue,
  LockLimitError,
  LockPolicyError,
  lockStatus,
  MappingAllocator,
  mappingAllocator,
  PooledAllocator,
  pooledAllocator,
  preflight,
  MemoryRefusedError,
  MemoryTransferredError,
  RegionLimitError,
  ReleasedError,
  setLockPolicy,
  SodiumUnavailableError,
  ViewEscapeError,
  type AllocationOptions,
  type DirectDeserialise,
  type DirectSerialise,
  type LockedClass,
  type LockedKind,
  type LockPolicy,
  type LockStatus,
  type LostValue,
  type MLockedAllocator,
  type MLockedSlot,
  type PoolUsage,
  type Preflight,
  type PreflightOptions,
  type Pull,
  type Push,
} from '@evolock/mlocked-bytes';
export { blake2b256, BLAKE2B_256_SIZE } from './blake2b.js';
export { CHILD_SEED_SIZE, MAX_SEED_SIZE } from './expansion.js';
export { checkSeed, MIN_SEED_SIZE, MLockedSeed, type ChildSeeds } from './seed.js';
