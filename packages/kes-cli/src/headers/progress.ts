import type { Surroundings } from '../surroundings.js';

const EVERY = 200;
const CLEAR_LINE = '\r\u001b[2K';

/** Says on stderr how far long work has got, where stderr is a terminal. */
export class Progress {
  readonly #stderr: Surroundings['stderr'];
  readonly #what: string;
  #done = 0;
  #shown = false;

  constructor({ stderr }: Surroundings, what: string) {
    this.#stderr = stderr;
    this.#what = what;
  }

  /** One more is done. */
  advance(): void {
    this.#done += 1;
    if (this.#stderr.isTTY !== true || this.#done % EVERY !== 0) return;
    this.#stderr.write(`${CLEAR_LINE}${this.#done} ${this.#what} …`);
    this.#shown = true;
  }

  /** Makes room for the result. */
  end(): void {
    if (this.#shown) this.#stderr.write(CLEAR_LINE);
  }
}
