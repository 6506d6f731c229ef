/** One algorithm at one depth, with what its key has to be at each period. */
import type { KesAlgorithmKind } from '../algorithms.js';
import type { VectorLocation } from '../errors.js';
import type { KesImplementation, KesKeyHandle } from '../implementation.js';
import type { KesSignature, KesSignatureVector, KesSigningKeyVector } from '../vectors.js';
import {
  conformanceCase,
  type ConformanceCase,
  type ConformanceGroup,
  expectBytes,
  expectPeriod,
  withKey,
} from './case.js';

/** One algorithm at one depth: its implementation and its vectors. */
export interface KesSubject {
  readonly implementation: KesImplementation;
  readonly algorithm: KesAlgorithmKind;
  readonly depth: number;
  readonly key: KesSigningKeyVector;
  readonly signatures: KesSignatureVector;
}

/** The place of a subject in a file of vectors, at a period when one is given. */
export function locate(subject: KesSubject, file: string, period?: number): VectorLocation {
  const { algorithm, depth } = subject;
  return { file, algorithm, depth, ...(period === undefined ? {} : { period }) };
}

/** A case about the whole life of the key of a subject. */
export function subjectCase(
  subject: KesSubject,
  group: ConformanceGroup,
  what: string,
  location: VectorLocation,
  body: () => Promise<void>,
): ConformanceCase {
  const name = `${subject.algorithm} depth ${subject.depth}${what}`;
  return conformanceCase(group, name, location, body);
}

function at<Item>(items: readonly Item[], period: number): Item {
  const item = items[period];
  if (item === undefined) throw new RangeError(`no vector of period ${period}`);
  return item;
}

/** The serialised signing key of a period. */
export function signingKeyAt({ key }: KesSubject, period: number): Uint8Array {
  return at(key.signingKeys, period);
}

/** The signature of a period. */
export function signatureAt({ signatures }: KesSubject, period: number): KesSignature {
  return at(signatures.signatures, period);
}

/** Generates the key of the vectors and calls `look` at every period. */
export function liveThrough(
  { implementation, key }: KesSubject,
  look: (handle: KesKeyHandle, period: number) => Promise<void>,
): Promise<void> {
  return withKey(implementation.generateKey(key.seed.slice()), async (handle) => {
    await look(handle, 0);
    for (let period = 1; period < key.totalPeriods; period += 1) {
      await handle.update();
      await look(handle, period);
    }
  });
}

/** The key is at the period and serialises to the bytes of the vectors. */
export async function expectSigningKey(
  subject: KesSubject,
  handle: KesKeyHandle,
  period: number,
): Promise<void> {
  const location = locate(subject, 'kes-signing-keys.json', period);
  expectPeriod(location, handle, period);
  const expected = signingKeyAt(subject, period);
  await expectBytes(location, 'signing key', handle.serialise(), expected);
}

/** The signature of the message of the period is that of the vectors. */
export async function expectSignature(
  subject: KesSubject,
  handle: KesKeyHandle,
  period: number,
): Promise<void> {
  const { message, signature } = signatureAt(subject, period);
  const location = locate(subject, 'kes-signatures.json', period);
  await expectBytes(location, 'signature', handle.sign(message), signature);
}

/** The key derives the verification key of the vectors. */
export async function expectVerificationKey(
  subject: KesSubject,
  handle: KesKeyHandle,
  period: number,
): Promise<void> {
  const location = locate(subject, 'kes-signing-keys.json', period);
  const derived = handle.deriveVerificationKey();
  await expectBytes(location, 'verification key', derived, subject.key.verificationKey);
}
