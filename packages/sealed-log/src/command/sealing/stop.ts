/** Signals that ask a run to end in order. */
import type { Signals } from '@evolock/command-line/session';

/** The greatest delay of a timer, in milliseconds. */
const LONG = 2 ** 31 - 1;

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

  constructor(signals: Signals, names: readonly NodeJS.Signals[]) {
    this.#signals = signals;
    this.#names = names;
    const asks: (() => void)[] = [];
    this.asked = new Promise((resolve) => void asks.push(resolve));
    this.askedAgain = new Promise((resolve) => void asks.push(resolve));
    this.#ask = () => asks.shift()?.();
    for (const name of names) signals.on(name, this.#ask);
  }

  [Symbol.dispose](): void {
    for (const name of this.#names) this.#signals.off(name, this.#ask);
    clearInterval(this.#alive);
  }
}
