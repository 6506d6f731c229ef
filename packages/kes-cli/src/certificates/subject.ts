/** What `kes status` judges: a certificate from a file, or that of the key which an agent holds. */
import type { KeyJudgement } from '../keys/judgement.js';
import type { Certificate, Judgement } from './certificate.js';
import type { Standing } from './standing.js';

/** A certificate with everything that is known of its key. */
export interface StatusSubject extends Certificate {
  /** Safe to print. */
  readonly name: string;
  /** The checks that do not depend on the moment. */
  readonly judgements: readonly Judgement[];
  /** Checks the signing key at a moment; `undefined` when there is nothing to check. */
  readonly judgeKey: (standing: Standing) => Promise<KeyJudgement | undefined>;
}
