/**
 * Cardano KES for operators and chain software: periods, key files read straight into locked memory, operational
 * certificates, headers.
 *
 * @module
 */
export * from '@evolock/direct-serialise-io';
export * from '@evolock/kes-sum';
export * from '@evolock/vrf-praos';
export type {
  CertificateBody,
  CertificateVerdict,
  IssuedCertificate,
  OperationalCertificate,
} from './certificate/certificate.js';
export { parseCertificate, type CertificateFile } from './certificate/certificate-text.js';
export type { CertificateCounter } from './certificate/counter.js';
export type { PoolId } from './certificate/pool-id.js';
export { MAX_ENVELOPE_SIZE, type EnvelopeLabel } from './envelope/envelope.js';
export { isEvolvedType, type EnvelopeKind } from './envelope/types.js';
export {
  ColdSignatureError,
  CounterError,
  EnvelopeError,
  HeaderError,
  NoDateError,
  ParametersError,
  ReservedNumberError,
  SpentNumberError,
  type CounterErrorReason,
  type EnvelopeProblem,
  type HeaderProblem,
  type NoDateReason,
  type ParametersProblem,
  type Reservation,
} from './errors.js';
export { readCertificate } from './files/certificate-file.js';
export {
  parseCounter,
  readCounter,
  readReservation,
  writeCounter,
  type CertificateCounterFile,
  type CounterWriteOptions,
} from './files/counter-file.js';
export {
  inspectEnvelope,
  inspectEnvelopeText,
  type EnvelopeFacts,
  type EnvelopeFileFacts,
} from './files/envelope-file.js';
export {
  firstSightOf,
  readPublicStart,
  type FirstSight,
  type PublicStart,
} from './files/first-sight.js';
export type {
  ColdSigner,
  IssueDetails,
  IssueRequest,
  SignerIssueRequest,
} from './files/issuing/issue-request.js';
export { issueToFile } from './files/issuing/issue-to-file.js';
export { issueToFileWithSigner } from './files/issuing/issue-to-file-with-signer.js';
export type { KeyReadOptions, KeyWriteOptions, WriteOptions } from './files/options.js';
export { isBlockHeaderBody } from './header/body-rule.js';
export type { HeaderShape } from './header/fields.js';
export type { BlockHeader, HeaderVrf, VrfResult } from './header/parse.js';
export { headerItems, HeaderItems, type HeaderItem } from './header/items.js';
export { MAX_BLOCK_SIZE } from './header/place.js';
export { verdictJson, type VerdictJson } from './header/verdict-json.js';
export type {
  HeaderFailure,
  HeaderFailureCode,
  HeaderResult,
  HeaderVerdict,
  HeaderVerdictOptions,
  SignatureFact,
} from './header/verdict.js';
export { hexOf } from './hex.js';
export { issueCertificate, poolIdOf, verifyCertificate } from './keys/certificates.js';
export {
  EpochNonces,
  epochOfSlot,
  epochParametersOf,
  epochParametersOfGenesis,
  vrfInputOf,
} from './keys/epoch-nonces.js';
export { HeaderVerifier, type HeaderVerifierOptions } from './keys/header-verifier.js';
export { parseHeader, verifyHeader } from './keys/headers.js';
export {
  readColdSigningKey,
  readKesSigningKey,
  readVrfSigningKey,
  writeColdSigningKey,
  writeKesSigningKey,
  writeVrfSigningKey,
  type ColdKeyWriteOptions,
  type ColdSigningKey,
  type ColdSigningKeyFile,
  type KesKeyLayout,
  type KesKeyReadOptions,
  type KesKeyWriteOptions,
  type KesSigningKeyFile,
  type NodeReading,
  type VrfSigningKeyFile,
} from './keys/signing-keys.js';
export {
  looksLikeKeyText,
  parseColdVerificationKey,
  parseKesVerificationKey,
  parseVrfVerificationKey,
  readColdVerificationKey,
  readKesVerificationKey,
  readVrfVerificationKey,
  writeColdVerificationKey,
  writeKesVerificationKey,
  writeVrfVerificationKey,
  type KesVerificationKeyWriteOptions,
  type VerificationKeyFile,
} from './keys/verification-keys.js';
export type { EpochGenesisOptions } from './nonce/genesis.js';
export type { Nonce } from './nonce/nonce.js';
export {
  epochParameters,
  type EpochParameters,
  type EpochParametersInit,
  type ExtraEntropy,
} from './nonce/parameters.js';
export type { NonceHeader, NonceState } from './nonce/state.js';
export { dateOfSlot, hasDates, slotOfDate } from './period/dates.js';
export {
  evolutionLimit,
  evolutionOf,
  expiryOf,
  firstSlotOfPeriod,
  periodOfSlot,
  type EvolutionLimit,
  type EvolutionStatus,
  type Expiry,
  type InvalidEvolution,
  type ValidEvolution,
} from './period/evolution.js';
export { parametersOfGenesis, type GenesisOptions } from './period/genesis.js';
export {
  mainnet,
  networkNamed,
  networkNames,
  preprod,
  preview,
  type NetworkName,
} from './period/networks.js';
export {
  absolutePeriod,
  slot,
  type AbsolutePeriod,
  type Evolution,
  type Meaning,
  type Slot,
} from './period/numbers.js';
export {
  kesParameters,
  type KesParameters,
  type KesParametersInit,
  type SlotAnchor,
} from './period/parameters.js';
