import { parseArgs } from 'node:util';

/** What was asked for. */
export interface Options {
  /** Only shows that everything runs. */
  readonly short: boolean;
  readonly json: boolean;
  /** Puts the tables into docs/PERFORMANCE.md. */
  readonly document: boolean;
  /** Measures all depths, and draws them. */
  readonly plot: boolean;
}

/** How it is called. */
export const USAGE = 'npm run bench [-- --short | --json | --document | --plot]';

/** Reads the command line; nothing where it is wrong. */
export function readOptions(line: readonly string[]): Options | undefined {
  const flag = { type: 'boolean', default: false } as const;
  const options = { short: flag, json: flag, document: flag, plot: flag };
  try {
    const { values } = parseArgs({ args: [...line], options });
    // What says nothing must not get into the documentation.
    return values.short && values.document ? undefined : values;
  } catch {
    return undefined;
  }
}
