import { InvalidArgumentError } from 'commander';

const DIGITS = /^[0-9]+$/;

/** Reads an option's whole number, written in decimal digits. */
export function wholeNumber(text: string): number {
  if (!DIGITS.test(text)) throw new InvalidArgumentError('It is no whole number.');
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new InvalidArgumentError('It is too large.');
  return value;
}

/** Reads an option's unsigned 64-bit number, written in decimal digits. */
export function wholeNumber64(text: string): bigint {
  const value = DIGITS.test(text) ? BigInt(text) : undefined;
  if (value === undefined || value >= 1n << 64n) {
    throw new InvalidArgumentError('It is no whole number below 2^64.');
  }
  return value;
}

/** The same of a number that is not 0. */
export function positiveNumber(text: string): number {
  return notNone(wholeNumber(text));
}

/** The same of a number that is not 0. */
export function positiveNumber64(text: string): bigint {
  return notNone(wholeNumber64(text));
}

function notNone<T extends number | bigint>(value: T): T {
  if (value < 1) throw new InvalidArgumentError('It has to be 1 at least.');
  return value;
}
