/**
 * Verdicts on sealed logs in words, for a page, a terminal or a message. A program that only verifies does not load them.
 *
 * @module
 */
export {
  proofJson,
  verdictJson,
  type LogVerdictJson,
  type ProofVerdictJson,
  type ReasonJson,
  type WitnessedJson,
} from './json.js';
export {
  describeVerdict,
  type DescribedLog,
  type DescribedPart,
  type LogDescription,
  type Tone,
} from './log.js';
export { describeProof, type ProofDescription } from './proof.js';
export type { Alarm, Severity } from './severity.js';
