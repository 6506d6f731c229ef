import { plan, type CasePlan } from './case-plan.js';
import { ConformanceError } from './conformance-error.js';
import { expectRefusal } from './expect-refusal.js';
import { joinBytes } from './join-bytes.js';
import { kesKeyNegativeVectors, type KesKeyNegativeVector } from './kes-key-negative-vectors.js';
import { describeSubject, locate, signingKeyAt, type KesSubject } from './kes-subject.js';

const file = 'kes-key-negatives.json';

function tamperedKey(subject: KesSubject, vector: KesKeyNegativeVector): Uint8Array {
  const key = signingKeyAt(subject, vector.period).slice();
  key.set(vector.patch, vector.offset);
  return joinBytes([key], vector.size);
}

function negativeCase(subject: KesSubject, vector: KesKeyNegativeVector): CasePlan {
  const { period, statedPeriod, level, why } = vector;
  const location = { ...locate(subject, file, period), entry: why };
  const name = `${describeSubject(subject)} period ${period}: ${why}`;
  return plan('kes key negative', name, location, function* () {
    const { implementation } = subject;
    const bytes = tamperedKey(subject, vector);
    const error = yield* expectRefusal(location, () => implementation.readKey(bytes, statedPeriod));
    const { checkedRead } = implementation;
    if (level === undefined || checkedRead?.levelOf === undefined) return;
    const named = checkedRead.levelOf(error);
    if (named === level) return;
    const difference = `the error names ${named === undefined ? 'no level' : `level ${named}`}`;
    throw new ConformanceError('LEVEL_MISMATCH', location, `${difference}, expected ${level}`);
  });
}

/**
 * Keys that must not be read: those of a wrong length or period for all, tampered ones for those that
 * say that they check what they read.
 *
 * @internal
 */
export function keyNegativeCases(subjects: readonly KesSubject[]): CasePlan[] {
  const vectors = kesKeyNegativeVectors();
  return subjects.flatMap((subject) => {
    const isChecked = subject.implementation.checkedRead !== undefined;
    return vectors
      .filter(({ depth, level }) => depth === subject.depth && (isChecked || level === undefined))
      .map((vector) => negativeCase(subject, vector));
  });
}
