import picocolors from 'picocolors';

interface HasEnvironment {
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** How text looks: colours on a terminal, plain elsewhere. */
export class Style {
  readonly #colours: ReturnType<typeof picocolors.createColors>;

  constructor(coloured: boolean) {
    this.#colours = picocolors.createColors(coloured);
  }

  /** The style of a stream: colours on a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`. */
  static for(output: { readonly isTTY?: boolean }, { environment }: HasEnvironment): Style {
    const unwanted = (environment['NO_COLOR'] ?? '') !== '' || environment['TERM'] === 'dumb';
    return new Style(output.isTTY === true && !unwanted);
  }

  /** The subject of an output. */
  title(text: string): string {
    return this.#colours.bold(text);
  }

  /** A good state. */
  good(text: string): string {
    return this.#colours.green(text);
  }

  /** A bad state. */
  bad(text: string): string {
    return this.#colours.red(text);
  }

  /** A warning. */
  warning(text: string): string {
    return this.#colours.yellow(text);
  }

  /** Future periods. */
  future(text: string): string {
    return this.#colours.cyan(text);
  }

  /** Less important text. */
  faint(text: string): string {
    return this.#colours.dim(text);
  }
}
