import type { DepthSeries } from './depths.js';
import type { RuleCost } from './rule-costs.js';
import type { FigureRow, SkippedRow, TimeRow } from './row.js';
import type { System } from './system.js';

/** Everything that was measured. */
export interface Report {
  readonly system: System;
  readonly seconds: number;
  /** Whether it was done so shortly that the figures say nothing. */
  readonly short: boolean;
  readonly times: readonly (TimeRow | SkippedRow)[];
  readonly figures: readonly (FigureRow | SkippedRow)[];
  /** What the rules of security cost. */
  readonly rules: readonly RuleCost[];
  /** How cost grows with depth, where it was asked for. */
  readonly depths: readonly DepthSeries[];
}

/** The same, with no word on whether a target holds. */
export function withoutVerdicts(report: Report): Report {
  const silent = <Row extends object>(row: Row): Row =>
    'holds' in row ? { ...row, holds: undefined } : row;
  return { ...report, times: report.times.map(silent), figures: report.figures.map(silent) };
}
