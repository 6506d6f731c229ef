import { wrongType } from '@evolock/direct-serialise/arguments';

/**
 * Checks that a value can be asked about as a period: any integer may be, something else is a caller's mistake.
 *
 * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { checkPeriod } from '@evolock/kes-single/composition';
 *
 * assert.equal(checkPeriod('period', -1), -1);
 * assert.throws(() => checkPeriod('period', 1n), { code: 'ERR_EVOLOCK_ARGUMENT_TYPE' });
 * ```
 */
export function checkPeriod(argument: string, value: unknown): number {
  if (!Number.isInteger(value)) throw wrongType(argument, 'an integer', value);
  return value as number;
}

/**
 * The outermost level whose half differs between two periods that are not the same: 1 is the innermost.
 *
 * @internal
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { levelOfDifference } from '@evolock/kes-single/composition';
 *
 * assert.equal(levelOfDifference(3, 4), 3);
 * ```
 */
export function levelOfDifference(one: number, other: number): number {
  return 32 - Math.clz32(one ^ other);
}
