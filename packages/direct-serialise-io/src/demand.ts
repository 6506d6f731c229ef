import { ClosedEarlyError } from './closed-early-error.js';
import type { Inbox } from './inbox.js';
import { SurplusError } from './surplus-error.js';

/**
 * What is to be received next: so many bytes, and perhaps the end behind them.
 *
 * @internal
 */
export class Demand {
  readonly #target: Uint8Array;
  readonly #last: boolean;
  readonly #size: number;
  #filled = 0;
  /** Called when it is met. */
  readonly done: () => void;

  constructor(target: Uint8Array, last: boolean, done: () => void) {
    this.#target = target;
    this.#size = target.byteLength;
    this.#last = last;
    this.done = done;
  }

  /** Takes what has arrived. */
  take(inbox: Inbox, ended: boolean): 'met' | 'more' | ClosedEarlyError | SurplusError {
    this.#filled += inbox.moveTo(this.#target.subarray(this.#filled));
    if (this.#filled < this.#size) {
      return ended ? new ClosedEarlyError(this.#size, this.#filled) : 'more';
    }
    if (!this.#last) return 'met';
    if (inbox.length > 0) return new SurplusError(this.#size, this.#size + inbox.length);
    return ended ? 'met' : 'more';
  }
}
