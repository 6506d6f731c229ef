import type { AsyncImplementation } from './async-implementation.js';
import type { CasePlan } from './case-plan.js';
import { cborCases } from './kes-cbor-cases.js';
import {
  blockSizesCase,
  lastPeriodCase,
  readBackCase,
  signatureCase,
  signingKeyCase,
  sizesCase,
  verificationKeyCase,
} from './kes-key-cases.js';
import { keyFormCases } from './kes-key-form-cases.js';
import { keyNegativeCases } from './kes-key-negative-cases.js';
import { kesNegativeVectors } from './kes-negative-vectors.js';
import { kesSignatureVectors } from './kes-signature-vectors.js';
import { kesSigningKeyVectors } from './kes-signing-key-vectors.js';
import type { KesSubject } from './kes-subject.js';
import { negativeCase, verificationCase } from './kes-verification-cases.js';

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

/** Everything that the vectors have of an algorithm at a depth and the implementation offers. */
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
  // Before a megabyte of vectors is decoded.
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
    ...keyFormCases(subjects),
  ];
}
