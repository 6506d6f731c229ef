import type {
  AsyncKesFormImplementation,
  AsyncKesKeyHandle,
} from '../implementation/async-implementation.js';
import { joinBytes } from '../vectors/bytes.js';
import {
  type KesKeyForm,
  type KesKeyFormNegative,
  type KesKeyFormVector,
  kesKeyFormVectors,
} from '../vectors/signing-keys.js';
import { type CasePlan, plan } from './case.js';
import { expectBytes, expectNumber } from './expect.js';
import { expectRefusal, type Steps, wait, withHandle } from './steps.js';
import { describeSubject, type KesSubject, locate, signingKeyAt } from './subject.js';

const file = 'kes-key-forms.json';
const FORMS: readonly KesKeyForm[] = ['rust', 'versioned'];

function encodedOf(subject: KesSubject, { head, tail, period }: KesKeyFormVector): Uint8Array {
  return joinBytes([head, signingKeyAt(subject, period), tail]);
}

function* expectForm(
  subject: KesSubject,
  vector: KesKeyFormVector,
  handle: AsyncKesKeyHandle,
): Steps {
  const { form, period } = vector;
  const location = locate(subject, file, period);
  expectNumber(
    'ERR_EVOLOCK_PERIOD_MISMATCH',
    location,
    'the period of the key',
    handle.period,
    period,
  );
  const actual = yield* wait(handle.serialise());
  const expected = encodedOf(subject, vector);
  expectBytes('ERR_EVOLOCK_ENCODING_MISMATCH', location, `the ${form} form`, actual, expected);
}

/** Written and read at each period of the vectors. */
function formCase(
  subject: KesSubject,
  form: KesKeyForm,
  implementation: AsyncKesFormImplementation,
  vectors: readonly KesKeyFormVector[],
): CasePlan {
  const name = `${describeSubject(subject)}: round trip`;
  return plan(`kes ${form} form`, name, locate(subject, file), function* () {
    yield* withHandle(implementation.generateKey(subject.key.seed.slice()), function* (handle) {
      for (const vector of vectors) {
        while (handle.period < vector.period) yield* wait(handle.update());
        yield* expectForm(subject, vector, handle);
      }
    });
    for (const vector of vectors) {
      const encoded = encodedOf(subject, vector);
      yield* withHandle(implementation.readKey(encoded), (handle) =>
        expectForm(subject, vector, handle),
      );
    }
  });
}

function negativeCase(
  subject: KesSubject,
  implementation: AsyncKesFormImplementation,
  vector: KesKeyFormNegative,
): CasePlan {
  const { form, period, size, why } = vector;
  const location = { ...locate(subject, file, period), entry: `${form}: ${why}` };
  const name = `${describeSubject(subject)}: ${form}: ${why}`;
  return plan('kes form negative', name, location, function* () {
    const encoded = encodedOf(subject, vector).slice(0, size);
    yield* expectRefusal(location, () => implementation.readKey(encoded));
  });
}

/**
 * The forms of keys with the period, when the implementation offers them.
 *
 * @internal
 */
export function keyFormCases(subjects: readonly KesSubject[]): CasePlan[] {
  const { positives, negatives } = kesKeyFormVectors();
  return subjects.flatMap((subject) =>
    FORMS.flatMap((form) => {
      const implementation = subject.implementation[form];
      if (implementation === undefined) return [];
      const isWanted = (vector: KesKeyFormVector) =>
        vector.form === form &&
        vector.algorithm === subject.algorithm &&
        vector.depth === subject.depth;
      return [
        formCase(subject, form, implementation, positives.filter(isWanted)),
        ...negatives
          .filter(isWanted)
          .map((vector) => negativeCase(subject, implementation, vector)),
      ];
    }),
  );
}
