import { LEAST_LOCK_LIMIT } from '@evolock/test-support/ordinary-user';
import { SHORT_WARM_UP, WARM_UP } from '../prove/prove.js';
import type { Circumstances, Row } from './row.js';
import type { Proof } from './screen.js';
import { describeSystem } from './system.js';
import { USERS } from '../prove/user.js';

/** The tables of docs/measured/proof.md: one line for each operation. */
export function markdownOf(proof: Proof): string {
  const lines = [...grouped(proof.rows)].map(([, rows]) => line(rows));
  return [
    `Measured with \`npm run proof\` on ${describeSystem(proof.system)}, and as an ordinary user who may lock ` +
      `${LEAST_LOCK_LIMIT} KiB; ${proof.rows.length} scans, ${proof.controls.length} controls. Each cell has the results ` +
      `of four scans of whole processes: fresh / warm, as started · fresh / warm, as the ordinary user. Fresh: the operation ` +
      `is the first in the process. Warm: it ran ${WARM_UP} times before with other secrets, as the ordinary user ` +
      `${SHORT_WARM_UP} times, when the engine has compiled a part of it. –: the operation runs only once in a process.`,
    '',
    '| layer | operation | copies in locked memory | unlocked copies | copies of erased secrets |',
    '| --- | --- | --: | --: | --: |',
    ...lines,
    '',
    'Controls: copies left on purpose, and how many of them the same scan found outside locked memory:',
    '',
    '| control | unlocked copies |',
    '| --- | --: |',
    ...proof.controls.map(({ control, unlocked }) => `| ${control} | ${unlocked} |`),
  ].join('\n');
}

function grouped(rows: readonly Row[]): Map<string, Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const name = `${row.layer}: ${row.operation}`;
    groups.set(name, [...(groups.get(name) ?? []), row]);
  }
  return groups;
}

function line(rows: readonly Row[]): string {
  const { layer, operation } = rows[0]!;
  const cell = (column: 'locked' | 'unlocked' | 'erased'): string =>
    USERS.map((user) =>
      PROCESSES.map((process) => found(rows, { user, process }, column)).join(' / '),
    ).join(' · ');
  return `| ${layer} | ${operation} | ${cell('locked')} | ${cell('unlocked')} | ${cell('erased')} |`;
}

const PROCESSES = ['fresh', 'warm'] as const;

function found(
  rows: readonly Row[],
  { process, user }: Circumstances,
  column: 'locked' | 'unlocked' | 'erased',
): string {
  const row = rows.find((each) => each.process === process && each.user === user);
  return String(row?.[column] ?? '–');
}
