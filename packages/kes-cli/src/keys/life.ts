import type { JsonMembers } from '../cli/answer.js';
import { counted } from '../cli/text.js';

/** The period of a key among all of its periods. */
export interface Life {
  readonly period: number;
  readonly totalPeriods: number;
  /** Periods after this one. */
  readonly remaining: number;
}

/** The life of a key at a period. */
export function lifeOf(period: number, totalPeriods: number): Life {
  return { period, totalPeriods, remaining: totalPeriods - 1 - period };
}

/** The used periods, the current one and the future ones, for a person. */
export function lifeInWords({ period, totalPeriods, remaining }: Life): string {
  const used = period === 0 ? 'none used' : `${range(0, period - 1)} used`;
  const left = remaining === 0 ? 'none left' : `${range(period + 1, totalPeriods - 1)} left`;
  return `${period} of 0–${totalPeriods - 1} (${used}, ${left})`;
}

/** The number of periods after this one, for a person. */
export function remainingInWords({ remaining }: Life): string {
  if (remaining === 0) return 'none: this is the last period';
  return `${counted(remaining, 'period')} after this one`;
}

/** The same for `--json`. */
export function lifeJson({ period, totalPeriods, remaining }: Life): JsonMembers {
  return { period, totalPeriods, remainingPeriods: remaining };
}

function range(first: number, last: number): string {
  return first === last ? String(first) : `${first}–${last}`;
}
