/**
 * Every name of this package and of those that it stands on: allocators, locked bytes, the parts of a leaf scheme, the
 * protocol DirectSerialise, and all errors.
 *
 * @module
 */
export * from '@evolock/kes-single';
export { CompositionError, InconsistentKeyError, KeyBusyError } from './errors.js';
export * from './ready-made.js';
export {
  MAX_DEPTH,
  type CheckedDepth,
  type CompactSum6,
  type CompactSum7,
  type CompactSumKes,
  type CompactSumKesOfDepth,
  type CompactSumKesOver,
  type KesDepth,
  type Sum6,
  type Sum7,
  type SumKes,
  type SumKesOfDepth,
  type SumKesOver,
} from './shapes.js';
export { compactSumKes, compactSumKesOfDepth, sumKes, sumKesOfDepth } from './sum-kes.js';
export { verifyMany, type KesVerification } from './verify/verify-many.js';
