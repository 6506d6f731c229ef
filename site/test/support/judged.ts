/** What the page that checks says of an input. */
import { readFileSync } from 'node:fs';
import { check, type Checkable, type Step } from '../../src/check/check.js';
import { withChangedLine } from '../../src/check/input/changed-line.js';
import { given } from '../../src/check/input/input.js';
import { linesReport } from '../../src/check/reports/lines-report.js';
import type { Report } from '../../src/check/reports/report.js';
import { defaults, type Settings } from '../../src/check/settings.js';

/** The content of a file of the examples. */
export const example = (name: string) =>
  readFileSync(new URL(`../../pages/public/examples/${name}`, import.meta.url));

export const encoded = (text: string): Uint8Array => new TextEncoder().encode(text);

/** An entry of the real headers, as far as tests use it. */
export interface RealHeader {
  readonly network: string;
  readonly slot: number;
  readonly headerHex: string;
  readonly valid: boolean;
  readonly expected: {
    readonly headerHash: string;
    readonly poolIdHex: string;
    readonly evolution: number;
    readonly slotsPerKESPeriod: number;
    readonly maxKESEvolutions: number;
  };
}

const NOW = new Date('2026-01-01T00:00:00Z');

/** The steps of a check. */
export async function stepsOn(
  input: Checkable,
  fields: Partial<Settings> = {},
  now = NOW,
): Promise<Step[]> {
  const steps: Step[] = [];
  const turn = () => Promise.resolve();
  for await (const step of check(input, { ...defaults, ...fields }, now, turn)) steps.push(step);
  return steps;
}

/**
 * The report on an input, or on all lines of it.
 *
 * @throws Error with the sentence of the page when a field is wrong.
 */
export async function reportOn(
  input: Checkable,
  fields: Partial<Settings> = {},
  now = NOW,
): Promise<Report> {
  const steps = await stepsOn(input, fields, now);
  const [first] = steps;
  if (first?.kind === 'report') return withChangedLine(first.report);
  if (first?.kind !== 'lines') throw new Error(first?.sentence ?? 'no step');
  const all = steps.flatMap((step) => (step.kind === 'lines' ? [step] : []));
  return linesReport({
    lines: all.flatMap(({ lines }) => lines),
    byron: all.reduce((sum, { byron }) => sum + byron, 0),
    doubt: first.doubt,
    hasNonce: (fields.epochNonce ?? '') !== '',
    hasDates: fields.network !== 'other',
    isDone: true,
  });
}

/** What is checked when a text or bytes are given. */
export async function checkable(input: string | Uint8Array): Promise<Checkable> {
  const source = await given(input);
  if (!('bytes' in source || 'texts' in source)) throw new Error(source.kind);
  return source;
}
