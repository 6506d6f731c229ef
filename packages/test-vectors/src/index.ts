/**
 * Test vectors for key evolving signatures and their parts, and a runner that drives any
 * implementation from them.
 *
 * @packageDocumentation
 */
export { ArgumentError, type ArgumentErrorCode } from './argument-error.js';
export {
  type Async,
  type AsyncDsignImplementation,
  type AsyncImplementation,
  type AsyncKesCborImplementation,
  type AsyncKesFormImplementation,
  type AsyncKesImplementation,
  type AsyncKesKeyHandle,
  type AsyncSeedImplementation,
} from './async-implementation.js';
export { type Awaitable } from './awaitable.js';
export {
  type AsyncConformanceCase,
  type ConformanceCase,
  type ConformanceGroup,
} from './conformance-case.js';
export { asyncConformanceCases, conformanceCases } from './conformance-cases.js';
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
  type KesCborImplementation,
  type KesCheckedRead,
  type KesFormImplementation,
  type KesImplementation,
  type KesKeyHandle,
  type SeedImplementation,
} from './implementation.js';
export { KES_ALGORITHMS, type KesAlgorithmKind } from './kes-algorithm.js';
export {
  kesCborVectors,
  type KesCborExample,
  type KesCborHead,
  type KesCborNegative,
  type KesCborSubject,
  type KesCborVectors,
} from './kes-cbor-vectors.js';
export {
  kesKeyFormVectors,
  type KesKeyForm,
  type KesKeyFormNegative,
  type KesKeyFormVector,
  type KesKeyFormVectors,
} from './kes-key-form-vectors.js';
export { kesKeyNegativeVectors, type KesKeyNegativeVector } from './kes-key-negative-vectors.js';
export { kesNegativeVectors, type KesNegativeVector } from './kes-negative-vectors.js';
export {
  kesSignatureVectors,
  type KesSignature,
  type KesSignatureVector,
} from './kes-signature-vectors.js';
export { kesSigningKeyVectors, type KesSigningKeyVector } from './kes-signing-key-vectors.js';
export {
  runConformance,
  type ConformanceFailure,
  type ConformanceReport,
  type RunOptions,
} from './run-conformance.js';
export { seedExpansionVectors, type SeedExpansionVector } from './seed-expansion-vectors.js';
export { StdioError, type StdioErrorCode } from './stdio-error.js';
export {
  stdioImplementation,
  type StdioImplementation,
  type StdioOptions,
} from './stdio-implementation.js';
export { serveImplementation, type ServeOptions } from './stdio-server.js';
