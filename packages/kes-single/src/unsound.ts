/**
 * For packages that build key evolving schemes on this one: locked memory and native functions, and what an algorithm is
 * made of. The name warns: nothing here checks what it is given to do.
 *
 * @module
 */
export * from '@evolock/dsign-ed25519/unsound';
export {
  checkAlgorithm,
  checkTarget,
  compositionOf,
  levelOfDifference,
  type KesComposition,
} from './composition.js';
export { newAlgorithm, type KesScheme, type ReadRequest } from './scheme.js';
