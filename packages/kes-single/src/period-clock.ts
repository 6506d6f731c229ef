import { checkDate, checkInteger, checkOptions } from '@evolock/direct-serialise/arguments';

/** Periods in the order of time. */
export interface PeriodClockOptions {
  /** The beginning of period 0. */
  readonly start: Date;
  /** Seconds of a period: a whole number. */
  readonly length: number;
}

/** Which period a moment is in. */
export interface PeriodClock {
  /**
   * The period of a moment, of the present one when absent. It is negative before the start, and has no upper end: a key
   * refuses a period that it does not have.
   */
  periodAt(moment?: Date): number;
  /** When a period begins. */
  startOf(period: number): Date;
}

/** Some 285,000 years, in seconds: longer than any `Date` can be away. */
const MAX_LENGTH = 9_000_000_000_000;

/**
 * A clock of periods of `length` seconds from `start`, a `Date`: `periodAt(moment)` says which one a moment is in, negative
 * before `start`, and `startOf(period)` when one begins.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { periodClock } from '@evolock/kes-single';
 *
 * const days = periodClock({ start: new Date('2026-01-01T00:00:00Z'), length: 86_400 });
 * assert.equal(days.periodAt(new Date('2026-01-31T12:00:00Z')), 30);
 * ```
 */
export function periodClock(options: PeriodClockOptions): PeriodClock {
  const given = checkOptions(options, ['start', 'length']);
  const start = checkDate('start', given.start);
  const length = 1_000 * checkInteger('length', given.length, 1, MAX_LENGTH);
  return Object.freeze({
    periodAt: (moment = new Date()) => Math.floor((checkDate('moment', moment) - start) / length),
    startOf: (period: number) => {
      const { MIN_SAFE_INTEGER, MAX_SAFE_INTEGER } = Number;
      const checked = checkInteger('period', period, MIN_SAFE_INTEGER, MAX_SAFE_INTEGER);
      const beginning = new Date(start + checked * length);
      checkDate('the beginning of the period', beginning);
      return beginning;
    },
  });
}
