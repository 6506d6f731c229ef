import { parseArgs } from 'node:util';

/** The options of the command line. */
export interface Options {
  /** Runs everything once, with minimal effort. The figures have no meaning. */
  readonly short: boolean;
  readonly json: boolean;
  /** Writes the tables to docs/measured/performance.md. */
  readonly document: boolean;
  /** Measures all depths, and draws the plots. */
  readonly plot: boolean;
}

/** The usage line. */
export const USAGE = 'npm run bench [-- --short | --json | --document | --plot]';

/** Reads the command line. Returns `undefined` when it is wrong. */
export function readOptions(line: readonly string[]): Options | undefined {
  const flag = { type: 'boolean', default: false } as const;
  const options = { short: flag, json: flag, document: flag, plot: flag };
  try {
    const { values } = parseArgs({ args: [...line], options });
    // Figures without meaning must not get into the documentation.
    return values.short && values.document ? undefined : values;
  } catch {
    return undefined;
  }
}
