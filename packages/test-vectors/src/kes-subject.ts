import type { AsyncKesImplementation } from './async-implementation.js';
import type { VectorLocation } from './conformance-error.js';
import type { KesAlgorithmKind } from './kes-algorithm.js';
import type { KesSignature, KesSignatureVector } from './kes-signature-vectors.js';
import type { KesSigningKeyVector } from './kes-signing-key-vectors.js';

/** One algorithm at one depth: the implementation of it, and what the vectors say of it. */
export interface KesSubject {
  readonly implementation: AsyncKesImplementation;
  readonly algorithm: KesAlgorithmKind;
  readonly depth: number;
  readonly key: KesSigningKeyVector;
  readonly signatures: KesSignatureVector;
}

/**
 * `sum depth 6`.
 *
 * @internal
 */
export function describeSubject({ algorithm, depth }: KesSubject): string {
  return `${algorithm} depth ${depth}`;
}

/**
 * Where the vectors of a subject stand, at a period if one is given.
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
