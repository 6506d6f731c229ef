/**
 * Cardano KES for operators: key files read straight into locked memory, operational certificates that are issued once, and
 * the functions of cardano-headers over libsodium. `@evolock/cardano-kes/all` has the names of the packages below, too.
 *
 * @module
 */
export {
  CardanoError,
  ReservedNumberError,
  SpentNumberError,
  type CardanoErrorReason,
  type Reservation,
} from './errors.js';
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
} from './files/certificate-request.js';
export {
  inspectEnvelope,
  inspectEnvelopeText,
  type EnvelopeFacts,
  type KeyWriteOptions,
  type WriteOptions,
} from './files/envelope-file.js';
export { readPublicStart } from './files/public-start.js';
export {
  issueCertificate,
  issueToFile,
  issueToFileWithSigner,
  type ColdSigner,
  type IssueDetails,
  type IssueRequest,
  type SignerIssueRequest,
} from './issuing/issue-to-file.js';
export { nativeHeaders } from './native-headers.js';
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
