/**
 * The three numbers that are mixed up: slots, absolute KES periods, and evolutions. In types they do not mix.
 */
import { checkInteger, wrongType, wrongValue } from '@evolock/direct-serialise/arguments';

declare const meaning: unique symbol;

/** What a number counts, as TypeScript sees it; nothing at run time. An interface, so that declarations can name it. */
export interface Meaning<Name extends string> {
  readonly [meaning]: Name;
}

/** A number of a slot: unsigned, 64 bits. */
export type Slot = bigint & Meaning<'slot'>;

/** A KES period counted from slot 0 of the chain: what a certificate states as its start. Unsigned, 64 bits. */
export type AbsolutePeriod = bigint & Meaning<'absolute KES period'>;

/** A KES period counted from the start of a certificate: the period at which the signing key stands, 0 to 63. */
export type Evolution = number & Meaning<'evolution'>;

/** Periods of Sum6, the algorithm of Cardano: no network can use more of them. */
export const SUM6_PERIODS = 64;

/** The largest unsigned number of 64 bits. */
export const MAX_UNSIGNED_64 = 2n ** 64n - 1n;

/**
 * A slot.
 *
 * @param value - 0 to 2^64 − 1; as a number at most 2^53 − 1.
 * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`, `ERR_EVOLOCK_ARGUMENT_VALUE`.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { slot } from '@evolock/cardano-kes';
 *
 * assert.equal(slot(4_492_800), 4_492_800n);
 * assert.throws(() => slot(-1), { code: 'ERR_EVOLOCK_ARGUMENT_VALUE' });
 * ```
 */
export function slot(value: bigint | number): Slot {
  return checkUnsigned64('slot', value) as Slot;
}

/**
 * An absolute KES period.
 *
 * @param value - 0 to 2^64 − 1; as a number at most 2^53 − 1.
 * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`, `ERR_EVOLOCK_ARGUMENT_VALUE`.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { absolutePeriod } from '@evolock/cardano-kes';
 *
 * assert.equal(absolutePeriod(1001), 1001n);
 * ```
 */
export function absolutePeriod(value: bigint | number): AbsolutePeriod {
  return checkUnsigned64('period', value) as AbsolutePeriod;
}

/**
 * An evolution: a KES period relative to the start of a certificate.
 *
 * @param value - 0 to 63, what Sum6 has.
 * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`, `ERR_EVOLOCK_ARGUMENT_VALUE`.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { evolution } from '@evolock/cardano-kes';
 *
 * assert.equal(evolution(63), 63);
 * assert.throws(() => evolution(64), { code: 'ERR_EVOLOCK_ARGUMENT_VALUE' });
 * ```
 */
export function evolution(value: number): Evolution {
  return checkInteger('evolution', value, 0, SUM6_PERIODS - 1) as Evolution;
}

/**
 * Checks that a value is an unsigned number of 64 bits: a bigint, or a number that holds it exactly.
 *
 * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`, `ERR_EVOLOCK_ARGUMENT_VALUE`.
 *
 * @internal
 */
export function checkUnsigned64(argument: string, value: unknown): bigint {
  const expected = 'an integer from 0 to 2^64 - 1 (a bigint from 2^53 on)';
  if (typeof value !== 'bigint' && !Number.isSafeInteger(value))
    throw wrongType(argument, expected, value);
  const integer = BigInt(value as bigint | number);
  if (integer < 0n || integer > MAX_UNSIGNED_64)
    throw wrongValue(argument, expected, String(integer));
  return integer;
}
