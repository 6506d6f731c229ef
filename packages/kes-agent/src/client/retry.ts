/** When a client that has no connection tries again. */
import { setTimeout as sleep } from 'node:timers/promises';
import { checkInteger, checkOptions, wrongType } from '@evolock/direct-serialise/arguments';
import { IoAbortedError } from '@evolock/direct-serialise-io';

/** When a client tries to connect again. */
export interface RetryOptions {
  /** Number of retries in a row: 0 or more, `Infinity` for ever. */
  readonly attempts?: number | undefined;
  /** The pause before the second attempt, in milliseconds; 100 when absent. No pause is longer than 10,000 or this. */
  readonly delay?: number | undefined;
  /** Whether each pause is twice as long as the one before; `true` when absent. */
  readonly exponential?: boolean | undefined;
}

const FIRST_DELAY = 100;
const LONGEST_DELAY = 10_000;
const MAX_DELAY = 2_147_483_647;

/** The pauses of one client. */
export class BackOff {
  readonly #attempts: number;
  readonly #first: number;
  readonly #factor: number;
  readonly #longest: number;
  #tried = 0;
  #delay: number;

  constructor(options: RetryOptions | undefined, attemptsWhenAbsent: number) {
    const given = checkOptions(options);
    const { attempts = attemptsWhenAbsent, delay = FIRST_DELAY, exponential = true } = given;
    this.#attempts =
      attempts === Infinity
        ? attempts
        : checkInteger('retry.attempts', attempts, 0, Number.MAX_SAFE_INTEGER);
    this.#first = checkInteger('retry.delay', delay, 0, MAX_DELAY);
    this.#longest = Math.max(LONGEST_DELAY, delay);
    if (typeof exponential !== 'boolean')
      throw wrongType('retry.exponential', 'a boolean', exponential);
    this.#factor = exponential ? 2 : 1;
    this.#delay = this.#first;
  }

  /** The pause before the next attempt, in milliseconds; `undefined` when no attempt is left. */
  next(): number | undefined {
    if (this.#tried >= this.#attempts) return undefined;
    this.#tried += 1;
    const delay = Math.min(this.#delay, this.#longest);
    this.#delay = delay * this.#factor;
    return delay;
  }

  /** Begins again: the last attempt had success. */
  reset(): void {
    this.#tried = 0;
    this.#delay = this.#first;
  }
}

/** What {@link withRetry} needs. */
interface Retrying {
  readonly backOff: BackOff;
  readonly signal: AbortSignal | undefined;
  /** Told of each failure, and of the milliseconds until the next attempt: `undefined` when none is left. */
  readonly failed?: (error: unknown, retryAfter: number | undefined) => void;
}

/**
 * Does work again until it has success, no attempt is left, or the signal is aborted.
 *
 * @param work - Begins from nothing each time.
 */
export async function withRetry<Result>(
  work: () => Promise<Result>,
  { backOff, signal, failed }: Retrying,
): Promise<Result> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (signal?.aborted === true) throw new IoAbortedError(signal.reason);
      const retryAfter = backOff.next();
      failed?.(error, retryAfter);
      if (retryAfter === undefined) throw error;
      await sleep(retryAfter, undefined, { signal }).catch(() => {
        throw new IoAbortedError(signal?.reason);
      });
    }
  }
}
