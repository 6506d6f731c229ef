/**
 * Test vectors for key evolving signatures and their parts, and a runner that drives any
 * implementation from them.
 *
 * @packageDocumentation
 */
export {
  type AsyncConformanceCase,
  type ConformanceCase,
  type ConformanceGroup,
} from './cases/case.js';
export {
  ArgumentError,
  type ArgumentErrorCode,
  ConformanceError,
  type ConformanceErrorCode,
  ExternalVectorsError,
  type ExternalVectorsErrorCode,
  HexError,
  type HexErrorCode,
  StdioError,
  type StdioErrorCode,
  type VectorLocation,
} from './errors.js';
export {
  type ExternalConformance,
  externalConformanceCases,
} from './external/conformance-cases.js';
export { externalVectors, type ExternalVectors } from './external/files.js';
export {
  type Async,
  type AsyncDsignImplementation,
  type AsyncExtendedImplementation,
  type AsyncImplementation,
  type AsyncKesCborImplementation,
  type AsyncKesImplementation,
  type AsyncKesKeyHandle,
  type AsyncKesRustFormImplementation,
  type AsyncSeedImplementation,
  type AsyncVrfImplementation,
  type Awaitable,
} from './implementation/async-implementation.js';
export {
  type DsignImplementation,
  type ExtendedImplementation,
  type Implementation,
  type KesCborImplementation,
  type KesCheckedRead,
  type KesImplementation,
  type KesKeyHandle,
  type KesRustFormImplementation,
  type SeedImplementation,
  type VrfImplementation,
} from './implementation/implementation.js';
export { asyncConformanceCases, conformanceCases } from './runner/conformance-cases.js';
export { coverage, type Coverage } from './runner/coverage.js';
export {
  type ConformanceCause,
  type ConformanceCauseGroup,
  type ConformanceFailure,
} from './report/causes.js';
export {
  type ConformanceReport,
  runConformance,
  type RunOptions,
} from './runner/run-conformance.js';
export {
  stdioImplementation,
  type StdioImplementation,
  type StdioOptions,
} from './stdio/client.js';
export { serveImplementation, type ServeOptions } from './stdio/server.js';
export {
  haskellKesVectors,
  type HaskellKesPeriod,
  type HaskellKesVector,
} from './vectors/haskell.js';
export { KES_ALGORITHMS, type KesAlgorithmKind } from './vectors/algorithm.js';
export { type ExtendedKeyVector, extendedKeyVectors } from './vectors/extended.js';
export { bytesToHex, hexToBytes } from './vectors/bytes.js';
export {
  type KesCborHead,
  type KesCborNegative,
  type KesCborSubject,
  kesCborVectors,
  type KesCborVectors,
} from './vectors/cbor.js';
export {
  type Ed25519NegativeVector,
  type Ed25519PositiveVector,
  ed25519Vectors,
  type Ed25519Vectors,
  type SeedExpansionVector,
  seedExpansionVectors,
} from './vectors/primitives.js';
export {
  type KesNegativeVector,
  kesNegativeVectors,
  type KesSignature,
  type KesSignatureVector,
  kesSignatureVectors,
} from './vectors/signatures.js';
export {
  type KesKeyNegativeVector,
  kesKeyNegativeVectors,
  type KesRustFormNegative,
  type KesRustFormVector,
  kesRustFormVectors,
  type KesRustFormVectors,
  type KesSigningKeyVector,
  kesSigningKeyVectors,
} from './vectors/signing-keys.js';
export {
  VRF_ALGORITHMS,
  type VrfAlgorithmName,
  type VrfProofVector,
  type VrfVerdictVector,
  vrfVectors,
  type VrfVectors,
} from './vectors/vrf.js';
