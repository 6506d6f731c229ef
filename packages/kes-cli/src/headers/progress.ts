import type { Surroundings } from '../surroundings.js';

const EVERY = 200;
const CLEAR_LINE = '\r\u001b[2K';

/** Says on stderr how far long work has got, if that is a terminal; on stdout the verdicts themselves say it. */
export class Progress {
  readonly #stderr: Surroundings['stderr'];
  readonly #isWanted: boolean;
  readonly #what: string;
  readonly #total: number | undefined;
  #bytes = 0;
  #done = 0;
  #shown = false;

  /** Counts something, and bytes up to their total, if that is known. */
  constructor({ stderr, stdout }: Surroundings, what: string, total: number | undefined) {
    this.#stderr = stderr;
    this.#isWanted = stderr.isTTY === true && stdout.isTTY !== true;
    this.#what = what;
    this.#total = total;
  }

  /** So many bytes more were read. */
  read(bytes: number): void {
    this.#bytes += bytes;
  }

  /** One more is done. */
  advance(): void {
    this.#done += 1;
    if (!this.#isWanted || this.#done % EVERY !== 0) return;
    this.#stderr.write(`${CLEAR_LINE}${this.#done} ${this.#what}${this.#share()} …`);
    this.#shown = true;
  }

  /** Makes room for the result. */
  end(): void {
    if (this.#shown) this.#stderr.write(CLEAR_LINE);
  }

  #share(): string {
    if (this.#total === undefined || this.#total === 0) return '';
    const percent = Math.min(100, Math.floor((100 * this.#bytes) / this.#total));
    return `, ${percent} % of the bytes read`;
  }
}
