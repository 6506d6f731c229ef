import type { VectorLocation } from '../errors.js';
import type {
  AsyncKesImplementation,
  AsyncKesKeyHandle,
} from '../implementation/async-implementation.js';
import type { KesAlgorithmKind } from '../vectors/algorithm.js';
import type { KesSignature, KesSignatureVector } from '../vectors/signatures.js';
import type { KesSigningKeyVector } from '../vectors/signing-keys.js';
import { expectBytes, expectNumber } from './expect.js';
import { type Steps, wait, withHandle } from './steps.js';

/** One algorithm at one depth: its implementation and its vectors. */
export interface KesSubject {
  readonly implementation: AsyncKesImplementation;
  readonly algorithm: KesAlgorithmKind;
  readonly depth: number;
  readonly key: KesSigningKeyVector;
  readonly signatures: KesSignatureVector;
}

/**
 * The subject as text: `sum depth 6`.
 *
 * @internal
 */
export function describeSubject({ algorithm, depth }: KesSubject): string {
  return `${algorithm} depth ${depth}`;
}

/**
 * The place of a subject in a file of vectors, at a period when one is given.
 *
 * @internal
 */
export function locate(subject: KesSubject, file: string, period?: number): VectorLocation {
  const { algorithm, depth } = subject;
  return period === undefined ? { file, algorithm, depth } : { file, algorithm, depth, period };
}

/**
 * The serialised signing key of a period.
 *
 * @internal
 */
export function signingKeyAt({ key }: KesSubject, period: number): Uint8Array {
  const bytes = key.signingKeys[period];
  if (bytes === undefined) throw new RangeError(`no signing key vector of period ${period}`);
  return bytes;
}

/**
 * The signature of a period.
 *
 * @internal
 */
export function signatureAt({ signatures }: KesSubject, period: number): KesSignature {
  const signature = signatures.signatures[period];
  if (signature === undefined) throw new RangeError(`no signature vector of period ${period}`);
  return signature;
}

/**
 * Generates the key of the vectors and calls `look` at every period.
 *
 * @internal
 */
export function* liveThrough(
  { implementation, key }: KesSubject,
  look: (handle: AsyncKesKeyHandle, period: number) => Steps,
): Steps {
  yield* withHandle(implementation.generateKey(key.seed.slice()), function* (handle) {
    yield* look(handle, 0);
    for (let period = 1; period < key.totalPeriods; period += 1) {
      yield* wait(handle.update());
      yield* look(handle, period);
    }
  });
}

/**
 * The key is at the period and serialises to the bytes of the vectors.
 *
 * @internal
 */
export function* expectSigningKey(
  subject: KesSubject,
  handle: AsyncKesKeyHandle,
  period: number,
): Steps {
  const location = locate(subject, 'kes-signing-keys.json', period);
  expectNumber(
    'ERR_EVOLOCK_PERIOD_MISMATCH',
    location,
    'the period of the key',
    handle.period,
    period,
  );
  expectBytes(
    'ERR_EVOLOCK_SIGNING_KEY_MISMATCH',
    location,
    'the signing key',
    yield* wait(handle.serialise()),
    signingKeyAt(subject, period),
  );
}

/**
 * The signature of the message of the period is that of the vectors.
 *
 * @internal
 */
export function* expectSignature(
  subject: KesSubject,
  handle: AsyncKesKeyHandle,
  period: number,
): Steps {
  const { message, signature } = signatureAt(subject, period);
  expectBytes(
    'ERR_EVOLOCK_SIGNATURE_MISMATCH',
    locate(subject, 'kes-signatures.json', period),
    'the signature',
    yield* wait(handle.sign(message)),
    signature,
  );
}

/**
 * The key derives the verification key of the vectors.
 *
 * @internal
 */
export function* expectVerificationKey(
  subject: KesSubject,
  handle: AsyncKesKeyHandle,
  period: number,
): Steps {
  expectBytes(
    'ERR_EVOLOCK_VERIFICATION_KEY_MISMATCH',
    locate(subject, 'kes-signing-keys.json', period),
    'the verification key',
    yield* wait(handle.deriveVerificationKey()),
    subject.key.verificationKey,
  );
}
