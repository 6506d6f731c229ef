import type {
  AsyncKesKeyHandle,
  AsyncKesRustFormImplementation,
} from '../implementation/async-implementation.js';
import { joinBytes } from '../vectors/bytes.js';
import {
  type KesRustFormNegative,
  type KesRustFormVector,
  kesRustFormVectors,
} from '../vectors/signing-keys.js';
import { type CasePlan, plan } from './case.js';
import { expectBytes, expectNumber } from './expect.js';
import { expectRefusal, type Steps, wait, withHandle } from './steps.js';
import { describeSubject, type KesSubject, locate, signingKeyAt } from './subject.js';

const file = 'kes-rust-form.json';

function encodedOf(subject: KesSubject, { tail, period }: KesRustFormVector): Uint8Array {
  return joinBytes([signingKeyAt(subject, period), tail]);
}

function* expectRustForm(
  subject: KesSubject,
  vector: KesRustFormVector,
  handle: AsyncKesKeyHandle,
): Steps {
  const { period } = vector;
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
  expectBytes('ERR_EVOLOCK_ENCODING_MISMATCH', location, 'the Rust form', actual, expected);
}

/** Written and read at each period of the vectors. */
function roundTripCase(
  subject: KesSubject,
  implementation: AsyncKesRustFormImplementation,
  vectors: readonly KesRustFormVector[],
): CasePlan {
  const name = `${describeSubject(subject)}: round trip`;
  return plan('kes rust form', name, locate(subject, file), function* () {
    yield* withHandle(implementation.generateKey(subject.key.seed.slice()), function* (handle) {
      for (const vector of vectors) {
        while (handle.period < vector.period) yield* wait(handle.update());
        yield* expectRustForm(subject, vector, handle);
      }
    });
    for (const vector of vectors) {
      const encoded = encodedOf(subject, vector);
      yield* withHandle(implementation.readKey(encoded), (handle) =>
        expectRustForm(subject, vector, handle),
      );
    }
  });
}

function negativeCase(
  subject: KesSubject,
  implementation: AsyncKesRustFormImplementation,
  vector: KesRustFormNegative,
): CasePlan {
  const { period, size, why } = vector;
  const location = { ...locate(subject, file, period), entry: why };
  const name = `${describeSubject(subject)}: ${why}`;
  return plan('kes rust form negative', name, location, function* () {
    const encoded = encodedOf(subject, vector).slice(0, size);
    yield* expectRefusal(location, () => implementation.readKey(encoded));
  });
}

/**
 * Keys in the layout of the Rust crate, when the implementation offers it.
 *
 * @internal
 */
export function rustFormCases(subjects: readonly KesSubject[]): CasePlan[] {
  const { positives, negatives } = kesRustFormVectors();
  return subjects.flatMap((subject) => {
    const { rust } = subject.implementation;
    if (rust === undefined) return [];
    const isOfDepth = ({ depth }: KesRustFormVector) => depth === subject.depth;
    return [
      roundTripCase(subject, rust, positives.filter(isOfDepth)),
      ...negatives.filter(isOfDepth).map((vector) => negativeCase(subject, rust, vector)),
    ];
  });
}
