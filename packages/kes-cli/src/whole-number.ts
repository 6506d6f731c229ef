import { InvalidArgumentError } from 'commander';

/** Reads an option's whole number, written in decimal digits. */
export function wholeNumber(text: string): number {
  const value = Number(text);
  if (!/^[0-9]{1,15}$/.test(text)) throw new InvalidArgumentError('It is no whole number.');
  return value;
}

/** Reads an option's unsigned 64-bit number, written in decimal digits. */
export function wholeNumber64(text: string): bigint {
  const isCount = /^[0-9]{1,20}$/.test(text);
  const value = isCount ? BigInt(text) : 0n;
  if (!isCount || value >= 1n << 64n) {
    throw new InvalidArgumentError('It is no whole number below 2^64.');
  }
  return value;
}
