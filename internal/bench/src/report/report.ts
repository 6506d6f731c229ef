import type { DepthSeries } from '../rows/depths.js';
import type { RuleCost } from '../rows/rule-costs.js';
import type { FigureRow, SkippedRow, TimeRow } from '../rows/row.js';
import type { System } from './system.js';

/** All results of a run. */
export interface Report {
  readonly system: System;
  readonly seconds: number;
  /** Whether the measurement was too short for exact figures. */
  readonly short: boolean;
  readonly times: readonly (TimeRow | SkippedRow)[];
  readonly figures: readonly (FigureRow | SkippedRow)[];
  /** The costs of the rules that protect secrets. */
  readonly rules: readonly RuleCost[];
  /** The costs by depth, on request. */
  readonly depths: readonly DepthSeries[];
}

/** The same without targets. */
export function withoutVerdicts(report: Report): Report {
  const silent = <Row extends object>(row: Row): Row =>
    'holds' in row ? { ...row, holds: undefined } : row;
  return { ...report, times: report.times.map(silent), figures: report.figures.map(silent) };
}
