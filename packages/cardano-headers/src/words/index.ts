/**
 * Verdicts on headers and certificates in words, for a page, a terminal or a log. A program that only verifies does not load
 * them.
 *
 * @module
 */
export { notJudgedOf } from '../header/not-judged.js';
export {
  describeCertificate,
  describeLife,
  describeSignature,
  type LifeDescription,
} from './certificate.js';
export {
  describeVerdict,
  eraName,
  type DescribedCheck,
  type Tone,
  type VerdictDescription,
} from './header.js';
export { describeCounter, describeNumber, type NumberSources } from './number.js';
