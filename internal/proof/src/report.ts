/** The results of a run as text for a screen, and as tables of docs/measured/proof.md. */
import { readFileSync, writeFileSync } from 'node:fs';
import { LEAST_LOCK_LIMIT } from '@evolock/test-support/ordinary-user';
import Table from 'cli-table3';
import { DATA, PAGE } from './places.js';
import type { Proof, Row } from './rows.js';
import { SHORT_WARM_UP, WARM_UP } from './scan/prove.js';

const FIELDS = ['layer', 'operation', 'process', 'user', 'locked', 'unlocked', 'erased'] as const;
const HEADS = [
  ...FIELDS.slice(0, 4),
  'copies in locked memory',
  'unlocked copies',
  'copies of erased secrets',
];

/** The table, the totals and the violations as text. */
export function screenOf(proof: Proof): string {
  const table = new Table({
    head: HEADS,
    style: { head: [], border: [] },
    colAligns: ['left', 'left', 'left', 'left', 'right', 'right', 'right'],
  });
  for (const row of proof.rows) table.push(FIELDS.map((field) => row[field]));
  return [table.toString(), ...totals(proof), ...problemsOf(proof)].join('\n');
}

const sumOf = (rows: readonly Row[], column: 'locked' | 'unlocked' | 'erased'): number =>
  rows.reduce((total, row) => total + row[column], 0);

function totals({ rows, controls, system, seconds }: Proof): string[] {
  const seen = controls.filter(({ unlocked }) => unlocked > 0).length;
  return [
    `${rows.length} scans: ${sumOf(rows, 'locked')} copies in locked memory, ${sumOf(rows, 'unlocked')} unlocked, ` +
      `${sumOf(rows, 'erased')} of erased secrets; ${Math.round(seconds)} s`,
    `controls: ${seen} of ${controls.length} copies that were left on purpose were found`,
    system,
  ];
}

function problemsOf({ rows, controls }: Proof): string[] {
  return [
    ...rows.flatMap(({ layer, operation, process, user, problems }) =>
      problems.map((problem) => `${layer}, ${operation}, ${process}, ${user}: ${problem}`),
    ),
    ...controls
      .filter(({ unlocked }) => unlocked === 0)
      .map(({ control }) => `left on purpose and not found: ${control}`),
  ];
}

const BEGIN = '<!-- measured: npm run proof -- --document -->';
const END = '<!-- end of what was measured -->';

/**
 * Writes the tables to docs/measured/proof.md, between its two marks, and the data to proof.csv beside it.
 *
 * @returns One line for the terminal.
 * @throws Error when a mark is missing.
 */
export function document(proof: Proof): string {
  const text = readFileSync(PAGE, 'utf8');
  const begin = text.indexOf(BEGIN);
  const end = text.indexOf(END);
  if (begin < 0 || end < begin)
    throw new Error(`${PAGE.pathname} does not contain the marks of the tables`);
  const table = `${BEGIN}\n<!-- prettier-ignore-start -->\n\n${markdownOf(proof)}\n\n<!-- prettier-ignore-end -->\n`;
  writeFileSync(PAGE, text.slice(0, begin) + table + text.slice(end));
  writeFileSync(DATA, csvOf(proof));
  return 'docs/measured/proof.md contains the tables, and proof.csv the data';
}

/** The tables of the page, one row a layer. */
function markdownOf({ system, rows, controls }: Proof): string {
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
  return `| ${rows[0]!.layer} | ${operations} | ${rows.length} | ${range} | ${sumOf(rows, 'unlocked')} | ${sumOf(rows, 'erased')} |`;
}

/** The data: a line for each scan, as RFC 4180 has it. */
function csvOf({ rows }: Proof): string {
  const lines = rows.map((row) => FIELDS.map((field) => quoted(row[field])).join(','));
  return `${FIELDS.join(',')}\n${lines.join('\n')}\n`;
}

function quoted(value: string | number): string {
  const text = String(value);
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
