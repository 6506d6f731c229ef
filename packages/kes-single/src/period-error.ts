import { EvolockError } from '@evolock/dsign-ed25519';

/**
 * A period that the algorithm does not have, or at which the key does not stand.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { KesPeriodError } from '@evolock/kes-single';
 *
 * const error = new KesPeriodError('period', 64, 'a period from 0 to 63');
 * assert.equal(error.code, 'ERR_EVOLOCK_KES_PERIOD');
 * ```
 */
export class KesPeriodError extends EvolockError {
  readonly code = 'ERR_EVOLOCK_KES_PERIOD';
  /** Name of the offending argument or option. */
  readonly argument: string;
  /** The period that was asked for. */
  readonly period: number;
  /** What would have been right, for people. */
  readonly expected: string;
  /**
   * The outermost level whose half contradicts the period, 1 (next to the leaf) to the depth; `undefined` when no key
   * that was read contradicts it.
   */
  readonly level: number | undefined;

  constructor(argument: string, period: number, expected: string, level?: number) {
    const where = level === undefined ? '' : `: level ${String(level)} stands in its other half`;
    super(`${argument}: expected ${expected}, received ${String(period)}${where}`);
    this.level = level;
    this.argument = argument;
    this.period = period;
    this.expected = expected;
  }
}

/**
 * The key stands at its last period and cannot move on. It is whole and still signs there.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { ed25519, MLockedSeed, singleKes } from '@evolock/kes-single';
 *
 * const seed = MLockedSeed.newRandom(32);
 * const signingKey = singleKes(ed25519).generateKey(seed);
 * assert.throws(() => signingKey.update(), { code: 'ERR_EVOLOCK_KES_LAST_PERIOD' });
 * signingKey.release();
 * seed.release();
 * ```
 */
export class LastPeriodError extends EvolockError {
  readonly code = 'ERR_EVOLOCK_KES_LAST_PERIOD';
  /** The last period of the key. */
  readonly period: number;

  constructor(algorithm: string, period: number) {
    super(
      `this ${algorithm} key stands at its last period, ${String(period)}: it still signs there; generate a new key to go on`,
    );
    this.period = period;
  }
}
