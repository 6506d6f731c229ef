import * as format from './format.js';
import type { Report } from './report.js';
import { describeSystem } from './system.js';

/** The tables for the documentation. */
export function markdownOf(report: Report): string {
  return [
    `Measured with \`npm run bench -- --document --plot\` on ${describeSystem(report.system)}; ${Math.round(report.seconds)} s. ` +
      'Medians of the rounds; in brackets, between what half of the rounds lie. A ratio is made within a round.',
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
    'Ed25519 of others, which anybody can install, in the same process and the same rounds: how many times as long as the operation on the left, with all its locked memory and its tree, their bare primitive takes (64 key pairs for the generation).',
    '',
    '| operation | node:crypto | libsodium-wrappers | @noble/curves |',
    '| --- | --: | --: | --: |',
    ...report.times.flatMap((row) => {
      if (format.isSkipped(row) || row.peers.length === 0) return [];
      return [line([row.operation, ...row.peers.map(({ ratio }) => format.ratioText(ratio))])];
    }),
    '',
    'What a rule of security costs by itself:',
    '',
    '| rule | µs | when |',
    '| --- | --: | --- |',
    ...report.rules.map(({ rule, cost, when }) => line([rule, format.costText(cost), when])),
  ].join('\n');
}

function line(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}
