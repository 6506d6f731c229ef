/** The values of options: numbers in decimal digits, moments, and what the word for a value in a help means. */
import { InvalidArgumentError } from 'commander';

export { InvalidArgumentError };

const DIGITS = /^[0-9]+$/;

export function wholeNumber(text: string): number {
  if (!DIGITS.test(text)) throw new InvalidArgumentError('It is not a whole number.');
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new InvalidArgumentError('It is too large.');
  return value;
}

export function wholeNumber64(text: string): bigint {
  const value = DIGITS.test(text) ? BigInt(text) : undefined;
  if (value === undefined || value >= 1n << 64n) {
    throw new InvalidArgumentError('It is not a whole number below 2^64.');
  }
  return value;
}

export function positiveNumber(text: string): number {
  const value = wholeNumber(text);
  if (value < 1) throw new InvalidArgumentError('It must be 1 or more.');
  return value;
}

export function momentInOption(text: string): Date {
  const hasZone =
    /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?(?:Z|[+-]\d{2}:\d{2}))?$/;
  const date = new Date(text);
  if (!hasZone.test(text) || Number.isNaN(date.getTime()) || !isInCalendar(text)) {
    throw new InvalidArgumentError('It is not a moment like 2026-03-01 or 2026-03-01T12:00:00Z.');
  }
  return date;
}

/** `Date` accepts the 30th of February as the 2nd of March. */
function isInCalendar(text: string): boolean {
  const day = text.slice(0, 10);
  return new Date(`${day}T00:00:00Z`).toISOString().startsWith(day);
}

const UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** Returns seconds. */
export function timeInOption(text: string): number {
  const [, digits = '', unit = ''] = /^([0-9]+)(ms|s|m|h|d)$/.exec(text) ?? [];
  const milliseconds = Number(digits) * (UNITS[unit] ?? 0);
  if (milliseconds > 0 && Number.isSafeInteger(milliseconds)) return milliseconds / 1_000;
  throw new InvalidArgumentError('It is not a time like 500ms, 10s, 5m, 12h or 7d.');
}

/** What an option takes whose value has one of these names, unless its command says otherwise. Any other is text. */
export const VALUES: Readonly<Record<string, (text: string) => number | bigint | Date>> = {
  count: positiveNumber,
  days: positiveNumber,
  moment: momentInOption,
  ms: positiveNumber,
  number: wholeNumber64,
  period: wholeNumber,
  seconds: positiveNumber,
  slot: wholeNumber64,
  time: timeInOption,
};
