import { ConformanceError } from '../errors.js';
import type { AsyncKesKeyHandle } from '../implementation/async-implementation.js';
import { joinBytes } from '../vectors/bytes.js';
import { type KesKeyNegativeVector, kesKeyNegativeVectors } from '../vectors/signing-keys.js';
import { type CasePlan, plan } from './case.js';
import { expectNumber } from './expect.js';
import { atOnce, attempt, expectRefusal, type Steps, wait, withHandle } from './steps.js';
import {
  describeSubject,
  expectSignature,
  expectSigningKey,
  expectVerificationKey,
  type KesSubject,
  liveThrough,
  locate,
  signatureAt,
  signingKeyAt,
} from './subject.js';

const file = 'kes-signing-keys.json';

/**
 * The stated sizes and number of periods are those of the vectors.
 *
 * @internal
 */
export function sizesCase(subject: KesSubject): CasePlan {
  const location = locate(subject, file);
  const name = `${describeSubject(subject)}: sizes and periods`;
  return plan(
    'kes sizes',
    name,
    location,
    atOnce(() => {
      const { implementation, key } = subject;
      const sizes: [string, number, number][] = [
        ['the number of periods', implementation.totalPeriods, key.totalPeriods],
        ['the signing key size', implementation.signingKeySize, signingKeyAt(subject, 0).length],
        [
          'the signature size',
          implementation.signatureSize,
          signatureAt(subject, 0).signature.length,
        ],
        [
          'the verification key size',
          implementation.verificationKeySize,
          key.verificationKey.length,
        ],
      ];
      for (const [what, actual, expected] of sizes) {
        expectNumber('ERR_EVOLOCK_SIZE_MISMATCH', location, what, actual, expected);
      }
    }),
  );
}

/**
 * DirectSerialise has the block sizes of the vectors.
 *
 * @internal
 */
export function blockSizesCase(subject: KesSubject): CasePlan {
  const location = locate(subject, file);
  const name = `${describeSubject(subject)}: blocks of DirectSerialise`;
  return plan('kes block sizes', name, location, function* () {
    const { implementation, key } = subject;
    yield* withHandle(implementation.generateKey(key.seed.slice()), function* (handle) {
      const sizes = yield* wait(handle.blockSizes());
      key.blockSizes.forEach((expected, index) => {
        expectNumber(
          'ERR_EVOLOCK_SIZE_MISMATCH',
          location,
          `block ${index}`,
          sizes[index] ?? 0,
          expected,
        );
      });
      const count = key.blockSizes.length;
      expectNumber(
        'ERR_EVOLOCK_SIZE_MISMATCH',
        location,
        'the number of blocks',
        sizes.length,
        count,
      );
    });
  });
}

/**
 * The verification key is that of the vectors, at every period.
 *
 * @internal
 */
export function verificationKeyCase(subject: KesSubject): CasePlan {
  const name = `${describeSubject(subject)}: verification key at every period`;
  return plan('kes verification key', name, locate(subject, file), function* () {
    yield* liveThrough(subject, function* (handle, period) {
      yield* expectVerificationKey(subject, handle, period);
    });
  });
}

/**
 * The serialised signing key is that of the vectors, at every period.
 *
 * @internal
 */
export function signingKeyCase(subject: KesSubject): CasePlan {
  const name = `${describeSubject(subject)}: signing key at every period`;
  return plan('kes signing key', name, locate(subject, file), function* () {
    yield* liveThrough(subject, function* (handle, period) {
      yield* expectSigningKey(subject, handle, period);
    });
  });
}

/**
 * The signature is that of the vectors, at every period.
 *
 * @internal
 */
export function signatureCase(subject: KesSubject): CasePlan {
  const name = `${describeSubject(subject)}: signature at every period`;
  const location = locate(subject, 'kes-signatures.json');
  return plan('kes signature', name, location, function* () {
    yield* liveThrough(subject, function* (handle, period) {
      yield* expectSignature(subject, handle, period);
    });
  });
}

/** A key that was read equals the key that was written, now and after an update. */
function* expectReadBack(subject: KesSubject, handle: AsyncKesKeyHandle, period: number): Steps {
  yield* expectSigningKey(subject, handle, period);
  yield* expectVerificationKey(subject, handle, period);
  yield* expectSignature(subject, handle, period);
  if (period + 1 === subject.key.totalPeriods) return;
  yield* wait(handle.update());
  yield* expectSigningKey(subject, handle, period + 1);
  yield* expectSignature(subject, handle, period + 1);
}

/**
 * A key can be read at every period, with the period inferred or stated.
 *
 * @internal
 */
export function readBackCase(subject: KesSubject): CasePlan {
  const name = `${describeSubject(subject)}: read back at every period`;
  return plan('kes read back', name, locate(subject, file), function* () {
    const { implementation, key } = subject;
    for (const [period, bytes] of key.signingKeys.entries()) {
      yield* withHandle(implementation.readKey(bytes.slice()), function* (handle) {
        yield* expectReadBack(subject, handle, period);
      });
      yield* withHandle(implementation.readKey(bytes.slice(), period), function* (handle) {
        yield* expectSigningKey(subject, handle, period);
      });
    }
  });
}

/**
 * The key of the last period refuses an update and is unchanged.
 *
 * @internal
 */
export function lastPeriodCase(subject: KesSubject): CasePlan {
  const last = subject.key.totalPeriods - 1;
  const location = locate(subject, file, last);
  const name = `${describeSubject(subject)}: no update past the last period`;
  return plan('kes last period', name, location, function* () {
    yield* withHandle(
      subject.implementation.readKey(signingKeyAt(subject, last).slice()),
      function* (handle) {
        if ('value' in (yield* attempt(() => handle.update()))) {
          throw new ConformanceError(
            'ERR_EVOLOCK_UPDATE_ACCEPTED',
            location,
            'an update past the last period did not throw',
          );
        }
        yield* expectSigningKey(subject, handle, last);
        yield* expectSignature(subject, handle, last);
      },
    );
  });
}

const negativeFile = 'kes-key-negatives.json';

function tamperedKey(subject: KesSubject, vector: KesKeyNegativeVector): Uint8Array {
  const key = signingKeyAt(subject, vector.period).slice();
  key.set(vector.patch, vector.offset);
  return joinBytes([key], vector.size);
}

function keyNegativeCase(subject: KesSubject, vector: KesKeyNegativeVector): CasePlan {
  const { period, statedPeriod, level, why } = vector;
  const location = { ...locate(subject, negativeFile, period), entry: why };
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
    throw new ConformanceError(
      'ERR_EVOLOCK_LEVEL_MISMATCH',
      location,
      `${difference}, expected ${level}`,
    );
  });
}

/**
 * Keys of a wrong length or period are refused. Tampered keys are refused by an implementation that states `checkedRead`;
 * for other implementations they have no case.
 *
 * @internal
 */
export function keyNegativeCases(subjects: readonly KesSubject[]): CasePlan[] {
  const vectors = kesKeyNegativeVectors();
  return subjects.flatMap((subject) => {
    const isChecked = subject.implementation.checkedRead !== undefined;
    return vectors
      .filter(({ depth, level }) => depth === subject.depth && (isChecked || level === undefined))
      .map((vector) => keyNegativeCase(subject, vector));
  });
}
