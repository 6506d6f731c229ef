/**
 * Cardano KES for operators and chain software: periods, key files read straight into locked memory, operational
 * certificates, headers.
 *
 * @module
 */
export * from '@evolock/direct-serialise-io';
export * from '@evolock/kes-sum';
export * from '@evolock/vrf-praos';
export * from './header/index.js';
export {
  parseCounter,
  type CertificateCounter,
  type CertificateCounterFile,
} from './certificate/text.js';
export { MAX_ENVELOPE_SIZE, type EnvelopeLabel } from './envelope/envelope.js';
export { isEvolvedType, type EnvelopeKind } from './envelope/types.js';
export { ReservedNumberError, SpentNumberError, type Reservation } from './errors.js';
export {
  readCertificate,
  readCounter,
  readReservation,
  writeCounter,
  type CounterWriteOptions,
} from './files/certificate-files.js';
export {
  certificateRequestText,
  parseCertificateRequest,
  type CertificateRequest,
  type LastOnChain,
} from './files/certificate-request.js';
export {
  inspectEnvelope,
  inspectEnvelopeText,
  type EnvelopeFacts,
  type KeyWriteOptions,
  type WriteOptions,
} from './files/envelope-file.js';
export { readPublicStart, type PublicStart } from './files/public-start.js';
export {
  issueToFile,
  issueToFileWithSigner,
  type ColdSigner,
  type IssueDetails,
  type IssueRequest,
  type SignerIssueRequest,
} from './files/issue-to-file.js';
export { bytesOfHex } from './hex.js';
export {
  HeaderVerifier,
  issueCertificate,
  parseHeader,
  poolIdOf,
  verifyCertificate,
  verifyHeader,
} from './keys/headers.js';
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
  parseVerificationKey,
  readVerificationKey,
  writeVerificationKey,
  type VerificationKeyFile,
  type VerificationKeyKind,
  type VerificationKeyWriteOptions,
} from './keys/verification-keys.js';
export {
  EpochNonces,
  vrfInputOf,
  type Nonce,
  type NonceHeader,
  type NonceState,
} from './nonce/epoch-nonces.js';
export {
  epochOfSlot,
  epochParametersOf,
  epochParametersOfGenesis,
  type EpochParameters,
  type ExtraEntropy,
} from './nonce/epochs.js';
