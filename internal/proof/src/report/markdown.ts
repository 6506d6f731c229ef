/** The tables of docs/measured/proof.md, one row a layer, and the data behind them, one line a scan. */
import { LEAST_LOCK_LIMIT } from '@evolock/test-support/ordinary-user';
import { SHORT_WARM_UP, WARM_UP } from '../prove/prove.js';
import type { Row } from './row.js';
import type { Proof } from './screen.js';
import { describeSystem } from './system.js';

/** The tables of the page. */
export function markdownOf(proof: Proof): string {
  return [
    `Measured with \`npm run proof\` on ${describeSystem(proof.system)}, and as an ordinary user who may lock ` +
      `${LEAST_LOCK_LIMIT} KiB; ${proof.rows.length} scans, ${proof.controls.length} controls. Fresh: the operation is the ` +
      `first in the process. Warm: it ran ${WARM_UP} times before with other secrets, as the ordinary user ` +
      `${SHORT_WARM_UP} times, when the engine has compiled a part of it. [The data](proof.csv) has a line for each scan.`,
    '',
    '| layer | operations | scans | copies in locked memory after an operation | unlocked copies | copies of erased secrets |',
    '| --- | --: | --: | --: | --: | --: |',
    ...layersOf(proof.rows).map(layerLine),
    '',
    'Controls: copies left on purpose, and how many of them the same scan found outside locked memory:',
    '',
    '| control | unlocked copies |',
    '| --- | --: |',
    ...proof.controls.map(({ control, unlocked }) => `| ${control} | ${unlocked} |`),
  ].join('\n');
}

function layersOf(rows: readonly Row[]): Row[][] {
  return [...new Set(rows.map(({ layer }) => layer))].map((name) =>
    rows.filter(({ layer }) => layer === name),
  );
}

function layerLine(rows: readonly Row[]): string {
  const operations = new Set(rows.map(({ operation }) => operation)).size;
  const locked = rows.map((row) => row.locked);
  const total = (column: 'unlocked' | 'erased') => rows.reduce((sum, row) => sum + row[column], 0);
  const range = `${Math.min(...locked)} to ${Math.max(...locked)}`;
  return `| ${rows[0]!.layer} | ${operations} | ${rows.length} | ${range} | ${total('unlocked')} | ${total('erased')} |`;
}

/** The data: a line for each scan, as RFC 4180 has it. */
export function csvOf({ rows }: Proof): string {
  const lines = rows.map(({ layer, operation, process, user, locked, unlocked, erased }) =>
    [layer, operation, process, user, locked, unlocked, erased].map(field).join(','),
  );
  return `layer,operation,process,user,locked,unlocked,erased\n${lines.join('\n')}\n`;
}

function field(value: string | number): string {
  const text = String(value);
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
