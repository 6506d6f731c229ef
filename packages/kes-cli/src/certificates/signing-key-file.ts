/** What the file of a KES signing key holds, as JSON and for a person, and what cardano-node does with it. */
import {
  type EvolutionStatus,
  hexOf,
  type IssuedCertificate,
  type OperationalCertificate,
} from '@evolock/cardano-headers';
import { isEvolvedType } from '@evolock/cardano-headers/files';
import type { KesSigningKeyFile } from '@evolock/cardano-kes';
import { sameBytes } from '@evolock/direct-serialise/arguments';
import { sum6Kes } from '@evolock/kes-sum';
import { periodsInWords, rangesInWords } from './certificate.js';
import type { Answer, Check, JsonMembers } from '@evolock/command-line/answer';
import { counted, printable, type Style } from '@evolock/command-line/text';
import { loadKesSigningKey } from '../files/key-files.js';

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
      type,
      description,
      algorithm: name,
      variant,
      depth,
      layout,
      size,
      nodeReading,
      kesVerificationKey,
      ...lifeJson(life),
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

interface Life {
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

function remainingInWords({ remaining }: Life): string {
  if (remaining === 0) return 'none: this is the last period';
  return `${counted(remaining, 'period')} after this one`;
}

export function lifeJson({ period, totalPeriods, remaining }: Life): JsonMembers {
  return { period, totalPeriods, remainingPeriods: remaining };
}

function range(first: number, last: number): string {
  return first === last ? String(first) : `${first}–${last}`;
}

const MAX_WIDTH = 64;

/**
 * Draws the tree of a key: one level a line, the root first, the leaves last. Used parts are dots, the path to the current
 * leaf is heavy, and future parts are light. Of a subtree whose seed is stored, only its leaves are drawn below.
 */
export function treePicture(depth: number, period: number, style: Style): string[] {
  const scale = periodsPerColumn(depth);
  const levelLine = (height: number): string => {
    const width = 2 ** height / scale;
    const live = Math.floor(period / 2 ** height);
    const nodes = Array.from({ length: 2 ** (depth - height) }, (_, index) => {
      if (index < live) return style.faint('·'.repeat(width));
      if (index === live) return style.good(block(width, '━'));
      // At every level where the path goes left, the key stores the seed of the right half.
      if (index === live + 1 && live % 2 === 0) return style.future(block(width, '─'));
      return height === 0 || width === 1 ? style.future('○') : ' '.repeat(width);
    });
    return nodes.join('').trimEnd();
  };
  const heights = Array.from({ length: depth + 1 }, (_, index) => depth - index);
  return heights.filter((height) => 2 ** height >= scale).map(levelLine);
}

/** Periods a column: more than one when the leaves do not fit. */
function periodsPerColumn(depth: number): number {
  return Math.max(1, 2 ** depth / MAX_WIDTH);
}

function block(width: number, line: '━' | '─'): string {
  if (width === 1) return line === '━' ? '●' : '○';
  const [left, right] = line === '━' ? ['┏', '┓'] : ['┌', '┐'];
  return `${left}${line.repeat(width - 2)}${right}`;
}

/** The repair of a key that a node cannot use. */
const NEW_KEY = 'make a new key (kes keygen) and issue a certificate for it (kes opcert issue)';

function nodeReadingInWords({ nodeReading, type, size, signingKey }: KesSigningKeyFile): string {
  if (nodeReading === 'usable') return 'usable: the node evolves its own copy in memory';
  if (nodeReading === 'misread') {
    return 'unusable: the node would read this key as one of period 0, and its signatures would be invalid';
  }
  return isEvolvedType(type)
    ? 'unusable: the node refuses this type, which kes evolve writes'
    : `unusable: the node refuses a key of ${size} bytes (depth ${signingKey.algorithm.depth})`;
}

export function warningsAbout(
  path: string,
  { nodeReading, signingKey }: KesSigningKeyFile,
): string[] {
  if (nodeReading !== 'misread') return [];
  return [
    `${printable(path)}: this key is at period ${signingKey.period}, and its type is that of a key at period 0. A node that reads it signs invalid blocks. Do not give this file to a node. kes evolve writes it under a type that a node refuses`,
  ];
}

/** The warning about the same file after it was written under the other type. */
export function warningsAfterRewriting(
  path: string,
  { nodeReading }: KesSigningKeyFile,
  from: number,
): string[] {
  if (nodeReading !== 'misread') return [];
  return [
    `${printable(path)}: this key was at period ${from}, and its type was that of a key at period 0. A node that has read it signs invalid blocks. For such a node ${NEW_KEY}`,
  ];
}

export interface Judgement {
  readonly check: Check;
  readonly warnings: readonly string[];
}

/** Whether a signing key belongs to a certificate, and a node can sign with it at this evolution. */
export function judgeKey(
  path: string,
  { certificate }: IssuedCertificate,
  evolution: EvolutionStatus,
): Judgement {
  using file = loadKesSigningKey(path);
  return {
    check: judgeFile(printable(path), file, certificate, evolution),
    warnings: warningsAbout(path, file),
  };
}

function judgeFile(
  name: string,
  file: KesSigningKeyFile,
  { hotVerificationKey, startPeriod }: OperationalCertificate,
  evolution: EvolutionStatus,
): Check {
  const { signingKey, nodeReading } = file;
  const isItsKey = sameBytes(signingKey.deriveVerificationKey(), hotVerificationKey);
  if (!isItsKey) return { valid: false, words: `${name} is not the key of this certificate` };
  const { depth, signatureSize } = signingKey.algorithm;
  if (depth !== sum6Kes.depth) {
    return {
      valid: false,
      words: `${name} is the key of this certificate, but of depth ${depth}, and block headers do not hold its signatures of ${signatureSize} bytes: make a key of depth 6 and issue a certificate for it`,
    };
  }
  const place = `${name} is the key of this certificate, at ${periodsInWords(startPeriod + BigInt(signingKey.period), signingKey.period)}`;
  if (nodeReading === 'usable') {
    return { valid: true, words: `${place}, and ${nodeReadingInWords(file)}` };
  }
  const past = pastInWords(startPeriod, signingKey.period, evolution);
  return { valid: false, words: `${place}, but ${nodeReadingInWords(file)}${past}: ${NEW_KEY}` };
}

/** The evolutions at which a program that signs with the key itself cannot sign any more. */
function pastInWords(startPeriod: bigint, period: number, evolution: EvolutionStatus): string {
  if (evolution.state === 'expired') return '';
  const current = evolution.state === 'valid' ? evolution.evolution : 0;
  if (period <= current) return '';
  const last = period - 1;
  const gone = rangesInWords(
    [startPeriod + BigInt(current), startPeriod + BigInt(last)],
    [current, last],
  );
  return `; it cannot sign at ${gone} any more`;
}
