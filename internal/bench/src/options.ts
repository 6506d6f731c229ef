import { parseArgs } from 'node:util';

/** The options of the command. */
export interface Options {
  /** Measures shortly, to show that everything runs. */
  readonly short: boolean;
  readonly json: boolean;
  /** Writes the tables into docs/measured/performance.md. */
  readonly document: boolean;
  /** Measures and draws all depths. */
  readonly plot: boolean;
}

/** The usage of the command. */
export const USAGE = 'npm run bench [-- --short | --json | --document | --plot]';

/** Reads the command line. Returns `undefined` when it is wrong. */
export function readOptions(line: readonly string[]): Options | undefined {
  const flag = { type: 'boolean', default: false } as const;
  const options = { short: flag, json: flag, document: flag, plot: flag };
  try {
    const { values } = parseArgs({ args: [...line], options });
    // A short measurement is too inexact for the documentation.
    return values.short && values.document ? undefined : values;
  } catch {
    return undefined;
  }
}
