/**
 * Verification alone, in JavaScript: key evolving signatures, Ed25519 and the VRF of Praos. It runs in browsers and in other
 * engines without native code.
 *
 * @module
 */
export { ArgumentError, type ArgumentErrorCode } from '@evolock/direct-serialise/arguments';
export { ed25519, type DsignAlgorithm, type LeafVerifier } from './ed25519.js';
export type { KesAlgorithm, KesVariant } from './kes/kes-verifier.js';
export * from './kes/algorithms.js';
export { praosBatchCompatVrf, praosVrf, type VrfAlgorithm } from './vrf/praos-vrf.js';
