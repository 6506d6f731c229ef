/**
 * The forms of files of `cardano-cli`, for packages that read and write them, in memory that the caller gives and that may be
 * locked. Only the functions named `check…` check their arguments.
 *
 * @module
 */
export {
  certificateIn,
  counterIn,
  itemsOfIssued,
  type CertificateFile,
  type Decode,
} from './certificate/text.js';
export {
  certificateMessage,
  certificateOf,
  certificateShapes,
  checkBody,
  checkCertificate,
  COLD_SIGNATURE_SIZE,
  VERIFICATION_KEY_SIZE,
} from './certificate/certificate.js';
export { checkOnChain } from './certificate/number.js';
export { encodeHex } from './hex.js';
export { checkUnsigned64, MAX_UNSIGNED_64 } from './period/numbers.js';
export { checkParameters } from './period/parameters.js';
export {
  checkKind,
  contentOf,
  headOfByteString,
  MAX_ENVELOPE_SIZE,
  parsePublicEnvelope,
  readEnvelope,
  wrongKeySize,
  type Envelope,
  type EnvelopeLabel,
} from './envelope/envelope.js';
export { publicStart, type PublicStart } from './envelope/public-start.js';
export {
  checkType,
  isEvolvedType,
  isExtendedType,
  signingKeyType,
  typesOf,
  type EnvelopeKind,
} from './envelope/types.js';
