import { createHash } from 'node:crypto';
import type { VectorLocation } from '../errors.js';
import type {
  AsyncImplementation,
  AsyncKesImplementation,
  AsyncKesKeyHandle,
} from '../implementation/async-implementation.js';
import { bytesToHex } from '../vectors/bytes.js';
import {
  haskellKesVectors,
  type HaskellKesPeriod,
  type HaskellKesVector,
} from '../vectors/haskell.js';
import { plan, type CasePlan } from './case.js';
import { expectBytes, expectNumber, expectVerdict } from './expect.js';
import { wait, withHandle, type Steps } from './steps.js';

const file = 'kes-haskell.json';

/** One key of the reference, and the implementation of its algorithm. */
interface HaskellSubject {
  readonly kes: AsyncKesImplementation;
  readonly vector: HaskellKesVector;
}

function locate({ vector }: HaskellSubject, period?: number): VectorLocation {
  const { algorithm, depth, seed } = vector;
  const entry = `seed ${bytesToHex(seed)}`;
  return { file, algorithm, depth, entry, ...(period === undefined ? {} : { period }) };
}

function expectSizes(subject: HaskellSubject): void {
  const { kes, vector } = subject;
  const location = locate(subject);
  const { signatureSize, signingKeySize } = vector;
  expectNumber(
    'ERR_EVOLOCK_SIZE_MISMATCH',
    location,
    'the signature size',
    kes.signatureSize,
    signatureSize,
  );
  expectNumber(
    'ERR_EVOLOCK_SIZE_MISMATCH',
    location,
    'the signing key size',
    kes.signingKeySize,
    signingKeySize,
  );
}

/** The key, its signature and the verdict are those of the reference at a period. */
function* expectPeriod(
  subject: HaskellSubject,
  handle: AsyncKesKeyHandle,
  expected: HaskellKesPeriod,
): Steps {
  const { kes, vector } = subject;
  const { period, message, signature } = expected;
  const location = locate(subject, period);
  expectNumber(
    'ERR_EVOLOCK_PERIOD_MISMATCH',
    location,
    'the period of the key',
    handle.period,
    period,
  );
  const serialised = yield* wait(handle.serialise());
  const code = 'ERR_EVOLOCK_SIGNING_KEY_MISMATCH';
  if (expected.signingKey !== undefined) {
    expectBytes(code, location, 'the signing key', serialised, expected.signingKey);
  }
  const digest = createHash('sha256').update(serialised).digest();
  expectBytes(code, location, 'SHA-256 of the signing key', digest, expected.signingKeySha256);
  const actual = yield* wait(handle.sign(message));
  expectBytes('ERR_EVOLOCK_SIGNATURE_MISMATCH', location, 'the signature', actual, signature);
  const { verificationKey } = vector;
  const verdict = yield* wait(kes.verify(verificationKey, period, message, signature));
  expectVerdict(location, 'the signature', verdict, true);
}

function* expectVerificationKey(subject: HaskellSubject, handle: AsyncKesKeyHandle): Steps {
  const { verificationKey, verificationKeyCbor } = subject.vector;
  const { cbor } = subject.kes;
  const location = locate(subject);
  const actual = yield* wait(handle.deriveVerificationKey());
  const what = 'the verification key';
  expectBytes('ERR_EVOLOCK_VERIFICATION_KEY_MISMATCH', location, what, actual, verificationKey);
  if (cbor === undefined) return;
  const encoded = yield* wait(cbor.encodeVerificationKey(verificationKey.slice()));
  expectBytes(
    'ERR_EVOLOCK_ENCODING_MISMATCH',
    location,
    `the CBOR of ${what}`,
    encoded,
    verificationKeyCbor,
  );
}

/** From the seed through every period. */
function* expectLife(subject: HaskellSubject): Steps {
  const { kes, vector } = subject;
  yield* withHandle(kes.generateKey(vector.seed.slice()), function* (handle) {
    yield* expectVerificationKey(subject, handle);
    for (const expected of vector.periods) {
      while (handle.period < expected.period) yield* wait(handle.update());
      yield* expectPeriod(subject, handle, expected);
    }
  });
}

/** From each signing key that the reference wrote in full. */
function* expectReadBack(subject: HaskellSubject): Steps {
  const { kes, vector } = subject;
  for (const expected of vector.periods) {
    if (expected.signingKey === undefined) continue;
    yield* withHandle(kes.readKey(expected.signingKey.slice()), function* (handle) {
      yield* expectVerificationKey(subject, handle);
      yield* expectPeriod(subject, handle, expected);
    });
  }
}

function haskellCase(subject: HaskellSubject): CasePlan {
  const { algorithm, depth, seed } = subject.vector;
  const key = `${algorithm} depth ${depth}, seed ${bytesToHex(seed.subarray(0, 2))}…`;
  const name = `${key}: keys and signatures at every period`;
  return plan('kes haskell', name, locate(subject), function* () {
    expectSizes(subject);
    yield* expectLife(subject);
    yield* expectReadBack(subject);
  });
}

/**
 * Keys and signatures are those of the Haskell reference.
 *
 * @internal
 */
export function haskellCases(implementation: AsyncImplementation): CasePlan[] {
  return haskellKesVectors().flatMap((vector) => {
    const kes = implementation.kes?.(vector.algorithm, vector.depth);
    return kes === undefined ? [] : [haskellCase({ kes, vector })];
  });
}
