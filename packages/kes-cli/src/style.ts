import picocolors from 'picocolors';
import type { Output } from './surroundings.js';

/** How text looks: colours on a terminal, plain elsewhere. */
export class Style {
  readonly #colours: ReturnType<typeof picocolors.createColors>;

  constructor(coloured: boolean) {
    this.#colours = picocolors.createColors(coloured);
  }

  /** Whether a stream gets colours: on a terminal, unless `NO_COLOR` is set or the terminal is a dumb one. */
  static isColoured(
    output: Output,
    environment: Readonly<Record<string, string | undefined>>,
  ): boolean {
    const unwanted = (environment['NO_COLOR'] ?? '') !== '' || environment['TERM'] === 'dumb';
    return output.isTTY === true && !unwanted;
  }

  /** The style for a stream. */
  static for(output: Output, environment: Readonly<Record<string, string | undefined>>): Style {
    return new Style(Style.isColoured(output, environment));
  }

  /** What an output is about. */
  title(text: string): string {
    return this.#colours.bold(text);
  }

  /** Something good. */
  good(text: string): string {
    return this.#colours.green(text);
  }

  /** Something bad. */
  bad(text: string): string {
    return this.#colours.red(text);
  }

  /** Something to look at. */
  warning(text: string): string {
    return this.#colours.yellow(text);
  }

  /** What is still to come. */
  future(text: string): string {
    return this.#colours.cyan(text);
  }

  /** What matters less. */
  faint(text: string): string {
    return this.#colours.dim(text);
  }

  /** A line that something holds, or that it does not. */
  verdict(holds: boolean, text: string): string {
    return holds ? `${this.good('✓')} ${text}` : `${this.bad('✗')} ${text}`;
  }

  /** Names and values, one a line, the values in one column. */
  facts(facts: readonly (readonly [name: string, value: string])[]): string[] {
    const width = Math.max(...facts.map(([name]) => name.length));
    return facts.map(([name, value]) => `  ${this.faint(name.padEnd(width))}  ${value}`);
  }
}
