/** Verdicts on logs and on proofs in JSON. */
import { encodeBase64 } from '../format/base64.js';
import type {
  EntryProofVerdict,
  SealedLogFacts,
  SealedLogVerdict,
  Witnessed,
} from '../verify/index.js';
import { describeVerdict, type DescribedLog } from './log.js';
import { describeProof } from './proof.js';
import type { Severity } from './severity.js';

/** Why a result is not `valid`. */
export interface ReasonJson {
  readonly code: string;
  /** For people. */
  readonly message: string;
}

/** A tree that enough witnesses saw, in JSON. */
export interface WitnessedJson extends Omit<Witnessed, 'root'> {
  /** Base64. */
  readonly root: string;
}

function witnessedJson(witnessed: Witnessed | undefined): WitnessedJson | undefined {
  return witnessed && { ...witnessed, root: encodeBase64(witnessed.root) };
}

/** A verdict on a log in JSON: its facts, with the reasons in words. */
export interface LogVerdictJson extends Omit<SealedLogFacts, 'reasons' | 'witnessed'> {
  readonly witnessed: WitnessedJson | undefined;
  readonly kind: 'log';
  readonly result: SealedLogVerdict['result'];
  readonly severity: Severity;
  /** Why it is invalid, or all that makes it incomplete. */
  readonly reasons: readonly ReasonJson[];
  readonly at: SealedLogVerdict['at'];
  readonly fork: SealedLogVerdict['fork'];
  readonly notJudged: readonly string[];
}

/**
 * A verdict on a log as a value for `JSON.stringify`.
 *
 * @param verdict - A verdict of `verifySealedLog`.
 * @param log - As for `describeVerdict`.
 * @throws `ArgumentError` `ERR_EVOLOCK_ARGUMENT_TYPE` or `ERR_EVOLOCK_ARGUMENT_NAME`.
 */
export function verdictJson(verdict: SealedLogVerdict, log?: DescribedLog): LogVerdictJson {
  const described = describeVerdict(verdict, log);
  const { state: _, result, failure, reasons, witnessed, ...facts } = verdict;
  const all = [
    ...(failure === undefined ? [] : [{ code: failure, message: described.failure ?? '' }]),
    ...reasons.map((code, index) => ({ code, message: described.reasons[index] ?? '' })),
  ];
  const { severity, notJudged } = described;
  return {
    kind: 'log',
    result,
    severity,
    reasons: all,
    ...facts,
    witnessed: witnessedJson(witnessed),
    notJudged,
  };
}

/** A verdict on a proof in JSON. */
export interface ProofVerdictJson extends Pick<EntryProofVerdict, 'index' | 'seal' | 'time'> {
  readonly kind: 'proof';
  readonly result: EntryProofVerdict['result'];
  readonly reasons: readonly ReasonJson[];
  readonly witnessed: WitnessedJson | undefined;
}

/**
 * A verdict on a proof as a value for `JSON.stringify`.
 *
 * @param verdict - A verdict of `verifyEntryProof`.
 * @throws `ArgumentError` `ERR_EVOLOCK_ARGUMENT_TYPE`.
 */
export function proofJson(verdict: EntryProofVerdict): ProofVerdictJson {
  const { words } = describeProof(verdict);
  const { result, failure, index, seal, time, witnessed } = verdict;
  const reasons = failure === undefined ? [] : [{ code: failure, message: words }];
  return {
    kind: 'proof',
    result,
    reasons,
    index,
    seal,
    time,
    witnessed: witnessedJson(witnessed),
  };
}
