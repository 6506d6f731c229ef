/** Many verifications in one call. An error in one item makes that item's verdict false. */
import { wrongType } from '@evolock/direct-serialise/arguments';
import {
  type KesAlgorithm,
  type KesShape,
  type SignatureLike,
  type VerificationKeyLike,
} from '@evolock/kes-single';
import { checkAlgorithm } from '@evolock/kes-single/unsound';

/** One signature to verify: the arguments of `verify` of an algorithm, by name. */
export interface KesVerification<Shape extends KesShape = KesShape> {
  readonly verificationKey: VerificationKeyLike<Shape>;
  readonly period: number;
  readonly message: Uint8Array;
  readonly signature: SignatureLike<Shape>;
}

/**
 * Verifies many signatures, in order, on this thread, with a verdict for each; `@evolock/verify-threads` does it on many
 * threads. An item with a wrong type or a getter that throws has the verdict `false`, where `verify` would throw. An error
 * of the iteration itself ends the call.
 *
 * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE` when `algorithm` or `items` has a wrong type.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { MLockedSeed, sum6Kes, verifyMany } from '@evolock/kes-sum';
 *
 * using seed = MLockedSeed.newRandom(32);
 * using signingKey = sum6Kes.generateKey(seed);
 * const verificationKey = signingKey.deriveVerificationKey();
 * const message = new TextEncoder().encode('block header');
 * const good = { verificationKey, period: 0, message, signature: signingKey.sign(message) };
 * assert.deepEqual(verifyMany(sum6Kes, [good, { ...good, period: 1 }]), [true, false]);
 * ```
 */
export function verifyMany<Shape extends KesShape>(
  algorithm: KesAlgorithm<Shape>,
  items: Iterable<KesVerification<Shape>>,
): boolean[] {
  checkAlgorithm('algorithm', algorithm);
  if (!isIterable(items)) throw wrongType('items', 'an iterable of verifications', items);
  const verdicts: boolean[] = [];
  for (const item of items) verdicts.push(verdictOf(algorithm, item));
  return verdicts;
}

function isIterable(value: unknown): boolean {
  const isObject = typeof value === 'object' && value !== null;
  return isObject && typeof (value as Partial<Iterable<unknown>>)[Symbol.iterator] === 'function';
}

function verdictOf<Shape extends KesShape>(
  algorithm: KesAlgorithm<Shape>,
  item: KesVerification<Shape>,
): boolean {
  try {
    const { verificationKey, period, message, signature } = item;
    return algorithm.verify(verificationKey, period, message, signature);
  } catch {
    // Nothing was verified.
    return false;
  }
}
