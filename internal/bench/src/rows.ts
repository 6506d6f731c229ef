/** The rows of the one table, and the table on a terminal and in the documentation. */
import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, release } from 'node:os';
import {
  ratioOf,
  spreadOf,
  type Candidate,
  type Effort,
  type Series,
  type Spread,
} from './measure.js';

/** The target of a figure: of the ratio where a row has one, else of the value. */
export interface Target {
  readonly kind: 'at most' | 'at least';
  readonly value: number;
}

export const atMost = (value: number): Target => ({ kind: 'at most', value });
export const atLeast = (value: number): Target => ({ kind: 'at least', value });

/** A row of times, before it is measured. */
export interface Plan {
  readonly operation: string;
  readonly subject: Candidate;
  /** What it is compared with, repeated as often as its count states. */
  readonly bare: Candidate;
  /** `at least`: how many times faster than the bare one it has to be. */
  readonly target?: Target | undefined;
  /** Others that do what the bare one does, as often. */
  readonly peers?: readonly Candidate[];
  /** Less effort for what takes long. */
  readonly effort?: Partial<Effort>;
}

/** A row that was measured. */
export interface Row {
  readonly operation: string;
  readonly unit: string;
  readonly value: Spread;
  /** What it was compared with, or how it was measured. */
  readonly beside: string;
  /** How many times as long other libraries take for what it was compared with. */
  readonly others?: readonly { readonly name: string; readonly ratio: number }[];
  /** Subject to bare, or bare to subject where the target is `at least`. */
  readonly ratio?: Spread;
  readonly target?: Target | undefined;
  /** Whether the median keeps the target. */
  readonly holds?: boolean | undefined;
}

/** Something that could not be measured here. */
export interface SkippedRow {
  readonly operation: string;
  readonly skipped: string;
}

function keeps(target: Target | undefined, measured: number): boolean | undefined {
  if (target === undefined) return undefined;
  return target.kind === 'at most' ? measured <= target.value : measured >= target.value;
}

/** Makes a row of what was measured: the subject, the bare one, then the peers. */
export function timeRow(
  { operation, target }: Pick<Plan, 'operation' | 'target'>,
  [subject, bare, ...peers]: readonly Series[],
): Row {
  const faster = target?.kind === 'at least';
  const ratio = faster ? ratioOf(bare!, subject!) : ratioOf(subject!, bare!);
  const others = peers.map((peer) => ({
    // As often as the bare one.
    name: peer.name.replace(/^\d+ × /, ''),
    ratio: ratioOf(peer, subject!).median,
  }));
  return {
    operation,
    unit: 'µs',
    value: spreadOf(subject!.rounds),
    beside: `${bare!.name} ${valueText(spreadOf(bare!.rounds), 'µs')}`,
    others,
    ratio,
    target,
    holds: keeps(target, ratio.median),
  };
}

/** Makes a row of a figure, and how it was measured. */
export function figureRow(
  operation: string,
  unit: string,
  values: readonly number[],
  beside: string,
  target?: Target,
): Row {
  const value = spreadOf(values);
  return { operation, unit, value, beside, target, holds: keeps(target, value.median) };
}

/** Three significant digits. */
function digits(value: number): string {
  if (value >= 100) return Math.round(value).toLocaleString('en');
  return value >= 10 ? value.toFixed(1) : value.toFixed(2);
}

/** A value and the middle half of its rounds, with its unit. */
function valueText({ median, low, high }: Spread, unit: string): string {
  const text = Number.isInteger(median) ? (value: number) => value.toLocaleString('en') : digits;
  return low === high
    ? `${text(median)} ${unit}`
    : `${text(median)} (${text(low)}–${text(high)}) ${unit}`;
}

function ratioText(value: number): string {
  return value >= 10 ? value.toFixed(0) : value.toFixed(value >= 4 ? 1 : 3);
}

function cellsOf(row: Row | SkippedRow): string[] {
  if ('skipped' in row) return [row.operation, '', '', `skipped: ${row.skipped}`];
  const { operation, value, unit, beside, ratio } = row;
  const measured =
    ratio && `${ratioText(ratio.median)} (${ratioText(ratio.low)}–${ratioText(ratio.high)}) ×`;
  const verdict = [measured, verdictText(row)].filter(Boolean).join('; ');
  return [operation, valueText(value, unit), verdict, beside];
}

function verdictText({ unit, ratio, target, holds }: Row): string {
  if (target === undefined) return '';
  const sign = target.kind === 'at most' ? '≤' : '≥';
  const text = `target ${sign} ${target.value.toLocaleString('en')} ${ratio ? '×' : unit}`;
  return holds === undefined ? text : `${text}: ${holds ? 'holds' : 'missed'}`;
}

const LEGEND =
  'Each figure is the median of the rounds, with the middle half of the rounds in brackets. A ratio is computed within a round.';

/** The rows on a terminal, each in a few lines. */
export function screenOf(rows: readonly (Row | SkippedRow)[]): string {
  const blocks = rows.map((row) => {
    const [operation, measured, verdict, beside] = cellsOf(row);
    const figures = [measured, verdict].filter(Boolean).join('; ');
    const others = othersOf(row).map(({ name, ratio }) => `${name} ${ratioText(ratio)} ×`);
    return [operation, figures, [beside, ...others].join('; ')].filter(Boolean).join('\n  ');
  });
  const judged = rows.flatMap((row) =>
    'holds' in row && row.holds !== undefined ? [row.holds] : [],
  );
  const kept =
    judged.length === 0
      ? 'A short run: its figures have no meaning.'
      : `${judged.filter(Boolean).length} of ${judged.length} targets hold`;
  return [describeSystem(), ...blocks, LEGEND, kept].join('\n\n');
}

const HEAD = ['operation', 'measured', 'ratio, target', 'beside, or how'];

/** The tables of the documentation: all rows, and how long other libraries take. */
export function markdownOf(rows: readonly (Row | SkippedRow)[]): string {
  const names = [...new Set(rows.flatMap(othersOf).map(({ name }) => name))];
  const besideOthers = rows
    .filter((row) => othersOf(row).length > 0)
    .map((row) => {
      const ratios = new Map(
        othersOf(row).map(({ name, ratio }) => [name, `${ratioText(ratio)} ×`]),
      );
      return [row.operation, ...names.map((name) => ratios.get(name) ?? '')];
    });
  return [
    tableOf([HEAD, ['---', '--:', '---', '---'], ...rows.map(cellsOf)]),
    `Measured with \`npm run bench -- --document\` on ${describeSystem()}. ${LEGEND}`,
    '### Other libraries',
    'Their time for the bare primitive, in each row as often as above, as a multiple of that of the operation.',
    tableOf([['operation', ...names], ['---', ...names.map(() => '--:')], ...besideOthers]),
  ].join('\n\n');
}

function tableOf(lines: readonly (readonly string[])[]): string {
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function othersOf(row: Row | SkippedRow): NonNullable<Row['others']> {
  return 'others' in row ? (row.others ?? []) : [];
}

/** A file of docs/measured, into which results are written. Every built file is in `dist`. */
export function measuredFile(name: string): URL {
  return new URL(`../../../docs/measured/${name}`, import.meta.url);
}

/** Writes the table into the documentation, between its marks. */
export function writeDocument(rows: readonly (Row | SkippedRow)[]): void {
  const file = measuredFile('performance.md');
  const text = readFileSync(file, 'utf8');
  const marks =
    /(<!-- measured: .*? -->\n<!-- prettier-ignore-start -->\n\n).*?(\n\n<!-- prettier-ignore-end -->)/s;
  if (!marks.test(text))
    throw new Error(`${file.pathname} does not contain the marks of the table`);
  writeFileSync(
    file,
    text.replace(marks, (_, begin: string, end: string) => begin + markdownOf(rows) + end),
  );
}

/** The machine and the versions. Figures are inexact when the load is more than a few tenths. */
export function describeSystem(): string {
  const { packages } = JSON.parse(
    readFileSync(new URL('../../../package-lock.json', import.meta.url), 'utf8'),
  ) as { readonly packages: Readonly<Record<string, { readonly version?: string }>> };
  const places = ['internal/bench/', ''];
  const versions = ['sodium-native', '@noble/curves', 'cbor-x', 'tinybench'].map((name) => {
    const found = places.find((place) => packages[`${place}node_modules/${name}`]) ?? '';
    return `${name} ${packages[`${found}node_modules/${name}`]?.version ?? 'unknown'}`;
  });
  return [
    new Date().toISOString().slice(0, 10),
    `${cpus()[0]?.model.trim() ?? 'unknown'} (${process.arch}), ${availableParallelism()} threads`,
    `${process.platform} ${release().split('.').slice(0, 2).join('.')}`,
    `Node ${process.version.slice(1)}`,
    ...versions,
    `OpenSSL ${process.versions.openssl}`,
    `load ${loadavg()[0]!.toFixed(1)}`,
  ].join(', ');
}
