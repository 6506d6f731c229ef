import { wrongType } from '@evolock/direct-serialise/arguments';

/** Checks that a value can be asked about as a period: any integer may be, something else is a caller's mistake. */
export function checkPeriod(argument: string, value: unknown): number {
  if (!Number.isInteger(value)) throw wrongType(argument, 'an integer', value);
  return value as number;
}
