/**
 * Slots, absolute KES periods and evolutions: three numbers with a type each, so that code which mixes them up does not
 * compile.
 */
import { wrongType, wrongValue } from '@evolock/direct-serialise/arguments';

declare const meaning: unique symbol;

/** What a number counts. Exists in types only. An interface, so that declarations can name it. */
export interface Meaning<Name extends string> {
  readonly [meaning]: Name;
}

/** The number of a slot: unsigned, 64 bits. */
export type Slot = bigint & Meaning<'slot'>;

/** A KES period counted from slot 0 of the chain. A certificate states its start in it. Unsigned, 64 bits. */
export type AbsolutePeriod = bigint & Meaning<'absolute KES period'>;

/** A KES period counted from the start of a certificate: the period of the signing key, 0 to 63. */
export type Evolution = number & Meaning<'evolution'>;

/** Periods of Sum6, the algorithm of Cardano. */
export const SUM6_PERIODS = 64;

/** The largest unsigned number of 64 bits. */
export const MAX_UNSIGNED_64 = 2n ** 64n - 1n;

/** Makes a slot of 0 to 2^64 − 1; as a number at most 2^53 − 1. */
export function slot(value: bigint | number): Slot {
  return checkUnsigned64('slot', value) as Slot;
}

/** Makes an absolute KES period of 0 to 2^64 − 1; as a number at most 2^53 − 1. */
export function absolutePeriod(value: bigint | number): AbsolutePeriod {
  return checkUnsigned64('period', value) as AbsolutePeriod;
}

/** Checks an unsigned number of 64 bits: a bigint or a safe integer. */
export function checkUnsigned64(argument: string, value: unknown): bigint {
  const expected = 'an integer from 0 to 2^64 - 1 (a bigint from 2^53)';
  if (typeof value !== 'bigint' && !Number.isSafeInteger(value))
    throw wrongType(argument, expected, value);
  const integer = BigInt(value as bigint | number);
  if (integer < 0n || integer > MAX_UNSIGNED_64)
    throw wrongValue(argument, expected, String(integer));
  return integer;
}
