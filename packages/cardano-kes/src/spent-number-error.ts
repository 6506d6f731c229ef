import { EvolockError } from '@evolock/kes-sum';

/** Options of the error. */
export interface SpentNumberErrorOptions extends ErrorOptions {
  /** Whether it is known that the number is used up; `true` when absent. */
  readonly isCertain?: boolean;
}

/**
 * A counter moved on, or may have, and this run left no certificate of the number that was taken. From Babbage on a node
 * accepts a pool's last number or the next one: a certificate of the number after a missing one is refused. So issue again
 * with the same number, by `reuseNumber`.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { SpentNumberError } from '@evolock/cardano-kes';
 *
 * const error = new SpentNumberError(7n, { cause: new Error('node.cert: the system refused (EIO)') });
 * assert.equal(error.code, 'ERR_EVOLOCK_CARDANO_SPENT_NUMBER');
 * assert.equal(error.number, 7n);
 * assert.match(error.message, /EIO.*number 7 is used up/);
 * assert.equal(error.isCertain, true);
 * ```
 */
export class SpentNumberError extends EvolockError {
  readonly code = 'ERR_EVOLOCK_CARDANO_SPENT_NUMBER';
  /** The number that was taken. */
  readonly number: bigint;
  /** Whether it is known to be used up: when the counter cannot be read again, it may not be. */
  readonly isCertain: boolean;

  /**
   * Makes one.
   *
   * @param number - The number that was taken.
   * @param options - With the `cause`, of which the message is taken over, and with what is known.
   */
  constructor(number: bigint, options?: SpentNumberErrorOptions) {
    const { cause, isCertain = true } = options ?? {};
    const why = cause instanceof Error ? cause.message : 'it was not issued';
    super(`${why}; ${isCertain ? usedUp(number) : perhapsUsedUp(number)}`, options);
    this.number = number;
    this.isCertain = isCertain;
  }
}

function usedUp(number: bigint): string {
  const n = String(number);
  return `the certificate number ${n} is used up, and this run left no certificate of it: ${reuse(n)}`;
}

function perhapsUsedUp(number: bigint): string {
  const n = String(number);
  return `the counter could not be read again, so it is not known whether the certificate number ${n} is used up: see what the counter holds. If it is ${n}, issue again. If it is more, ${reuse(n)}`;
}

function reuse(n: string): string {
  return `issue again with that number (reuseNumber; kes opcert issue --reuse-number ${n}), since networks refuse the number after it`;
}
