import type { Context } from './session.js';

/** What is counted between two reads of the clock. */
const EVERY = 200;

/** Milliseconds between two updates of the line, and before the first. */
const INTERVAL = 250;
const CLEAR_LINE = '\r\u001b[2K';
const BAR = 20;

/** Shows the progress on stderr, if stderr is a terminal: a bar, the rate, and the time left. */
export class Progress {
  readonly #context: Pick<Context, 'stderr' | 'now'>;
  readonly #what: string;
  readonly #total: number | undefined;
  readonly #start: number;
  #shownAt: number;
  #bytes = 0;
  #done = 0;
  #next = EVERY;
  #shown = false;

  /** What is counted, and the size of the input in bytes, if it is known. */
  constructor(context: Pick<Context, 'stderr' | 'now'>, what: string, total: number | undefined) {
    this.#context = context;
    this.#what = what;
    this.#total = total;
    this.#start = context.now().getTime();
    this.#shownAt = this.#start;
  }

  read(bytes: number): void {
    this.#bytes += bytes;
  }

  /** Counts more, and updates the line from time to time. */
  advance(count: number): void {
    const { stderr, now } = this.#context;
    this.#done += count;
    if (stderr.isTTY !== true || this.#done < this.#next) return;
    this.#next = this.#done + EVERY;
    const moment = now().getTime();
    if (moment - this.#shownAt < INTERVAL) return;
    this.#shownAt = moment;
    stderr.write(`${CLEAR_LINE}${this.#line((moment - this.#start) / 1000)}`);
    this.#shown = true;
  }

  /** Removes the line, before other output and at the end. */
  clear(): void {
    if (!this.#shown) return;
    this.#context.stderr.write(CLEAR_LINE);
    this.#shown = false;
  }

  #line(seconds: number): string {
    const rate = `${this.#done} ${this.#what}, ${Math.round(this.#done / seconds)}/s`;
    if (this.#total === undefined || this.#total === 0) return `${rate} …`;
    const share = Math.min(1, this.#bytes / this.#total);
    const full = Math.floor(share * BAR);
    const bar = '█'.repeat(full) + '░'.repeat(BAR - full);
    const left = share > 0 ? `, ${timeInWords((seconds * (1 - share)) / share)} left` : '';
    return `${bar} ${Math.floor(100 * share)} %, ${rate}${left}`;
  }
}

function timeInWords(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  const minutes = Math.ceil(seconds / 60);
  return minutes < 90 ? `${minutes} min` : `${Math.ceil(minutes / 60)} h`;
}
