/**
 * Cardano KES for operators and chain software: periods, key files read straight into locked memory, operational
 * certificates, headers.
 *
 * @module
 */
export {
  CounterError,
  parseCounter,
  readCounter,
  writeCounter,
  type CertificateCounter,
  type CertificateCounterFile,
  type CounterErrorReason,
} from './certificate-counter.js';
export {
  parseCertificate,
  readCertificate,
  type CertificateFile,
  type IssuedCertificate,
} from './certificate-file.js';
export {
  certificateMessage,
  issueCertificate,
  verifyCertificate,
  type CertificateBody,
  type CertificateVerdict,
  type OperationalCertificate,
} from './certificate.js';
export {
  readColdSigningKey,
  writeColdSigningKey,
  type ColdSigningKeyFile,
} from './cold-signing-key-file.js';
export {
  EnvelopeError,
  type EnvelopeErrorDetails,
  type EnvelopeProblem,
} from './envelope-error.js';
export { isEvolvedType, type EnvelopeKind } from './envelope-types.js';
export type { EnvelopeLabel } from './envelope.js';
export {
  eraseLeftovers,
  FileError,
  leftoversOf,
  withLockFile,
  type FileErrorReason,
  type FileIdentity,
} from '@evolock/direct-serialise-io';
export { isCardanoKesError, type CardanoKesErrorCode } from './errors.js';
export { firstSightOf, readPublicStart, type FirstSight, type PublicStart } from './first-sight.js';
export { MAX_ENVELOPE_SIZE } from './file-text.js';
export { isBlockHeaderBody } from './header/body-rule.js';
export { HeaderError, type HeaderErrorDetails, type HeaderProblem } from './header/error.js';
export type { HeaderShape } from './header/fields.js';
export type { BlockHeader } from './header/parse.js';
export { MAX_BLOCK_SIZE, MAX_HEADER_SIZE } from './header/place.js';
export type {
  HeaderFailure,
  HeaderFailureCode,
  HeaderResult,
  HeaderVerdict,
  SignatureFact,
} from './header/verdict.js';
export { verdictJson, type VerdictJson } from './header/verdict-json.js';
export { parseHeader, verifyHeader, verifyHeaders, verifyHeadersAsync } from './headers.js';
export {
  inspectEnvelope,
  inspectEnvelopeText,
  type EnvelopeFacts,
  type EnvelopeFileFacts,
} from './inspect-envelope.js';
export {
  readKesSigningKey,
  writeKesSigningKey,
  type KesKeyLayout,
  type KesKeyReadOptions,
  type KesKeyWriteOptions,
  type KesSigningKeyFile,
  type NodeReading,
} from './kes-signing-key-file.js';
export { poolIdOf, type PoolId } from './pool-id.js';
export type { KeyReadOptions, KeyWriteOptions, WriteOptions } from './read-options.js';
export {
  parseColdVerificationKey,
  parseKesVerificationKey,
  readColdVerificationKey,
  readKesVerificationKey,
  writeColdVerificationKey,
  writeKesVerificationKey,
  type KesVerificationKeyWriteOptions,
  type VerificationKeyFile,
} from './verification-key-file.js';
export { expiryOf, type Expiry } from './expiry.js';
export { parametersOfGenesis, type GenesisOptions } from './genesis.js';
export { issueToFile, writeCertificate } from './issue-to-file.js';
export { issueWithCounter, type IssueRequest } from './issue-with-counter.js';
export {
  kesParameters,
  type KesParameters,
  type KesParametersInit,
  type SlotAnchor,
} from './kes-parameters.js';
export {
  evolutionLimit,
  evolutionOf,
  firstSlotOfPeriod,
  periodOfSlot,
  type EvolutionLimit,
  type EvolutionStatus,
  type InvalidEvolution,
  type ValidEvolution,
} from './kes-period.js';
export {
  mainnet,
  networkNamed,
  networkNames,
  preprod,
  preview,
  type NetworkName,
} from './networks.js';
export {
  absolutePeriod,
  evolution,
  slot,
  SUM6_PERIODS,
  type AbsolutePeriod,
  type Evolution,
  type Meaning,
  type Slot,
} from './numbers.js';
export { ParametersError, type ParametersProblem } from './parameters-error.js';
export { ReservedNumberError, type Reservation } from './reservation.js';
export { SpentNumberError, type SpentNumberErrorOptions } from './spent-number-error.js';
export { dateOfSlot, hasDates, NoDateError, slotOfDate, type NoDateReason } from './slot-dates.js';
