import { wrongType } from '@evolock/direct-serialise/arguments';
import { checkLocked, LockedValue, type KesAlgorithm, type KesSigningKey } from '@evolock/kes-sum';

/**
 * Checks that a value is a live KES signing key of one of some algorithms.
 *
 * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`; `ReleasedError` (of kes-sum) `ERR_EVOLOCK_RELEASED`.
 *
 * @internal
 */
export function checkSigningKeyOf(
  algorithms: readonly KesAlgorithm[],
  value: unknown,
): KesSigningKey {
  const expected = `a KesSigningKey of ${algorithms.map(({ name }) => name).join(' or ')}`;
  checkLocked('signingKey', value, LockedValue, expected);
  const { algorithm } = value as Partial<KesSigningKey>;
  if (algorithm === undefined || !algorithms.includes(algorithm))
    throw wrongType('signingKey', expected, value);
  return value as KesSigningKey;
}
