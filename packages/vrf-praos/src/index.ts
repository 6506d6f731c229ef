/**
 * VRF keys of Praos that live only in locked memory: proofs, their verification and their outputs.
 *
 * @module
 */
export * from '@evolock/mlocked-seed';
export { InconsistentVerificationKeyError } from './errors.js';
export { ExtendedSigningKey } from './extended-signing-key.js';
export {
  praosBatchCompatVrf,
  praosVrf,
  type PraosBatchCompatVrf,
  type PraosBatchCompatVrfShape,
  type PraosVrf,
  type PraosVrfShape,
} from './praos-vrf.js';
export { VrfSigningKey } from './signing-key.js';
export type { VrfAlgorithm, VrfShape } from './vrf-algorithm.js';
