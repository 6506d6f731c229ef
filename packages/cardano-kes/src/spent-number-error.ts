import { EvolockError } from '@evolock/kes-sum';

/**
 * A counter has moved on, and there is no certificate of the number that was taken. From Babbage on a node takes a pool's
 * last number or the one after it: when the number is left out, the next certificate is refused, until the counter is made
 * anew.
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
 * ```
 */
export class SpentNumberError extends EvolockError {
  readonly code = 'ERR_EVOLOCK_CARDANO_SPENT_NUMBER';
  /** The number that was taken. */
  readonly number: bigint;

  /**
   * Makes one.
   *
   * @param number - The number that was taken.
   * @param options - With the `cause`, of which the message is taken over.
   */
  constructor(number: bigint, options?: ErrorOptions) {
    const { cause } = options ?? {};
    const why = cause instanceof Error ? cause.message : 'it was not issued';
    const n = String(number);
    super(
      `${why}; the certificate number ${n} is used up all the same, and a network takes only the number after the last that it knows: when no certificate of number ${n} is in use, make the counter anew at ${n} (cardano-cli node new-counter --counter-value ${n})`,
      options,
    );
    this.number = number;
  }
}
