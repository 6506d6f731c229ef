/** The public facts about a KES signing key: as JSON, and for a person. */
import { hexOf, type KesSigningKeyFile } from '@evolock/cardano-kes';
import { sum6Kes } from '@evolock/kes-sum';
import type { Answer, JsonMembers } from '@evolock/command-line/answer';
import type { Style } from '@evolock/command-line/style';
import { counted, printable } from '@evolock/command-line/text';
import { nodeReadingInWords } from './node-reading.js';

/** The content of the file of a signing key, with a picture of its tree. None of it is secret. */
export function signingKeyContent(
  file: KesSigningKeyFile,
): Pick<Answer, 'json' | 'facts' | 'after'> {
  const { signingKey, type, description, layout, size, nodeReading } = file;
  const { algorithm, period } = signingKey;
  const { name, variant, depth, totalPeriods } = algorithm;
  const kesVerificationKey = hexOf(signingKey.deriveVerificationKey());
  const life = lifeOf(period, totalPeriods);
  return {
    json: {
      ...{ type, description, algorithm: name, variant, depth, layout, size, nodeReading },
      ...{ kesVerificationKey, ...lifeJson(life) },
    },
    facts: [
      ['type', typeInWords(type, depth)],
      ['algorithm', `${name}: ${variant}, depth ${depth}`],
      ['layout', `${counted(size, 'byte')}, ${layoutInWords(layout, depth)}`],
      ['period', lifeInWords(life)],
      ['remaining', remainingInWords(life)],
      ['for a node', nodeReadingInWords(file)],
      ['verification key', kesVerificationKey],
    ],
    after: (style) => [
      ...treePicture(depth, period, style).map((line) => `  ${line}`),
      '',
      `  ${style.faint('·')} used, wiped   ${style.good('●━')} current   ${style.future('○─')} future`,
      ...columnsInWords(periodsPerColumn(depth), period),
    ],
  };
}

function layoutInWords(layout: string, depth: number): string {
  if (layout === 'rust') return 'with its period appended, as Rust tools write it';
  return depth === sum6Kes.depth
    ? 'as cardano-cli writes it'
    : 'without its period; cardano-cli writes keys of depth 6';
}

/** With several periods a column, different periods can have the same picture. */
function columnsInWords(periods: number, period: number): string[] {
  if (periods === 1) return [];
  const first = period - (period % periods);
  return [
    `  a column is ${periods} periods: ● is ${first} to ${first + periods - 1}, and ${period} is the current one`,
  ];
}

/** Files of cardano-cli state `2^6` for every depth. The length of the key determines its depth. */
function typeInWords(type: string, depth: number): string {
  const isTrue = type.endsWith(`^${depth}`);
  return isTrue ? type : `${printable(type)}, but by its length a key of depth ${depth}`;
}

export interface Life {
  readonly period: number;
  readonly totalPeriods: number;
  /** Periods after this one. */
  readonly remaining: number;
}

export function lifeOf(period: number, totalPeriods: number): Life {
  return { period, totalPeriods, remaining: totalPeriods - 1 - period };
}

export function lifeInWords({ period, totalPeriods, remaining }: Life): string {
  const used = period === 0 ? 'none used' : `${range(0, period - 1)} used`;
  const left = remaining === 0 ? 'none left' : `${range(period + 1, totalPeriods - 1)} left`;
  return `${period} of 0–${totalPeriods - 1} (${used}, ${left})`;
}

export function remainingInWords({ remaining }: Life): string {
  if (remaining === 0) return 'none: this is the last period';
  return `${counted(remaining, 'period')} after this one`;
}

export function lifeJson({ period, totalPeriods, remaining }: Life): JsonMembers {
  return { period, totalPeriods, remainingPeriods: remaining };
}

function range(first: number, last: number): string {
  return first === last ? String(first) : `${first}–${last}`;
}

/** The width limit in columns. */
const MAX_WIDTH = 64;

/**
 * Draws the tree of a key: one level a line, the root first, the leaves last. Used parts are dots, the path to the current
 * leaf is heavy, and future parts are light. Of a subtree whose seed is stored, only its leaves are drawn below.
 */
export function treePicture(depth: number, period: number, style: Style): string[] {
  const scale = periodsPerColumn(depth);
  const levels = Array.from({ length: depth + 1 }, (_, index) => depth - index);
  return levels
    .filter((height) => 2 ** height >= scale)
    .map((height) => levelLine({ depth, height, period, scale, style }));
}

/** Periods a column: more than one when the leaves do not fit. */
function periodsPerColumn(depth: number): number {
  return Math.max(1, 2 ** depth / MAX_WIDTH);
}

interface Level {
  readonly depth: number;
  readonly height: number;
  readonly period: number;
  readonly scale: number;
  readonly style: Style;
}

function levelLine({ depth, height, period, scale, style }: Level): string {
  const span = 2 ** height;
  const width = span / scale;
  const live = Math.floor(period / span);
  const nodes = Array.from({ length: 2 ** (depth - height) }, (_, index) => index);
  return nodes
    .map((index) => {
      if (index < live) return style.faint('·'.repeat(width));
      if (index === live) return style.good(block(width, '━'));
      // At every level where the path goes left, the key stores the seed of the right half.
      if (index === live + 1 && live % 2 === 0) return style.future(block(width, '─'));
      return height === 0 || width === 1 ? style.future('○') : ' '.repeat(width);
    })
    .join('')
    .trimEnd();
}

function block(width: number, line: '━' | '─'): string {
  if (width === 1) return line === '━' ? '●' : '○';
  const [left, right] = line === '━' ? ['┏', '┓'] : ['┌', '┐'];
  return `${left}${line.repeat(width - 2)}${right}`;
}
