/**
 * Many verifications in one call. What is wrong with one item, whatever it is, is that item's verdict.
 */
import { wrongType } from '@evolock/direct-serialise/arguments';
import {
  type KesAlgorithm,
  type KesShape,
  type KesSignature,
  type KesVerificationKey,
} from '@evolock/kes-single';
import { checkAlgorithm } from '@evolock/kes-single/composition';

/** One signature to be verified: what `verify` of an algorithm takes, by name. */
export interface KesVerification<Name extends string = string> {
  readonly verificationKey: KesVerificationKey<Name>;
  readonly period: number;
  readonly message: Uint8Array;
  readonly signature: KesSignature<Name>;
}

/**
 * Verifies many signatures, in order. An item that is no verification at all (of a wrong type, with a getter that
 * throws) has the verdict false, where `verify` would throw, and touches no other. One after the other on this thread:
 * `@evolock/kes-verify-pool` does it on many.
 *
 * @param algorithm - Made by the constructors of these packages.
 * @param items - Taken one by one; an error that the iteration itself throws ends the call.
 * @returns A verdict for each item.
 * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE` for what is no algorithm, or cannot be iterated.
 * @throws {@link DuplicatePackageError} `ERR_EVOLOCK_DUPLICATE_PACKAGE` for an algorithm of another copy.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { MLockedSeed, sum6Kes, verifyMany } from '@evolock/kes-sum';
 *
 * const seed = MLockedSeed.newRandom(32);
 * const signingKey = sum6Kes.generateKey(seed);
 * const verificationKey = signingKey.deriveVerificationKey();
 * const message = new TextEncoder().encode('block header');
 * const good = { verificationKey, period: 0, message, signature: signingKey.sign(message) };
 *
 * assert.deepEqual(verifyMany(sum6Kes, [good, { ...good, period: 1 }, good]), [true, false, true]);
 * signingKey.release();
 * seed.release();
 * ```
 */
export function verifyMany<Shape extends KesShape>(
  algorithm: KesAlgorithm<Shape>,
  items: Iterable<KesVerification<Shape['name']>>,
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
  item: KesVerification<Shape['name']>,
): boolean {
  try {
    const { verificationKey, period, message, signature } = item;
    return algorithm.verify(verificationKey, period, message, signature);
  } catch {
    // Not a verification, or one that could not be finished: nothing was verified.
    return false;
  }
}
