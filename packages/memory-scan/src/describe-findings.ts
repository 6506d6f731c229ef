import { type Hit } from './hit.js';
import { type Finding } from './report.js';

/**
 * Findings as lines for people: needle, encoding, which of its bytes, address, mapping, permissions, locked or not.
 * Never the bytes themselves.
 *
 * @param findings - Of a process or of a file.
 * @returns One line each, without a last newline; `no finding` for none.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { describeFindings } from '@evolock/memory-scan';
 *
 * const finding = { needle: 'seed', encoding: 'raw', offset: 0, length: 32, address: 4096, size: 32 } as const;
 * assert.equal(describeFindings([finding]), 'seed  raw  bytes 0 to 31  at 0x1000');
 * assert.equal(describeFindings([]), 'no finding');
 * ```
 */
export function describeFindings(findings: readonly (Hit | Finding)[]): string {
  if (findings.length === 0) return 'no finding';
  const rows = findings.map(columns);
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows
    .map((row) => row.map((cell, column) => cell.padEnd(widths[column]!)).join('  '))
    .map((line) => line.trimEnd())
    .join('\n');
}

function columns(finding: Hit | Finding): string[] {
  const { needle, encoding, offset, length, address } = finding;
  return [
    needle,
    encoding,
    `bytes ${offset} to ${offset + length - 1}`,
    `at 0x${address.toString(16)}`,
    ...('mapping' in finding ? mappingColumns(finding) : []),
  ];
}

function mappingColumns({ mapping }: Finding): string[] {
  return [
    mapping.name === '' ? '[anonymous]' : mapping.name,
    mapping.permissions,
    mapping.locked ? 'locked' : 'unlocked',
    mapping.dumped ? 'in core dumps' : 'not in core dumps',
  ];
}
