/** Which known mistakes an implementation seems to have, by what fails. */
import { readFileSync } from 'node:fs';

/** An implementation with one mistake, and what of the vectors finds it. */
export interface WrongImplementation {
  /** What it implements, such as `KES`. */
  readonly of: string;
  /** The mistake. */
  readonly name: string;
  /** Whether it accepts what anybody can forge, or what a thief of a later key signs for the past. Then it has three causes. */
  readonly forged: boolean;
  /** How many causes a report on it has. */
  readonly causes: number;
  /** What is found: causes of failures, without their numbers; of headers and sealed logs, the group and the name of each case. */
  readonly found: readonly string[];
}

/**
 * `wrong-implementations.json`: wrong implementations, each a right one with a mistake of a few lines, with what the vectors
 * find of each.
 */
export function wrongImplementations(): WrongImplementation[] {
  const file = new URL('../vectors/wrong-implementations.json', import.meta.url);
  const { implementations } = JSON.parse(readFileSync(file, 'utf8')) as {
    readonly implementations: WrongImplementation[];
  };
  return implementations;
}

/**
 * The wrong implementations that explain the most of what was found: all that the vectors find of each was found, and no
 * other explains the same and more.
 */
export function behavesLike(found: ReadonlySet<string>): WrongImplementation[] {
  const alike = wrongImplementations().filter((wrong) =>
    wrong.found.every((one) => found.has(one)),
  );
  const isWithin = (one: WrongImplementation, other: WrongImplementation): boolean =>
    one.found.length < other.found.length && one.found.every((each) => other.found.includes(each));
  return alike.filter((one) => !alike.some((other) => isWithin(one, other)));
}
