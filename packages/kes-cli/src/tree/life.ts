import type { Json } from '../outcome.js';
import { counted } from '../printable.js';

/** Where a key stands in its life. */
export interface Life {
  readonly period: number;
  readonly totalPeriods: number;
  /** Periods after this one. */
  readonly remaining: number;
}

/** Where a key of so many periods stands. */
export function lifeOf(period: number, totalPeriods: number): Life {
  return { period, totalPeriods, remaining: totalPeriods - 1 - period };
}

/** The periods that are used, live and to come, for a person. */
export function lifeInWords({ period, totalPeriods, remaining }: Life): string {
  const used = period === 0 ? 'none used' : `${range(0, period - 1)} used`;
  const coming =
    remaining === 0 ? 'none to come' : `${range(period + 1, totalPeriods - 1)} to come`;
  return `${period} of 0–${totalPeriods - 1} (${used}, ${coming})`;
}

/** How many periods are left after this one, for a person. */
export function remainingInWords({ remaining }: Life): string {
  if (remaining === 0) return 'none: this is the last';
  return `${counted(remaining, 'period')} after this one`;
}

/** The same for `--json`. */
export function lifeJson({
  period,
  totalPeriods,
  remaining,
}: Life): Readonly<Record<string, Json>> {
  return { period, totalPeriods, remainingPeriods: remaining };
}

function range(first: number, last: number): string {
  return first === last ? String(first) : `${first}–${last}`;
}
