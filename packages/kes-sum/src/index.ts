/**
 * Sum and CompactSum key evolving signatures in locked memory, compatible bit for bit with Cardano: what most programs need.
 * `@evolock/kes-sum/all` has the rest.
 *
 * @module
 */
export {
  ed25519,
  EvolockError,
  KesPeriodError,
  LastPeriodError,
  MLockedSeed,
  periodClock,
  preflight,
  type KesAlgorithm,
  type KesSignature,
  type KesSigningKey,
  type KesVerificationKey,
} from '@evolock/kes-single';
export { compactSum6Kes, compactSum7Kes, sum6Kes, sum7Kes } from './ready-made.js';
export { compactSumKesOfDepth, sumKesOfDepth } from './sum-kes.js';
export { verifyMany, type KesVerification } from './verify/verify-many.js';
