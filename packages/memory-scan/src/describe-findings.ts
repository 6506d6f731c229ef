import { checkedItems, checkedText } from './arguments.js';
import { argumentError } from './errors.js';
import { type Hit } from './search/hit.js';
import { type Mapping } from './process/mappings.js';
import { type Finding } from './report.js';

/**
 * Findings as lines for people: needle, encoding, bytes of the needle, address, mapping, permissions, locked or not. The
 * lines contain no byte of a secret.
 *
 * @param findings - Findings of processes and files.
 * @returns One line for each finding, without a newline at the end; `no finding` for none.
 * @throws MemoryScanError with code `ERR_MEMORY_SCAN_ARGUMENT` for other values.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { describeFindings } from '@evolock/memory-scan';
 *
 * const finding = { needle: 'seed', encoding: 'raw', offset: 0, length: 32, address: 4096, size: 32 } as const;
 * assert.equal(describeFindings([finding]), 'seed  raw  bytes 0 to 31  at 0x1000');
 * ```
 */
export function describeFindings(findings: readonly (Hit | Finding)[]): string {
  const rows = checkedItems('findings', findings, columns);
  if (rows.length === 0) return 'no finding';
  const widths = widthsOf(rows);
  return rows
    .map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '))
    .map((line) => line.trimEnd())
    .join('\n');
}

/** The width of each column. A loop, since a report may have too many rows for the arguments of `Math.max`. */
function widthsOf(rows: readonly string[][]): number[] {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, column) => {
      widths[column] = Math.max(widths[column] ?? 0, cell.length);
    });
  }
  return widths;
}

function columns(value: unknown): string[] {
  const finding = checkedObject('a finding', value) as Partial<Finding>;
  const { needle, encoding, mapping } = finding;
  const { offset, length, address } = checkedPlace(finding);
  return [
    checkedText('the needle of a finding', needle),
    checkedText('the encoding of a finding', encoding),
    `bytes ${offset} to ${offset + length - 1}`,
    `at 0x${address.toString(16)}`,
    ...(mapping === undefined ? [] : mappingColumns(mapping)),
  ];
}

function mappingColumns(value: unknown): string[] {
  const { name, permissions, locked, dumped } = checkedObject(
    'the mapping of a finding',
    value,
  ) as Partial<Mapping>;
  // A missing fact must not be shown as `unlocked`.
  if (typeof locked !== 'boolean' || typeof dumped !== 'boolean') {
    throw argumentError('a mapping must say whether it is locked and whether it is dumped');
  }
  return [
    checkedText('the name of a mapping', name) || '[anonymous]',
    checkedText('the permissions of a mapping', permissions),
    locked ? 'locked' : 'unlocked',
    dumped ? 'in core dumps' : 'not in core dumps',
  ];
}

type Place = Pick<Hit, 'offset' | 'length' | 'address'>;

function checkedPlace({ offset, length, address }: Partial<Place>): Place {
  const place = [offset, length, address];
  if (!place.every((number) => Number.isInteger(number) && Number(number) >= 0)) {
    throw argumentError('a finding must say where it begins, how long it is, and at which address');
  }
  return { offset, length, address } as Place;
}

function checkedObject(what: string, value: unknown): object {
  if (typeof value !== 'object' || value === null) throw argumentError(`${what} must be an object`);
  return value;
}
