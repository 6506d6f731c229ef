import { checkedItems, checkedText } from './arguments.js';
import { argumentError } from './error.js';
import { type Hit } from './hit.js';
import { type Mapping } from './mapping.js';
import { type Finding } from './report.js';

/**
 * Findings as lines for people: needle, encoding, which of its bytes, address, mapping, permissions, locked or not.
 * Never the bytes themselves.
 *
 * @param findings - Of a process, of a file, or of both.
 * @returns One line each, without a last newline; `no finding` for none.
 * @throws MemoryScanError with code `ERR_MEMORY_SCAN_ARGUMENT` when they are not such.
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
  const rows = checkedItems('findings', findings, columns);
  if (rows.length === 0) return 'no finding';
  const widths = widthsOf(rows);
  return rows
    .map((row) => row.map((cell, column) => cell.padEnd(widths[column]!)).join('  '))
    .map((line) => line.trimEnd())
    .join('\n');
}

/** A report may have more rows than a function has room for arguments, and those of a file have fewer columns. */
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
  // What is left out must not be told as good news.
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
  if (!place.every((number) => Number.isInteger(number) && number! >= 0)) {
    throw argumentError('a finding must say where it begins, how long it is, and at which address');
  }
  return { offset, length, address } as Place;
}

function checkedObject(what: string, value: unknown): object {
  if (typeof value !== 'object' || value === null) throw argumentError(`${what} must be an object`);
  return value;
}
