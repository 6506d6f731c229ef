/**
 * Takes a number of a counter's file.
 */
import { checkSameKey } from '../../certificate/counter.js';
import { CounterError, SpentNumberError } from '../../errors.js';
import { MAX_UNSIGNED_64 } from '../../period/numbers.js';
import { readCounterToReplace, storeCounter } from '../counter-file.js';
import type { CheckedDetails } from './issue-request.js';

/**
 * Takes a number, under the lock of the counter. When this function returns, the number is used: the counter on the disk is
 * above it. So no number is used twice, whenever the process stops. `reserve` stores the number before the counter is
 * advanced.
 */
export function takeNumber(
  { counterPath, coldVerificationKey, reuseNumber }: CheckedDetails,
  reserve: (number: bigint) => void,
): bigint {
  const counter = readCounterToReplace(counterPath);
  checkSameKey(counter, coldVerificationKey);
  const { next } = counter;
  if (reuseNumber !== undefined) {
    if (next !== reuseNumber + 1n) throw new CounterError('not-its-last');
    reserve(reuseNumber);
    return reuseNumber;
  }
  if (next === MAX_UNSIGNED_64) throw new CounterError('exhausted');
  reserve(next);
  try {
    storeCounter(counterPath, { ...counter, next: next + 1n }, { replace: true });
  } catch (cause) {
    const found = numberIn(counterPath);
    if (found === next) throw cause;
    throw new SpentNumberError(next, { cause, isCertain: found !== undefined });
  }
  return next;
}

/** The number in the file after a failed write; `undefined` when the file cannot be read. */
function numberIn(path: string): bigint | undefined {
  try {
    return readCounterToReplace(path).next;
  } catch {
    return undefined;
  }
}
