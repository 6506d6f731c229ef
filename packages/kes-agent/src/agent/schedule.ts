import { dateOfSlot, NoDateError, slot, type KesParameters } from '@evolock/cardano-kes';
import { periodAt } from '../rules.js';

/**
 * The longest time between two reads of the clock, in milliseconds. A timer does not run while the machine is suspended, and does not
 * notice that the clock is set.
 */
const LONGEST_WAIT = 10_000;

/**
 * The beginning of a period, in milliseconds since 1970.
 *
 * @returns `undefined` when it has no date.
 */
export function startOfPeriod(parameters: KesParameters, period: bigint): number | undefined {
  try {
    return dateOfSlot(parameters, slot(period * parameters.slotsPerKesPeriod)).getTime();
  } catch (error) {
    if (error instanceof NoDateError) return undefined;
    throw error;
  }
}

/** What a schedule reads: the network may change with a reload. */
export interface ScheduleOptions {
  readonly parameters: () => KesParameters;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Evolves what has to evolve. It throws nothing. */
  readonly look: () => void;
}

/** Looks at the clock at each beginning of a period, and every 10 seconds. */
export class Schedule {
  readonly #options: ScheduleOptions;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: ScheduleOptions) {
    this.#options = options;
    this.#arm();
  }

  /** Ends the schedule. */
  stop(): void {
    clearTimeout(this.#timer);
  }

  #arm(): void {
    this.#timer = setTimeout(() => {
      this.#arm();
      this.#options.look();
    }, this.#wait());
  }

  #wait(): number {
    const { now, parameters } = this.#options;
    const network = parameters();
    const moment = now();
    // Before the start of the network the next period is 0.
    const period = periodAt(network, moment) ?? -1n;
    const next = startOfPeriod(network, period + 1n) ?? Infinity;
    return Math.max(1, Math.min(LONGEST_WAIT, next - moment));
  }
}
