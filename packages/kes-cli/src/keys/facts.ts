/** The public facts about a KES signing key: as JSON, and for a person. */
import { hexOf } from '@evolock/cardano-kes';
import type { KesSigningKeyFile, NodeReading } from '@evolock/cardano-kes';
import { sum6Kes } from '@evolock/kes-sum';
import type { Fact, JsonMembers } from '../cli/answer.js';
import type { Style } from '../cli/style.js';
import { counted, printable } from '../cli/text.js';
import { lifeInWords, lifeJson, lifeOf, remainingInWords, type Life } from './life.js';
import { nodeReadingInWords } from './node-reading.js';
import { periodsPerColumn, treePicture } from './picture.js';

/** Facts about a signing key. None of them is secret. */
export interface PublicFacts {
  readonly type: string;
  readonly description: string;
  readonly algorithm: string;
  readonly variant: string;
  readonly depth: number;
  readonly layout: string;
  /** Bytes of the key in its file. */
  readonly size: number;
  readonly nodeReading: NodeReading;
  /** What a node does with the file, for a person. */
  readonly forNode: string;
  readonly life: Life;
  readonly verificationKey: string;
}

/** The facts about a key file. */
export function publicFactsOf(file: KesSigningKeyFile): PublicFacts {
  const { signingKey, type, description, layout, size, nodeReading } = file;
  const { algorithm, period } = signingKey;
  return {
    type,
    description,
    algorithm: algorithm.name,
    variant: algorithm.variant,
    depth: algorithm.depth,
    layout,
    size,
    nodeReading,
    forNode: nodeReadingInWords(file),
    life: lifeOf(period, algorithm.totalPeriods),
    verificationKey: hexOf(signingKey.deriveVerificationKey()),
  };
}

/** The facts for `--json`. */
export function signingKeyJson({
  life,
  forNode: _,
  verificationKey: kesVerificationKey,
  ...facts
}: PublicFacts): JsonMembers {
  return { ...facts, kesVerificationKey, ...lifeJson(life) };
}

/** The facts for a person. */
export function signingKeyFacts(facts: PublicFacts): Fact[] {
  const { life } = facts;
  return [
    ['type', typeInWords(facts)],
    ['algorithm', `${facts.algorithm}: ${facts.variant}, depth ${facts.depth}`],
    ['layout', `${counted(facts.size, 'byte')}, ${layoutInWords(facts)}`],
    ['period', lifeInWords(life)],
    ['remaining', remainingInWords(life)],
    ['for a node', facts.forNode],
    ['verification key', facts.verificationKey],
  ];
}

/** A picture of the tree, below the facts. */
export function keyPicture({ depth, life }: PublicFacts, style: Style): string[] {
  return [
    ...treePicture(depth, life.period, style).map((line) => `  ${line}`),
    '',
    `  ${style.faint('·')} used, wiped   ${style.good('●━')} current   ${style.future('○─')} future`,
    ...columnsInWords(periodsPerColumn(depth), life.period),
  ];
}

function layoutInWords({ layout, depth }: PublicFacts): string {
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
function typeInWords({ type, depth }: PublicFacts): string {
  const isTrue = type.endsWith(`^${depth}`);
  return isTrue ? type : `${printable(type)}, but by its length a key of depth ${depth}`;
}
