/**
 * Test vectors for key evolving signatures and their parts, and a runner that drives any
 * implementation from them.
 *
 * @packageDocumentation
 */
export { type ConformanceCase, type ConformanceGroup } from './conformance-case.js';
export { conformanceCases } from './conformance-cases.js';
export {
  ConformanceError,
  type ConformanceErrorCode,
  type VectorLocation,
} from './conformance-error.js';
export { coverage, type Coverage } from './coverage.js';
export {
  ed25519Vectors,
  type Ed25519NegativeVector,
  type Ed25519PositiveVector,
  type Ed25519Vectors,
} from './ed25519-vectors.js';
export {
  externalConformanceCases,
  type ExternalConformance,
} from './external-conformance-cases.js';
export {
  externalVectors,
  ExternalVectorsError,
  type ExternalVectors,
  type ExternalVectorsErrorCode,
} from './external-vectors.js';
export { bytesToHex, HexError, hexToBytes, type HexErrorCode } from './hex.js';
export {
  type DsignImplementation,
  type Implementation,
  type KesImplementation,
  type KesKeyHandle,
  type SeedImplementation,
} from './implementation.js';
export { KES_ALGORITHMS, type KesAlgorithmKind } from './kes-algorithm.js';
export { kesNegativeVectors, type KesNegativeVector } from './kes-negative-vectors.js';
export {
  kesSignatureVectors,
  type KesSignature,
  type KesSignatureVector,
} from './kes-signature-vectors.js';
export { kesSigningKeyVectors, type KesSigningKeyVector } from './kes-signing-key-vectors.js';
export { seedExpansionVectors, type SeedExpansionVector } from './seed-expansion-vectors.js';
