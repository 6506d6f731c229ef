import Table from 'cli-table3';
import * as format from './format.js';
import type { Report } from './report.js';
import type { RuleCost } from '../rows/rule-costs.js';
import type { FigureRow, SkippedRow, TimeRow } from '../rows/row.js';
import { describeSystem } from './system.js';

/** The report for a terminal. */
export function screenOf(report: Report): string {
  const lines = [
    describeSystem(report.system),
    timeTable(report.times),
    figureTable(report.figures),
    peerTable(report.times),
    ruleTable(report.rules),
    'Each figure is the median of the rounds; the middle half of the rounds is in brackets. A ratio is computed within a round.',
  ];
  if (report.short)
    lines.push('Short run: it shows that everything runs, and its figures have no meaning.');
  lines.push(closing(report));
  return lines.join('\n\n');
}

function timeTable(rows: readonly (TimeRow | SkippedRow)[]): string {
  const head = ['operation', 'µs', 'beside', 'µs', 'ratio', 'target', 'holds'];
  const table = newTable(head, [1, 3, 4]);
  for (const row of rows) {
    if (format.isSkipped(row)) {
      table.push([row.operation, { colSpan: 6, content: `skipped: ${row.skipped}` }]);
      continue;
    }
    table.push([
      row.operation,
      format.costText(row.subject.cost),
      row.bare.name,
      format.costText(row.bare.cost),
      format.ratioText(row.ratio),
      format.targetText(row.target),
      format.holdsText(row),
    ]);
  }
  return table.toString();
}

function figureTable(rows: readonly (FigureRow | SkippedRow)[]): string {
  const table = newTable(['figure', 'measured', 'target', 'holds', 'how'], [1]);
  for (const row of rows) {
    if (format.isSkipped(row)) {
      table.push([row.operation, { colSpan: 4, content: `skipped: ${row.skipped}` }]);
      continue;
    }
    table.push([
      row.operation,
      format.figureText(row),
      format.targetText(row.target, row.unit),
      format.holdsText(row),
      row.note,
    ]);
  }
  return table.toString();
}

function peerTable(rows: readonly (TimeRow | SkippedRow)[]): string {
  const table = newTable(['times as long as', 'others, Ed25519 alone', 'ratio'], [2]);
  for (const row of rows) {
    if (format.isSkipped(row)) continue;
    for (const { name, ratio } of row.peers) {
      table.push([row.operation, name, format.ratioText(ratio)]);
    }
  }
  return table.toString();
}

function ruleTable(rules: readonly RuleCost[]): string {
  const table = newTable(['a rule of security', 'µs', 'when'], [1]);
  table.push(...rules.map(({ rule, cost, when }) => [rule, format.costText(cost), when]));
  return table.toString();
}

function newTable(head: string[], right: readonly number[]): Table.Table {
  return new Table({
    head,
    colAligns: head.map((_, column) => (right.includes(column) ? 'right' : 'left')),
    style: { head: [], border: [], compact: true },
  });
}

function closing({ times, figures, seconds }: Report): string {
  const judged = [...times, ...figures].flatMap((row) =>
    format.isSkipped(row) || row.holds === undefined ? [] : [row],
  );
  const kept = judged.filter(({ holds }) => holds).length;
  const verdict = judged.length === 0 ? '' : `${kept} of ${judged.length} targets hold; `;
  return `${verdict}${Math.round(seconds)} s`;
}
