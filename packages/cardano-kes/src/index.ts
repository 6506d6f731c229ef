/**
 * Cardano KES for operators and chain software: periods, key files read straight into locked memory, operational
 * certificates, headers.
 *
 * @module
 */
export {
  CounterError,
  readCounter,
  writeCounter,
  type CertificateCounter,
  type CertificateCounterFile,
  type CounterErrorReason,
} from './certificate-counter.js';
export {
  parseCertificate,
  readCertificate,
  writeCertificate,
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
export type { EnvelopeKind } from './envelope-types.js';
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
export { firstSightOf, type FirstSight } from './first-sight.js';
export { MAX_ENVELOPE_SIZE } from './file-text.js';
export { HeaderError, type HeaderErrorDetails, type HeaderProblem } from './header-error.js';
export type { HeaderShape } from './header-fields.js';
export {
  verifyHeader,
  type HeaderFailure,
  type HeaderFailureCode,
  type HeaderVerdict,
  type SignatureFact,
} from './header-verdict.js';
export { verifyHeaders, verifyHeadersAsync } from './header-verdicts.js';
export { parseHeader, type BlockHeader } from './header.js';
export { inspectEnvelope, type EnvelopeFacts } from './inspect-envelope.js';
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
export { issueToFile } from './issue-to-file.js';
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
  type Slot,
} from './numbers.js';
export { ParametersError, type ParametersProblem } from './parameters-error.js';
export { SpentNumberError, type SpentNumberErrorOptions } from './spent-number-error.js';
export { dateOfSlot, hasDates, NoDateError, slotOfDate, type NoDateReason } from './slot-dates.js';
export { verdictJson, type VerdictJson } from './verdict-json.js';
