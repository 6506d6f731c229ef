import {
  type DirectDeserialise,
  type KesAlgorithm,
  type KesReadOptions,
  type KesShape,
  type KesSigningKey,
} from '@evolock/kes-single';
import { checkSigningKey, compositionOf } from '@evolock/kes-single/composition';
import { CompositionError, nameOf } from './errors.js';
import { readUnchecked, type SumKes } from './sum-algorithm.js';
import { SumKesSigningKey } from './sum-signing-key.js';

/**
 * The type by which a helper reads a signing key **without checking it**: at the cost of one leaf key instead of a
 * generation. What the key claims is believed: a damaged or forged one signs, and its signatures do not verify. The
 * check is made up for at the first update, which then throws; `completeSigningKey` makes it at once. A verification
 * key in the options is compared with the one that the key claims.
 *
 * @param algorithm - Made by the constructors of these packages.
 * @throws {@link CompositionError} `ERR_EVOLOCK_KES_COMPOSITION` for anything else.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { directDeserialiseBufChecked, directSerialiseBufChecked } from '@evolock/direct-serialise';
 * import { MLockedSeed, sum6Kes } from '@evolock/kes-sum';
 * import { completeSigningKey, unsoundUnchecked } from '@evolock/kes-sum/unsound';
 *
 * const seed = MLockedSeed.newRandom(32);
 * const original = sum6Kes.generateKey(seed);
 * const buffer = new Uint8Array(sum6Kes.signingKeySize); // locked memory, in earnest
 * directSerialiseBufChecked(buffer, original);
 *
 * const signingKey = directDeserialiseBufChecked(buffer, unsoundUnchecked(sum6Kes));
 * assert.deepEqual(signingKey.deriveVerificationKey(), original.deriveVerificationKey());
 * completeSigningKey(signingKey); // throws if it contradicts itself
 * for (const one of [seed, original, signingKey]) one.release();
 * ```
 */
export function unsoundUnchecked<Shape extends KesShape>(
  algorithm: KesAlgorithm<Shape>,
): DirectDeserialise<KesSigningKey<Shape>, KesReadOptions<Shape['name']>> {
  const composition = compositionOf(algorithm);
  if (composition === undefined) {
    throw new CompositionError(
      'unsoundUnchecked',
      nameOf(algorithm),
      'it was not made by these packages',
    );
  }
  if (composition.depth === 0) return algorithm;
  return {
    // One with a composition of a depth was made here: it is a SumKes, and its keys are of its shape.
    directDeserialise: (pull, options) =>
      readUnchecked(
        algorithm as unknown as SumKes,
        pull,
        options,
      ) as unknown as KesSigningKey<Shape>,
  };
}

/**
 * Makes up for the check of a key that was read unchecked, and computes the verification keys of all its periods to
 * come. Does nothing for a key that knows them.
 *
 * @throws {@link InconsistentKeyError} `ERR_EVOLOCK_KES_INCONSISTENT_KEY` when the key contradicts itself.
 * @throws {@link ReleasedError} `ERR_EVOLOCK_RELEASED`.
 *
 * @example
 * ```ts
 * import { MLockedSeed, sum1Kes } from '@evolock/kes-sum';
 * import { completeSigningKey } from '@evolock/kes-sum/unsound';
 *
 * const seed = MLockedSeed.newRandom(32);
 * const signingKey = sum1Kes.generateKey(seed);
 * completeSigningKey(signingKey); // a key that was generated is complete
 * signingKey.release();
 * seed.release();
 * ```
 */
export function completeSigningKey(signingKey: KesSigningKey): void {
  checkSigningKey('signingKey', signingKey);
  // A key of one period carries nothing that could contradict it.
  if (signingKey instanceof SumKesSigningKey) signingKey.complete();
}
