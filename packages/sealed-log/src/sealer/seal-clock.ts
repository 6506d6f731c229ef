/**
 * The times of seals. They never fall, so a clock that is wrong once would fix those of the whole life of a log: while a sealer
 * runs, its clock is compared with the uptime of the system, which counts suspension too.
 */
import { SealerError } from '../errors.js';
import type { World } from './world.js';

/** Seconds that a clock may be behind without an event. */
const TOLERANCE = 300;

/** Seconds that a clock may run ahead of the uptime, or of the last seal at a start, without an event. */
const DAY = 86_400;

/** The clock of a sealer. All times are in seconds. */
export class SealClock {
  readonly #world: World;
  /** The time and the uptime at the start, and at the last seal. */
  readonly #start: Moment;
  #last: Moment;
  /** The uptime when it was last told that the clock runs ahead. */
  #toldAt = -Infinity;

  /**
   * Compares the clock with the last seal.
   *
   * @param world - Has the clock and the uptime.
   * @param last - The time of the last seal; `undefined` for a new log.
   */
  constructor(world: World, last: number | undefined) {
    this.#world = world;
    const { time: now, uptime } = this.#moment();
    const ahead = now - (last ?? now);
    if (ahead > DAY) world.tell({ event: 'clock', behind: 0, ahead });
    // A machine can begin with an old time, which is set soon.
    this.#start = { time: Math.max(now, last ?? 0), uptime };
    this.#last = this.#start;
  }

  /** The time of the next seal. */
  next(earliest: number): number {
    const now = this.#moment();
    const behind = earliest - now.time;
    if (behind > TOLERANCE) this.#world.tell({ event: 'clock', behind, ahead: 0 });
    const isAhead = now.time - since(this.#start, now) > DAY;
    if (isAhead) this.#tellAhead(now);
    const time = Math.max(isAhead ? since(this.#last, now) : now.time, earliest);
    this.#last = { time, uptime: now.uptime };
    return time;
  }

  /** Seals are made every few seconds: it is told again each day. */
  #tellAhead({ uptime }: Moment): void {
    if (uptime - this.#toldAt < DAY) return;
    this.#toldAt = uptime;
    this.#world.tell({ event: 'error', error: new SealerError('clock-ahead') });
  }

  #moment(): Moment {
    const [time, uptime] = [this.#world.now(), this.#world.uptime()];
    return { time: Math.floor(time / 1000), uptime: Math.floor(uptime / 1000) };
  }
}

interface Moment {
  readonly time: number;
  readonly uptime: number;
}

/** The time of one moment, and what has passed since. */
function since({ time, uptime }: Moment, now: Moment): number {
  return time + now.uptime - uptime;
}
