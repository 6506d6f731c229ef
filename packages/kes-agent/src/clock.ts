/**
 * The KES period of a clock that may be wrong for a moment, and the timer that looks at it. A key that was evolved or wiped too
 * early does not come back.
 */
import {
  dateOfSlot,
  NoDateError,
  periodOfDate,
  slot,
  type AbsolutePeriod,
  type KesParameters,
} from '@evolock/cardano-headers';
import { checkDate, checkFunction } from '@evolock/direct-serialise/arguments';

/** The beginning of a period, in milliseconds since 1970; `undefined` when it has no date. */
export function startOfPeriod(parameters: KesParameters, period: bigint): number | undefined {
  try {
    return dateOfSlot(parameters, slot(period * parameters.slotsPerKesPeriod)).getTime();
  } catch (error) {
    if (error instanceof NoDateError) return undefined;
    throw error;
  }
}

/** Milliseconds between the two looks, when the caller states none. */
export const SECOND_LOOK = 60_000;

/** The clocks of an agent, or of a client that holds a key, as the caller states them. */
export interface ClockOptions {
  /** The clock; that of the system when absent. */
  readonly now?: (() => Date) | undefined;
  /**
   * A clock that is never set, in milliseconds; `performance.now` when absent. While a key is held, a KES period more than one
   * beyond that of this clock is believed at a second look only.
   */
  readonly monotonic?: (() => number) | undefined;
}

/** The names of {@link ClockOptions}. */
export const clockOptionNames = ['now', 'monotonic'] as const;

/** Checked clocks, in milliseconds. */
export interface Clocks {
  readonly now: () => number;
  readonly monotonic: () => number;
  /** Milliseconds between the two looks that confirm a step of more than one period. */
  readonly secondLook: number;
}

/** Checks the clocks of the caller. The clocks of the system stand in for absent ones. */
export function checkClocks(
  { now, monotonic = () => performance.now() }: ClockOptions,
  secondLook: number,
): Clocks {
  if (now !== undefined) checkFunction('now', now);
  checkFunction('monotonic', monotonic);
  return {
    now: now === undefined ? Date.now : () => checkDate('the result of now', now()),
    monotonic,
    secondLook,
  };
}

/** A look at the clocks that was believed. */
interface Look {
  readonly parameters: KesParameters;
  readonly now: number;
  readonly monotonic: number;
}

/**
 * Reads the current period. While there is a key to lose, a period that is more than one beyond that of the monotonic clock is
 * not believed before a second look.
 */
export class PeriodClock {
  readonly #clocks: Clocks;
  readonly #onDoubt: (expected: AbsolutePeriod | undefined, shown: AbsolutePeriod) => void;
  #last: Look | undefined;
  #doubtedSince: number | undefined;

  /** Calls `onDoubt` at the first look that is not believed. */
  constructor(
    clocks: Clocks,
    onDoubt: (expected: AbsolutePeriod | undefined, shown: AbsolutePeriod) => void,
  ) {
    this.#clocks = clocks;
    this.#onDoubt = onDoubt;
  }

  /** Whether the last look is not believed. */
  get isDoubted(): boolean {
    return this.#doubtedSince !== undefined;
  }

  /** Milliseconds since 1970, as they are believed. */
  get time(): number {
    return this.isDoubted ? this.#expectedTime() : this.#clocks.now();
  }

  /** Looks at the clocks. Returns the period of the monotonic one while the other is not believed; `undefined` before the network. */
  period(parameters: KesParameters, hasKey: boolean): AbsolutePeriod | undefined {
    const look = { parameters, now: this.#clocks.now(), monotonic: this.#clocks.monotonic() };
    const shown = periodOfDate(parameters, new Date(look.now));
    const last = this.#last;
    const expected = last && periodOfDate(last.parameters, new Date(this.#expectedTime()));
    const steps = (shown ?? -1n) - (expected ?? -1n);
    if (hasKey && shown !== undefined && steps > 1n && this.#isTooEarly(expected, shown))
      return expected;
    this.#doubtedSince = undefined;
    // A clock that was set back for a moment does not make the right one a step.
    if (!hasKey || steps >= 0n) this.#last = look;
    return shown;
  }

  #isTooEarly(expected: AbsolutePeriod | undefined, shown: AbsolutePeriod): boolean {
    const { monotonic, secondLook } = this.#clocks;
    if (this.#doubtedSince === undefined) this.#onDoubt(expected, shown);
    this.#doubtedSince ??= monotonic();
    return monotonic() - this.#doubtedSince < secondLook;
  }

  #expectedTime(): number {
    const { now, monotonic } = this.#clocks;
    const last = this.#last;
    return last === undefined ? now() : last.now + monotonic() - last.monotonic;
  }
}

/**
 * The longest time between two reads of the clock, in milliseconds: a timer stands still while the machine is suspended, and
 * does not notice that the clock is set.
 */
const LONGEST_WAIT = 10_000;

/** Looks at the clock at each beginning of a period, and every 10 seconds, until the returned function is called. */
export function lookAtEachPeriod(
  parameters: () => KesParameters,
  now: () => number,
  look: () => void,
): () => void {
  let timer: NodeJS.Timeout;
  const arm = (): void => {
    // The network may change with a reload. Before its start the next period is 0.
    const network = parameters();
    const moment = now();
    const period = periodOfDate(network, new Date(moment)) ?? -1n;
    const next = startOfPeriod(network, period + 1n) ?? Infinity;
    timer = setTimeout(
      () => {
        arm();
        look();
      },
      Math.max(1, Math.min(LONGEST_WAIT, next - moment)),
    );
  };
  arm();
  return () => clearTimeout(timer);
}
