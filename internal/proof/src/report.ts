/** The results of a run as the tables of docs/measured/proof.md, and its data. */
import { readFileSync, writeFileSync } from 'node:fs';
import { LEAST_LOCK_LIMIT } from '@evolock/test-support/ordinary-user';
import type { Proof, Row } from './rows.js';
import { SHORT_WARM_UP, WARM_UP } from './scan/prove.js';

/** Everything that does not hold. A proof has none. */
export function problemsOf({ rows, controls }: Proof): string[] {
  return [
    ...rows.flatMap(({ layer, operation, process, user, problems }) =>
      problems.map((problem) => `${layer}, ${operation}, ${process}, ${user}: ${problem}`),
    ),
    ...controls
      .filter(({ unlocked }) => unlocked === 0)
      .map(({ control }) => `left on purpose and not found: ${control}`),
  ];
}

/** The tables: one row a layer, and the controls. */
export function tablesOf({ system, rows, controls }: Proof): string {
  const layers = [...new Set(rows.map(({ layer }) => layer))];
  return [
    `Measured with \`npm run proof\` on ${system}, and as an ordinary user who may lock ` +
      `${LEAST_LOCK_LIMIT} KiB; ${rows.length} scans, ${controls.length} controls. Fresh: the operation is the ` +
      `first in the process. Warm: it ran ${WARM_UP} times before with other secrets, as the ordinary user ` +
      `${SHORT_WARM_UP} times, when the engine has compiled a part of it. [The data](proof.csv) has a line for each scan.`,
    '',
    '| layer | operations | scans | copies in locked memory after an operation | unlocked copies | copies of erased secrets |',
    '| --- | --: | --: | --: | --: | --: |',
    ...layers.map((layer) => layerLine(rows.filter((row) => row.layer === layer))),
    '',
    'Controls: copies left on purpose, and how many of them the same scan found outside locked memory:',
    '',
    '| control | unlocked copies |',
    '| --- | --: |',
    ...controls.map(({ control, unlocked }) => `| ${control} | ${unlocked} |`),
  ].join('\n');
}

function layerLine(rows: readonly Row[]): string {
  const operations = new Set(rows.map(({ operation }) => operation)).size;
  const locked = rows.map((row) => row.locked);
  const range = `${Math.min(...locked)} to ${Math.max(...locked)}`;
  const sumOf = (column: 'unlocked' | 'erased') =>
    rows.reduce((total, row) => total + row[column], 0);
  return `| ${rows[0]!.layer} | ${operations} | ${rows.length} | ${range} | ${sumOf('unlocked')} | ${sumOf('erased')} |`;
}

const FIELDS = ['layer', 'operation', 'process', 'user', 'locked', 'unlocked', 'erased'] as const;

/** The data: a line for each scan, as RFC 4180 has it. */
function csvOf({ rows }: Proof): string {
  const lines = rows.map((row) => FIELDS.map((field) => quoted(row[field])).join(','));
  return `${FIELDS.join(',')}\n${lines.join('\n')}\n`;
}

function quoted(value: string | number): string {
  const text = String(value);
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

const BEGIN = '<!-- measured: npm run proof -- --document -->';
const END = '<!-- end of what was measured -->';

/**
 * Writes the tables to docs/measured/proof.md, between its two marks, and the data to proof.csv beside it.
 *
 * @throws Error when a mark is missing.
 */
export function document(proof: Proof): void {
  const page = new URL('../../../docs/measured/proof.md', import.meta.url);
  const text = readFileSync(page, 'utf8');
  const begin = text.indexOf(BEGIN);
  const end = text.indexOf(END);
  if (begin < 0 || end < begin)
    throw new Error(`${page.pathname} does not contain the marks of the tables`);
  const tables = `${BEGIN}\n<!-- prettier-ignore-start -->\n\n${tablesOf(proof)}\n\n<!-- prettier-ignore-end -->\n`;
  writeFileSync(page, text.slice(0, begin) + tables + text.slice(end));
  writeFileSync(new URL('proof.csv', page), csvOf(proof));
}
