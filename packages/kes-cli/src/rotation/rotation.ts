/** A rotation: the certificate in use, the network, and the moment; what the operator does next. */
import type { KesParameters } from '@evolock/cardano-kes';
import type { Moment } from '../network/clock.js';

/** What every step of a rotation needs. */
export interface Rotation {
  /** The file of the certificate in use. */
  readonly cert: string;
  readonly parameters: KesParameters;
  readonly moment: Moment;
  /** The options that name the network, to type them again. */
  readonly network: string;
}

/** One step, the command of it, and what may be different. */
export type Step = readonly [words: string, command?: string, note?: string];

/** The steps as numbered lines. A command has a line of its own, to copy. */
export function stepsInWords(steps: readonly Step[]): string[] {
  return steps.flatMap(([words, ...more], index) => [
    `  ${index + 1}. ${words}`,
    ...more.map((line) => `     ${line ?? ''}`),
  ]);
}
