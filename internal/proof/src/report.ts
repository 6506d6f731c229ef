/** The results of a run as the tables of docs/measured/proof.md, and its data. */
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { cpus, release } from 'node:os';
import { LEAST_LOCK_LIMIT } from '@evolock/test-support/ordinary-user';
import { SHORT_WARM_UP, WARM_UP } from './scan/prove.js';
import type { User } from './scan/process.js';
import type { Verdict } from './scan/verdict.js';

/** A row of the table: an operation, and what a scan found after it. */
export interface Row extends Verdict {
  readonly layer: string;
  readonly operation: string;
  readonly process: 'fresh' | 'warm';
  readonly user: User;
}

/** Everything that does not hold. A proof has none. Controls leave copies on purpose: where none is found, scans are blind. */
export function problemsOf(rows: readonly Row[], controls: readonly Row[]): string[] {
  return [
    ...rows.flatMap(({ layer, operation, process, user, problems }) =>
      problems.map((problem) => `${layer}, ${operation}, ${process}, ${user}: ${problem}`),
    ),
    ...controls
      .filter(({ unlocked }) => unlocked === 0)
      .map(({ operation }) => `left on purpose and not found: ${operation}`),
  ];
}

/** The tables: one row a layer, and the controls. */
export function tablesOf(rows: readonly Row[], controls: readonly Row[]): string {
  const layers = [...new Set(rows.map(({ layer }) => layer))];
  return [
    `Measured with \`npm run proof\` on ${thisSystem()}, and as an ordinary user who may lock ` +
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
    ...controls.map(({ operation, unlocked }) => `| ${operation} | ${unlocked} |`),
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

/** The machine, its user and the versions. */
function thisSystem(): string {
  const require = createRequire(import.meta.url);
  const sodium = require('sodium-native/package.json') as { version: string };
  const processor = `${cpus()[0]?.model.trim() ?? 'unknown'} (${process.arch})`;
  const kernel = `Linux ${release().split('.').slice(0, 2).join('.')}`;
  const user = process.getuid?.() === 0 ? 'root' : 'an ordinary user';
  return [
    new Date().toISOString().slice(0, 10),
    processor,
    kernel,
    `Node ${process.version}`,
    `sodium-native ${sodium.version}`,
    `as ${user}`,
  ].join(', ');
}

const FIELDS = ['layer', 'operation', 'process', 'user', 'locked', 'unlocked', 'erased'] as const;

/** The data: a line for each scan, as RFC 4180 has it. */
function csvOf(rows: readonly Row[]): string {
  const quoted = (value: string | number) => String(value).replace(/^.*,.*$/, '"$&"');
  const lines = rows.map((row) => FIELDS.map((field) => quoted(row[field])).join(','));
  return `${FIELDS.join(',')}\n${lines.join('\n')}\n`;
}

const MEASURED =
  /(?<=<!-- measured: npm run proof -- --document -->\n)[^]*(?=<!-- end of what was measured -->)/;

/**
 * Writes the tables to docs/measured/proof.md, between its two marks, and the data to proof.csv beside it.
 *
 * @throws Error when a mark is missing.
 */
export function document(rows: readonly Row[], tables: string): void {
  const page = new URL('../../../docs/measured/proof.md', import.meta.url);
  const text = readFileSync(page, 'utf8');
  if (!MEASURED.test(text)) throw new Error(`${page.pathname} has no marks of the tables`);
  const measured = `<!-- prettier-ignore-start -->\n\n${tables}\n\n<!-- prettier-ignore-end -->\n`;
  writeFileSync(
    page,
    text.replace(MEASURED, () => measured),
  );
  writeFileSync(new URL('proof.csv', page), csvOf(rows));
}
