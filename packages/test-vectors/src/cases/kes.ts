import type { AsyncImplementation } from '../implementation/async-implementation.js';
import { kesNegativeVectors, kesSignatureVectors } from '../vectors/signatures.js';
import { kesSigningKeyVectors } from '../vectors/signing-keys.js';
import type { CasePlan } from './case.js';
import { cborCases } from './cbor.js';
import { haskellCases } from './haskell.js';
import { rustFormCases } from './rust-form.js';
import { negativeCase, verificationCase } from './signatures.js';
import {
  blockSizesCase,
  keyNegativeCases,
  lastPeriodCase,
  readBackCase,
  signatureCase,
  signingKeyCase,
  sizesCase,
  verificationKeyCase,
} from './signing-keys.js';
import type { KesSubject } from './subject.js';

const SUBJECT_CASES: readonly ((subject: KesSubject) => CasePlan)[] = [
  sizesCase,
  blockSizesCase,
  verificationKeyCase,
  signingKeyCase,
  signatureCase,
  verificationCase,
  readBackCase,
  lastPeriodCase,
];

/** The algorithms and depths that both the vectors and the implementation have. */
function kesSubjects(implementation: AsyncImplementation): KesSubject[] {
  const keys = new Map(kesSigningKeyVectors().map((key) => [key.depth, key]));
  return kesSignatureVectors().flatMap((signatures) => {
    const { algorithm, depth } = signatures;
    const kes = implementation.kes?.(algorithm, depth);
    const key = keys.get(depth);
    if (kes === undefined || key === undefined) return [];
    return [{ implementation: kes, algorithm, depth, key, signatures }];
  });
}

/**
 * Every algorithm at every depth conforms.
 *
 * @internal
 */
export function kesCases(implementation: AsyncImplementation): CasePlan[] {
  // Returns before the vectors are decoded.
  if (implementation.kes === undefined) return [];
  const negatives = kesNegativeVectors();
  const subjects = kesSubjects(implementation);
  return [
    ...subjects.flatMap((subject) => [
      ...SUBJECT_CASES.map((build) => build(subject)),
      ...negatives
        .filter(
          (vector) => vector.algorithm === subject.algorithm && vector.depth === subject.depth,
        )
        .map((vector) => negativeCase(subject.implementation, vector)),
    ]),
    ...keyNegativeCases(subjects),
    ...cborCases(subjects),
    ...rustFormCases(subjects),
    ...haskellCases(implementation),
  ];
}
