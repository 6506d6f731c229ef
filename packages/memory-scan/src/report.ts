/** What a scan reports, and its lines for people. */
import { wrongType } from '@evolock/direct-serialise/arguments';
import { type Mapping } from './process.js';
import { type Hit } from './search.js';

/** A copy of a needle, or a part of one, in the memory of a process. */
export interface Finding extends Hit {
  /** The mapping at its first address. */
  readonly mapping: Mapping;
}

/** Pages that the kernel refused to read. */
export interface UnreadableMemory {
  /** First address. */
  readonly start: number;
  /** The address after the last. */
  readonly end: number;
  readonly mapping: Mapping;
}

/** The report of a scan of a process. */
export interface ProcessReport {
  /** In order of address. */
  readonly findings: readonly Finding[];
  /** A proof of absence must check that there is none. Memory of devices and of the kernel is never read, nor listed. */
  readonly unreadable: readonly UnreadableMemory[];
  /** Searched bytes. */
  readonly searched: number;
}

/** The report of a scan of a file. */
export interface FileReport {
  /** In order of offset. */
  readonly findings: readonly Hit[];
  /** Searched bytes. */
  readonly searched: number;
}

/**
 * Findings as lines for people: needle, encoding, bytes of the needle, address, mapping, permissions, locked or not; `no
 * finding` for none. The lines contain no byte of a secret.
 */
export function describeFindings(findings: readonly (Hit | Finding)[]): string {
  if (!Array.isArray(findings) || findings.some((one: Partial<Hit>) => one?.address === undefined))
    throw wrongType('findings', 'an array of findings', findings);
  if (findings.length === 0) return 'no finding';
  const rows = findings.map(columns);
  const widths: number[] = [];
  // A loop, since a report may have too many rows for the arguments of `Math.max`.
  for (const row of rows)
    for (const [column, cell] of row.entries())
      widths[column] = Math.max(widths[column] ?? 0, cell.length);
  return rows
    .map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '))
    .map((line) => line.trimEnd())
    .join('\n');
}

function columns(finding: Hit | Finding): string[] {
  const { needle, encoding, offset, length, address } = finding;
  const place = [`bytes ${offset} to ${offset + length - 1}`, `at 0x${address.toString(16)}`];
  if (!('mapping' in finding)) return [needle, encoding, ...place];
  const { name, permissions, locked, dumped } = finding.mapping;
  return [
    needle,
    encoding,
    ...place,
    name || '[anonymous]',
    permissions,
    locked ? 'locked' : 'unlocked',
    dumped ? 'in core dumps' : 'not in core dumps',
  ];
}
