import { expectBytes, expectNumber } from './expect.js';
import type { AsyncKesKeyHandle } from './async-implementation.js';
import { locate, signatureAt, signingKeyAt, type KesSubject } from './kes-subject.js';
import { wait, type Steps } from './steps.js';

/**
 * The key stands at the period and serialises to the bytes of the vectors.
 *
 * @internal
 */
export function* expectSigningKey(
  subject: KesSubject,
  handle: AsyncKesKeyHandle,
  period: number,
): Steps {
  const location = locate(subject, 'kes-signing-keys.json', period);
  expectNumber('PERIOD_MISMATCH', location, 'the period of the key', handle.period, period);
  expectBytes(
    'SIGNING_KEY_MISMATCH',
    location,
    'the signing key',
    yield* wait(handle.serialise()),
    signingKeyAt(subject, period),
  );
}

/**
 * The key signs the message of its period as the vectors have it.
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
    'SIGNATURE_MISMATCH',
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
    'VERIFICATION_KEY_MISMATCH',
    locate(subject, 'kes-signing-keys.json', period),
    'the verification key',
    yield* wait(handle.deriveVerificationKey()),
    subject.key.verificationKey,
  );
}
