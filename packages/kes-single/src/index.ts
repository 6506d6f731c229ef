/**
 * Single and CompactSingle key evolving signatures, and the interfaces of every key evolving scheme.
 *
 * @module
 */
export {
  allocateSlot,
  ArgumentError,
  blake2b256,
  BLAKE2B_256_SIZE,
  checkLocked,
  checkSeed,
  CHILD_SEED_SIZE,
  DuplicatePackageError,
  ed25519,
  Ed25519SigningKey,
  EvolockError,
  LockedValue,
  LockLimitError,
  LockPolicyError,
  lockStatus,
  mappingAllocator,
  MAX_SEED_SIZE,
  MIN_SEED_SIZE,
  MLockedSeed,
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
  type Brand,
  type BrandedBytes,
  type ChildSeeds,
  type DirectDeserialise,
  type DirectSerialise,
  type DsignAlgorithm,
  type DsignLeaf,
  type DsignShape,
  type DsignSignature,
  type DsignSigningKey,
  type DsignVerificationKey,
  type Ed25519,
  type Ed25519Shape,
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
} from '@evolock/dsign-ed25519';
export { OtherKeyError } from './expected-verification-key.js';
export type {
  KesAlgorithm,
  KesKeyOptions,
  KesReadOptions,
  KesShape,
  KesSignature,
  KesSigningKey,
  KesVariant,
  KesVerificationKey,
  Shown,
  SingleShape,
} from './kes-algorithm.js';
export { AsynchronousLeafError, type LeafOperationName } from './leaf-scheme.js';
export {
  KeyFormError,
  RUST_PERIOD_SIZE,
  rustSigningKey,
  rustSigningKeyType,
  VERSIONED_HEADER_SIZE,
  versionedSigningKey,
  versionedSigningKeyType,
  type KeyFormProblem,
  type SizedKeyType,
} from './key-forms.js';
export type { Sum } from './literal-arithmetic.js';
export { KesPeriodError, LastPeriodError } from './period-error.js';
export { PublicBytesType } from './public-bytes-type.js';
export { hashVerificationKey, signKes, verifyKes, type KesSigned } from './signed.js';
export {
  compactSingleKes,
  singleKes,
  type CompactSingleKesShape,
  type SingleKesShape,
} from './single-kes.js';
