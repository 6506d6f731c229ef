/**
 * What the tests of several packages share about keys.
 *
 * @module
 */
export { implementationOf } from './kes-implementation.js';
export type { KeyMaker, TestedAlgorithm, TestedKey } from './tested-algorithm.js';
export { blocksOf, serialised, serialisedTo } from './serialised-form.js';
export { keyAt, keyFrom, keyOf, releasedKey } from './signing-keys.js';
export {
  anyVerification,
  goodVerifications,
  hostileVerifications,
  type TestedVerification,
} from './verifications.js';
