import { conformanceCase, type ConformanceCase } from './conformance-case.js';
import { ConformanceError } from './conformance-error.js';
import { expectNumber } from './expect.js';
import type { KesKeyHandle } from './implementation.js';
import { expectSignature, expectSigningKey, expectVerificationKey } from './kes-key-checks.js';
import { liveThrough } from './kes-life.js';
import {
  describeSubject,
  locate,
  signatureAt,
  signingKeyAt,
  type KesSubject,
} from './kes-subject.js';
import { withKey } from './with-key.js';

const file = 'kes-signing-keys.json';

/**
 * The stated sizes and number of periods are those of the vectors.
 *
 * @internal
 */
export function sizesCase(subject: KesSubject): ConformanceCase {
  const location = locate(subject, file);
  const name = `${describeSubject(subject)}: sizes and periods`;
  return conformanceCase('kes sizes', name, location, () => {
    const { implementation, key } = subject;
    const sizes: [string, number, number][] = [
      ['the number of periods', implementation.totalPeriods, key.totalPeriods],
      ['the signing key size', implementation.signingKeySize, signingKeyAt(subject, 0).length],
      [
        'the signature size',
        implementation.signatureSize,
        signatureAt(subject, 0).signature.length,
      ],
      ['the verification key size', implementation.verificationKeySize, key.verificationKey.length],
    ];
    for (const [what, actual, expected] of sizes) {
      expectNumber('SIZE_MISMATCH', location, what, actual, expected);
    }
  });
}

/**
 * DirectSerialise passes the blocks of the vectors.
 *
 * @internal
 */
export function blockSizesCase(subject: KesSubject): ConformanceCase {
  const location = locate(subject, file);
  const name = `${describeSubject(subject)}: blocks of DirectSerialise`;
  return conformanceCase('kes block sizes', name, location, () => {
    const { implementation, key } = subject;
    withKey(implementation.generateKey(key.seed.slice()), (handle) => {
      const sizes = handle.blockSizes();
      key.blockSizes.forEach((expected, index) => {
        expectNumber('SIZE_MISMATCH', location, `block ${index}`, sizes[index] ?? 0, expected);
      });
      const count = key.blockSizes.length;
      expectNumber('SIZE_MISMATCH', location, 'the number of blocks', sizes.length, count);
    });
  });
}

/**
 * The verification key is that of the vectors, at every period.
 *
 * @internal
 */
export function verificationKeyCase(subject: KesSubject): ConformanceCase {
  const name = `${describeSubject(subject)}: verification key at every period`;
  return conformanceCase('kes verification key', name, locate(subject, file), () => {
    liveThrough(subject, (handle, period) => {
      expectVerificationKey(subject, handle, period);
    });
  });
}

/**
 * The serialised signing key is that of the vectors, at every period.
 *
 * @internal
 */
export function signingKeyCase(subject: KesSubject): ConformanceCase {
  const name = `${describeSubject(subject)}: signing key at every period`;
  return conformanceCase('kes signing key', name, locate(subject, file), () => {
    liveThrough(subject, (handle, period) => {
      expectSigningKey(subject, handle, period);
    });
  });
}

/**
 * The signature is that of the vectors, at every period.
 *
 * @internal
 */
export function signatureCase(subject: KesSubject): ConformanceCase {
  const name = `${describeSubject(subject)}: signature at every period`;
  const location = locate(subject, 'kes-signatures.json');
  return conformanceCase('kes signature', name, location, () => {
    liveThrough(subject, (handle, period) => {
      expectSignature(subject, handle, period);
    });
  });
}

/** A key that was read is the key that was written, now and after one more update. */
function expectReadBack(subject: KesSubject, handle: KesKeyHandle, period: number): void {
  expectSigningKey(subject, handle, period);
  expectVerificationKey(subject, handle, period);
  expectSignature(subject, handle, period);
  if (period + 1 === subject.key.totalPeriods) return;
  handle.update();
  expectSigningKey(subject, handle, period + 1);
  expectSignature(subject, handle, period + 1);
}

/**
 * A key can be read back at every period: the period inferred, or stated.
 *
 * @internal
 */
export function readBackCase(subject: KesSubject): ConformanceCase {
  const name = `${describeSubject(subject)}: read back at every period`;
  return conformanceCase('kes read back', name, locate(subject, file), () => {
    const { implementation, key } = subject;
    key.signingKeys.forEach((bytes, period) => {
      withKey(implementation.readKey(bytes.slice()), (handle) => {
        expectReadBack(subject, handle, period);
      });
      withKey(implementation.readKey(bytes.slice(), period), (handle) => {
        expectSigningKey(subject, handle, period);
      });
    });
  });
}

function updateThrows(handle: KesKeyHandle): boolean {
  try {
    handle.update();
    return false;
  } catch {
    return true;
  }
}

/**
 * The key of the last period refuses an update, and is the same key afterwards.
 *
 * @internal
 */
export function lastPeriodCase(subject: KesSubject): ConformanceCase {
  const last = subject.key.totalPeriods - 1;
  const location = locate(subject, file, last);
  const name = `${describeSubject(subject)}: no update past the last period`;
  return conformanceCase('kes last period', name, location, () => {
    withKey(subject.implementation.readKey(signingKeyAt(subject, last).slice()), (handle) => {
      if (!updateThrows(handle)) {
        throw new ConformanceError(
          'UPDATE_ACCEPTED',
          location,
          'an update past the last period did not throw',
        );
      }
      expectSigningKey(subject, handle, last);
      expectSignature(subject, handle, last);
    });
  });
}
