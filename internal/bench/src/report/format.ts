import type { FigureRow, SkippedRow, Target, TimeRow } from '../rows/row.js';
import type { Spread } from '../timing/statistics.js';

/** Microseconds with three significant digits. */
export function micros(value: number): string {
  if (value >= 1000) return Math.round(value).toLocaleString('en');
  if (value >= 100) return value.toFixed(0);
  return value >= 10 ? value.toFixed(1) : value.toFixed(2);
}

/** A cost and the interquartile range of its rounds. */
export function costText({ median, low, high }: Spread): string {
  return `${micros(median)} (${micros(low)}–${micros(high)})`;
}

/** A ratio and the interquartile range of its rounds. */
export function ratioText({ median, low, high }: Spread): string {
  const text = (value: number): string =>
    value >= 10 ? value.toFixed(0) : value.toFixed(value >= 4 ? 1 : 3);
  return `${text(median)} (${text(low)}–${text(high)})`;
}

/** A target as text. */
export function targetText(target: Target | undefined, unit = ''): string {
  if (target === undefined) return '';
  const sign = target.kind === 'at most' ? '≤' : '≥';
  return `${sign} ${target.value.toLocaleString('en')}${unit === '' ? ' ×' : ` ${unit}`}`;
}

/** Whether a row meets its target, as text. */
export function holdsText(row: TimeRow | FigureRow): string {
  if (row.holds === undefined) return '';
  return row.holds ? 'yes' : 'no';
}

/** The value of a figure as text. */
export function figureText({ value, unit }: FigureRow): string {
  const digits = unit === 'KiB' || unit.startsWith('×') ? 2 : unit === 'ms' ? 1 : 0;
  const text = (number: number): string =>
    number.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });
  const spread = value.low === value.high ? '' : ` (${text(value.low)}–${text(value.high)})`;
  return `${text(value.median)} ${unit}${spread}`;
}

/** Whether a row was left out. */
export function isSkipped(row: TimeRow | FigureRow | SkippedRow): row is SkippedRow {
  return 'skipped' in row;
}
