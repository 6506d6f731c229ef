/** Numbers in options, written in decimal digits. */
import { InvalidArgumentError } from 'commander';

const DIGITS = /^[0-9]+$/;

/** Parses a whole number. */
export function wholeNumber(text: string): number {
  if (!DIGITS.test(text)) throw new InvalidArgumentError('It is not a whole number.');
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new InvalidArgumentError('It is too large.');
  return value;
}

/** Parses an unsigned 64-bit number. */
export function wholeNumber64(text: string): bigint {
  const value = DIGITS.test(text) ? BigInt(text) : undefined;
  if (value === undefined || value >= 1n << 64n) {
    throw new InvalidArgumentError('It is not a whole number below 2^64.');
  }
  return value;
}

/** Parses a whole number from 1. */
export function positiveNumber(text: string): number {
  return notZero(wholeNumber(text));
}

/** Parses an unsigned 64-bit number from 1. */
export function positiveNumber64(text: string): bigint {
  return notZero(wholeNumber64(text));
}

function notZero<T extends number | bigint>(value: T): T {
  if (value < 1) throw new InvalidArgumentError('It must be 1 or more.');
  return value;
}
