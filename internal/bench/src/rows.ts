/** The rows of the one table, and the table in the documentation. */
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
  /** The part of it that is named beside it, without a target. */
  readonly primitive?: Candidate | undefined;
  /** `at least`: how many times faster than the bare one it has to be. */
  readonly target?: Target | undefined;
  /** Others that do what the bare one does, as often. */
  readonly peers?: readonly Candidate[];
  /** Less effort for what takes long. */
  readonly effort?: Partial<Effort>;
}

/** A row that was measured, or could not be. */
export interface Row {
  readonly operation: string;
  /** The median, and the middle half of the rounds. */
  readonly measured: string;
  /** The ratio to what it was compared with, and whether the median keeps the target. */
  readonly verdict: string;
  /** What it was compared with, how it was measured, or why it was not. */
  readonly beside: string;
  /** Whether the median keeps the target. */
  readonly holds?: boolean | undefined;
  /** How many times as long other libraries take for what it was compared with. */
  readonly others?: readonly { readonly name: string; readonly ratio: string }[];
}

/** A row that could not be measured here. */
export function skippedRow(operation: string, reason: string): Row {
  return { operation, measured: '', verdict: '', beside: `skipped: ${reason}` };
}

/** Makes a row of what was measured: the subject, the bare one, then the peers. */
export function timeRow(
  { operation, target, primitive }: Pick<Plan, 'operation' | 'target' | 'primitive'>,
  [subject, bare, ...others]: readonly Series[],
): Row {
  const part = primitive === undefined ? undefined : others[0];
  const peers = part === undefined ? others : others.slice(1);
  const isFaster = target?.kind === 'at least';
  const ratio = isFaster ? ratioOf(bare!, subject!) : ratioOf(subject!, bare!);
  const besides = [`${bare!.name} ${valueText(spreadOf(bare!.rounds), 'µs')}`];
  if (part !== undefined)
    besides.push(`${part.name}, ${ratioText(ratioOf(subject!, part).median)} ×`);
  const judged = judge(ratio.median, target, '×');
  return {
    operation,
    measured: valueText(spreadOf(subject!.rounds), 'µs'),
    beside: besides.join('; '),
    ...judged,
    verdict: [`${spreadText(ratio, ratioText)} ×`, ...judged.verdict].join('; '),
    others: peers.map((peer) => ({
      // As often as the bare one.
      name: peer.name.replace(/^\d+ × /, ''),
      ratio: `${ratioText(ratioOf(peer, subject!).median)} ×`,
    })),
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
  const judged = judge(value.median, target, unit);
  const verdict = judged.verdict.join();
  return { operation, measured: valueText(value, unit), beside, ...judged, verdict };
}

function judge(measured: number, target: Target | undefined, unit: string) {
  if (target === undefined) return { verdict: [] };
  const { kind, value } = target;
  const holds = kind === 'at most' ? measured <= value : measured >= value;
  const text = `target ${kind === 'at most' ? '≤' : '≥'} ${value.toLocaleString('en')} ${unit}`;
  return { holds, verdict: [`${text}: ${holds ? 'holds' : 'missed'}`] };
}

/** A value and the middle half of its rounds, with its unit. */
function valueText(value: Spread, unit: string): string {
  const isWhole = Number.isInteger(value.median);
  return `${spreadText(value, isWhole ? (count) => count.toLocaleString('en') : digits)} ${unit}`;
}

function spreadText({ median, low, high }: Spread, text: (value: number) => string): string {
  return low === high ? text(median) : `${text(median)} (${text(low)}–${text(high)})`;
}

/** Three significant digits. */
function digits(value: number): string {
  if (value >= 100) return Math.round(value).toLocaleString('en');
  return value >= 10 ? value.toFixed(1) : value.toFixed(2);
}

function ratioText(value: number): string {
  return value >= 10 ? value.toFixed(0) : value.toFixed(value >= 4 ? 1 : 3);
}

/** The tables of the documentation: all rows, and how long other libraries take. */
export function markdownOf(rows: readonly Row[]): string {
  const compared = rows.filter(({ others = [] }) => others.length > 0);
  const names = compared[0]?.others?.map(({ name }) => name) ?? [];
  return [
    tableOf([
      ['operation', 'measured', 'ratio, target', 'beside, or how'],
      ['---', '--:', '---', '---'],
      ...rows.map(({ operation, measured, verdict, beside }) => [
        operation,
        measured,
        verdict,
        beside,
      ]),
    ]),
    `Measured with \`npm run bench -- --document\` on ${describeSystem()}. Each figure is the median of the rounds, with the middle half of the rounds in brackets. A ratio is computed within a round.`,
    '### Other libraries',
    'Their time for the bare primitive, in each row as often as above, as a multiple of that of the operation.',
    tableOf([
      ['operation', ...names],
      ['---', ...names.map(() => '--:')],
      ...compared.map(({ operation, others = [] }) => [
        operation,
        ...others.map(({ ratio }) => ratio),
      ]),
    ]),
  ].join('\n\n');
}

function tableOf(lines: readonly (readonly string[])[]): string {
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** A file of docs/measured, into which results are written. Every built file is in `dist`. */
export function measuredFile(name: string): URL {
  return new URL(`../../../docs/measured/${name}`, import.meta.url);
}

/** Writes the tables into the documentation, between their marks. */
export function writeDocument(tables: string): void {
  const file = measuredFile('performance.md');
  const text = readFileSync(file, 'utf8');
  const marks =
    /(<!-- measured: .*? -->\n<!-- prettier-ignore-start -->\n\n).*?(\n\n<!-- prettier-ignore-end -->)/s;
  if (!marks.test(text))
    throw new Error(`${file.pathname} does not contain the marks of the table`);
  writeFileSync(
    file,
    text.replace(marks, (_, begin: string, end: string) => begin + tables + end),
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
