import Table from 'cli-table3';
import type { ControlResult } from '../controls/controls.js';
import { isProved, type Row } from './row.js';
import { describeSystem, type System } from './system.js';

/** The results of a run. */
export interface Proof {
  readonly system: System;
  readonly seconds: number;
  readonly controls: readonly ControlResult[];
  readonly rows: readonly Row[];
}

const COLUMNS = [
  'layer',
  'operation',
  'process',
  'user',
  'copies in locked memory',
  'unlocked copies',
  'copies of erased secrets',
];

/** Whether no scan found a violation and every control was found. */
export function holds({ rows, controls }: Proof): boolean {
  return rows.every(isProved) && controls.every(({ unlocked }) => unlocked > 0);
}

/** The table, the totals and the violations as text. */
export function screenOf(proof: Proof): string {
  const table = new Table({
    head: COLUMNS,
    style: { head: [], border: [] },
    colAligns: ['left', 'left', 'left', 'left', 'right', 'right', 'right'],
  });
  for (const { layer, operation, process, user, locked, unlocked, erased } of proof.rows) {
    table.push([layer, operation, process, user, locked, unlocked, erased]);
  }
  return [table.toString(), ...totals(proof), ...problemsOf(proof)].join('\n');
}

function totals({ rows, controls, system, seconds }: Proof): string[] {
  const sum = (column: 'locked' | 'unlocked' | 'erased'): number =>
    rows.reduce((total, row) => total + row[column], 0);
  const seen = controls.filter(({ unlocked }) => unlocked > 0).length;
  return [
    `${rows.length} scans: ${sum('locked')} copies in locked memory, ${sum('unlocked')} unlocked, ` +
      `${sum('erased')} of erased secrets; ${Math.round(seconds)} s`,
    `controls: ${seen} of ${controls.length} copies that were left on purpose were found`,
    describeSystem(system),
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
