/**
 * Verification alone, in JavaScript: key evolving signatures, Ed25519, the VRF of Praos, and block headers of Cardano. It
 * runs in browsers and in other engines without native code.
 *
 * @module
 */
export {
  absolutePeriod,
  dateOfSlot,
  EnvelopeError,
  evolutionLimit,
  evolutionOf,
  expiryOf,
  firstSlotOfPeriod,
  hasDates,
  HeaderError,
  headerItems,
  HeaderItems,
  hexOf,
  kesParameters,
  mainnet,
  MAX_BLOCK_SIZE,
  NoDateError,
  parseCertificate,
  periodOfSlot,
  preprod,
  preview,
  slot,
  slotOfDate,
  verdictJson,
} from '@evolock/cardano-kes/header';
export type {
  AbsolutePeriod,
  BlockHeader,
  CertificateBody,
  CertificateVerdict,
  Evolution,
  EvolutionLimit,
  EvolutionStatus,
  HeaderFailure,
  HeaderFailureCode,
  HeaderItem,
  HeaderProblem,
  HeaderResult,
  HeaderShape,
  HeaderVerdict,
  HeaderVerdictOptions,
  HeaderVerifierOptions,
  HeaderVrf,
  IncompleteReason,
  InvalidEvolution,
  IssuedCertificate,
  KesParameters,
  KesParametersInit,
  Meaning,
  NotJudged,
  NotJudgedCode,
  OperationalCertificate,
  PoolId,
  SignatureFact,
  Slot,
  SlotAnchor,
  ValidEvolution,
  VerdictJson,
  VrfResult,
} from '@evolock/cardano-kes/header';
export { ArgumentError, type ArgumentErrorCode } from '@evolock/direct-serialise/arguments';
export {
  HeaderVerifier,
  parseHeader,
  poolIdOf,
  verifyCertificate,
  verifyHeader,
} from './cardano/headers.js';
export { ed25519, type DsignAlgorithm, type LeafVerifier } from './ed25519.js';
export type { KesAlgorithm, KesVariant } from './kes/kes-verifier.js';
export * from './kes/algorithms.js';
export { praosBatchCompatVrf, praosVrf, type VrfAlgorithm } from './vrf/praos-vrf.js';
