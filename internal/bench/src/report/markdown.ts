import * as format from './format.js';
import type { Report } from './report.js';
import { describeSystem } from './system.js';

/** The tables for the documentation. */
export function markdownOf(report: Report): string {
  return [
    `Measured with \`npm run bench -- --document --plot\` on ${describeSystem(report.system)}; ${Math.round(report.seconds)} s. ` +
      'Each figure is the median of the rounds; the middle half of the rounds is in brackets. A ratio is computed within a round.',
    '',
    '| operation | µs | beside | µs | ratio | target | holds |',
    '| --- | --: | --- | --: | --: | --: | --- |',
    ...report.times.map((row) =>
      format.isSkipped(row)
        ? `| ${row.operation} | | skipped: ${row.skipped} | | | | |`
        : line([
            row.operation,
            format.costText(row.subject.cost),
            row.bare.name,
            format.costText(row.bare.cost),
            format.ratioText(row.ratio),
            format.targetText(row.target),
            format.holdsText(row),
          ]),
    ),
    '',
    '| figure | measured | target | holds | how |',
    '| --- | --: | --: | --- | --- |',
    ...report.figures.map((row) =>
      format.isSkipped(row)
        ? `| ${row.operation} | | | | skipped: ${row.skipped} |`
        : line([
            row.operation,
            format.figureText(row),
            format.targetText(row.target, row.unit),
            format.holdsText(row),
            row.note,
          ]),
    ),
    '',
    'Ed25519 of other libraries, in the same process and the same rounds: the time of their bare primitive, divided by the time of the whole operation on the left. Generation is compared with 64 of their key pairs, all updates with 63.',
    '',
    '| operation | node:crypto | libsodium-wrappers | @noble/curves |',
    '| --- | --: | --: | --: |',
    ...report.times.flatMap((row) => {
      if (format.isSkipped(row) || row.peers.length === 0) return [];
      return [line([row.operation, ...row.peers.map(({ ratio }) => format.ratioText(ratio))])];
    }),
    '',
    'The cost of each security rule, measured alone:',
    '',
    '| rule | µs | when |',
    '| --- | --: | --- |',
    ...report.rules.map(({ rule, cost, when }) => line([rule, format.costText(cost), when])),
  ].join('\n');
}

function line(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}
