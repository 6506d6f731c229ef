import type { Context } from '../cli/session.js';

/** Headers between two updates of the line. */
const EVERY = 200;
const CLEAR_LINE = '\r\u001b[2K';

/** Shows the progress on stderr, if stderr is a terminal and stdout is not: there the verdicts show it. */
export class Progress {
  readonly #stderr: Context['stderr'];
  readonly #isWanted: boolean;
  readonly #what: string;
  readonly #total: number | undefined;
  #bytes = 0;
  #done = 0;
  #shown = false;

  /** What is counted, and the size of the input in bytes, if it is known. */
  constructor(
    { stderr, stdout }: Pick<Context, 'stderr' | 'stdout'>,
    what: string,
    total: number | undefined,
  ) {
    this.#stderr = stderr;
    this.#isWanted = stderr.isTTY === true && stdout.isTTY !== true;
    this.#what = what;
    this.#total = total;
  }

  /** Counts bytes that were read. */
  read(bytes: number): void {
    this.#bytes += bytes;
  }

  /** Counts one more, and updates the line from time to time. */
  advance(): void {
    this.#done += 1;
    if (!this.#isWanted || this.#done % EVERY !== 0) return;
    this.#stderr.write(`${CLEAR_LINE}${this.#done} ${this.#what}${this.#share()} …`);
    this.#shown = true;
  }

  /** Removes the line. */
  end(): void {
    if (this.#shown) this.#stderr.write(CLEAR_LINE);
  }

  #share(): string {
    if (this.#total === undefined || this.#total === 0) return '';
    const percent = Math.min(100, Math.floor((100 * this.#bytes) / this.#total));
    return `, ${percent} % of the bytes read`;
  }
}
