/** Signals that ask a run to end in order. */
import { setImmediate } from 'node:timers/promises';
import type { Signals } from '@evolock/command-line/session';

/** The greatest delay of a timer, in milliseconds. */
const LONG = 2 ** 31 - 1;

/** A signal that follows the first one within so many milliseconds is the same: a terminal and npm each send Ctrl-C. */
const SAME = 250;

/** Waits for signals. Until it is disposed they do not end the process, and the process stays alive. */
export class Stop implements Disposable {
  /** Resolves at the first signal. */
  readonly asked: Promise<void>;
  /** Resolves at the second one. */
  readonly askedAgain: Promise<void>;
  readonly #signals: Signals;
  readonly #names: readonly NodeJS.Signals[];
  readonly #ask: () => void;
  readonly #alive = setInterval(() => undefined, LONG);
  #leaves = false;

  constructor(signals: Signals, names: readonly NodeJS.Signals[]) {
    this.#signals = signals;
    this.#names = names;
    const asks: (() => void)[] = [];
    this.asked = new Promise((resolve) => void asks.push(resolve));
    this.askedAgain = new Promise((resolve) => void asks.push(resolve));
    let last = -Infinity;
    this.#ask = () => {
      const now = performance.now();
      if (now - last < SAME) return;
      last = now;
      asks.shift()?.();
    };
    for (const name of names) signals.on(name, this.#ask);
  }

  /**
   * The result of work, or an error when a signal comes before. A thread can still read then, for hours: the process ends with
   * the run.
   */
  orGivenUp<Result>(
    work: Promise<Result>,
    signal: Promise<void>,
    error: () => Error,
  ): Promise<Result> {
    let isDone = false;
    const result = work.finally(() => (isDone = true));
    const givenUp = signal.then(async () => {
      // The work can have ended at the moment of the signal.
      await setImmediate();
      if (isDone) return result;
      this.#leaves = true;
      throw error();
    });
    return Promise.race([result, givenUp]);
  }

  [Symbol.dispose](): void {
    if (this.#leaves) {
      // A further signal would end the process before it has said why it ends.
      void setImmediate().then(() => process.exit());
      return;
    }
    for (const name of this.#names) this.#signals.off(name, this.#ask);
    clearInterval(this.#alive);
  }
}
