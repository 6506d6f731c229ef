/**
 * The public files of certificates and of their counters, and the judgement of the life and of the number of a certificate.
 *
 * @module
 */
export { certificateLife, type CertificateLife } from './certificate/life.js';
export {
  numberVerdict,
  type CounterWay,
  type LastOnChain,
  type NumberFacts,
  type NumberRefusal,
  type NumberVerdict,
} from './certificate/number.js';
export {
  parseCertificate,
  parseCounter,
  type CertificateCounter,
  type CertificateCounterFile,
  type CertificateFile,
} from './certificate/text.js';
export { EnvelopeError, type EnvelopeProblem } from './errors.js';
export {
  certificateVerdictJson,
  type CertificateVerdictJson,
  type JudgedCertificate,
  type OtherKey,
} from './json/certificate.js';
