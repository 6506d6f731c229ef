/** Moments: the clock of the machine, the options that replace it, and the KES period of a moment. */
import {
  absolutePeriod,
  type AbsolutePeriod,
  dateOfSlot,
  firstSlotOfPeriod,
  hasDates,
  type KesParameters,
  NoDateError,
  periodOfSlot,
  slot,
  type Slot,
  slotOfDate,
} from '@evolock/cardano-headers';
import type { Json } from '@evolock/command-line/answer';
import type { Terms } from '@evolock/command-line/command';
import { CommandError, usage } from '@evolock/command-line/errors';
import { counted } from '@evolock/command-line/text';
import { ifPossible } from '../errors.js';

export interface ClockOptions {
  readonly at?: Date | undefined;
  readonly slot?: bigint | undefined;
  /** The genesis file of the network, if one was given. */
  readonly genesis?: string | undefined;
}

export const CLOCK: Terms = {
  text: `
    --at <moment>  another moment than now: 2026-03-01T12:00:00Z
    --slot <slot>  another slot than the current one`,
};

export interface Clock {
  readonly clock: 'machine' | 'now' | 'at' | 'slot';
  /** Absent when the network has no dates, or the slot is outside of the range of dates. */
  readonly date: Date | undefined;
}

export interface Moment extends Clock {
  readonly slot: Slot;
}

/** A moment on a network. */
export interface NetworkMoment {
  readonly parameters: KesParameters;
  readonly moment: Moment;
}

export function momentOf(
  parameters: KesParameters,
  { at, slot: stated, genesis }: ClockOptions,
  now: Date,
): Moment {
  if (at !== undefined && stated !== undefined) {
    throw usage('give the moment once: by --at or by --slot');
  }
  if (stated !== undefined) {
    const there = slot(stated);
    return { clock: 'slot', slot: there, date: dateIfAny(parameters, there) };
  }
  if (!hasDates(parameters)) {
    const orElse =
      genesis === undefined
        ? ''
        : ' (or add --without-byron, if the network started without a Byron era)';
    throw usage(`the slots of this network have no dates: give the slot, by --slot${orElse}`);
  }
  return at === undefined
    ? momentNow(parameters, now, 'set it, or give the moment by --at or --slot')
    : momentAt(parameters, 'at', at);
}

export function momentNow(parameters: KesParameters, date: Date, advice = 'set it'): Moment {
  return momentAt(parameters, 'machine', date, advice);
}

export const NOW: Terms = {
  text: `
    --now <moment>  the current moment, on a machine without a right clock: 2026-03-01`,
};

/** The current moment: that of `--now`, or of the clock of this machine. */
export function currentMoment(
  parameters: KesParameters,
  { now }: { readonly now?: Date },
  clock: Date,
): Moment {
  if (now === undefined) return momentNow(parameters, clock, 'set it, or give the moment by --now');
  return momentAt(parameters, 'now', now);
}

/** The clock of the machine, or the moment that an option gives instead, also for a network whose slots have no dates. */
export function clockOf(
  option: 'now' | 'at',
  given: Date | undefined,
  machine: Date,
): Clock & { readonly date: Date } {
  return given === undefined ? { clock: 'machine', date: machine } : { clock: option, date: given };
}

/** A date without a slot is an error of the clock or of the option, not of the certificate. */
function momentAt(
  parameters: KesParameters,
  clock: 'machine' | 'now' | 'at',
  date: Date,
  advice = 'give another moment',
): Moment {
  try {
    return { clock, slot: slotOfDate(parameters, date), date };
  } catch (cause) {
    if (!(cause instanceof NoDateError)) throw cause;
    const words = `${timeInWords(date)}: ${cause.message}: ${advice}`;
    if (clock !== 'machine') throw usage(`--${clock} ${words}`, { cause });
    const message = `the clock of this machine says ${words}`;
    throw new CommandError('environment', message, { cause });
  }
}

export function clockInWords({ clock, date }: Clock): string {
  if (clock === 'slot') return 'none: the slot is given by --slot';
  const source =
    clock === 'machine' ? 'the clock of this machine' : `the moment given by --${clock}`;
  return `${source}: ${timeInWords(date)}`;
}

export function clockJson({ clock, date }: Clock): Json {
  return { source: clock, date: date?.toISOString() ?? null };
}

/** A moment for a person, in UTC, to the second. */
export function timeInWords(date: Date | undefined): string {
  return date === undefined ? 'no date' : date.toISOString().replace(/\.\d{3}Z$/, 'Z');
}

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** A moment for a person, in the time zone of the machine, to the second: `2026-03-01T13:00:00+01:00`. */
export function localTimeInWords(date: Date): string {
  const offset = -date.getTimezoneOffset();
  const shifted = new Date(date.getTime() + offset * MINUTE);
  if (Number.isNaN(shifted.getTime())) return 'no local time';
  const hours = Math.floor(Math.abs(offset) / 60);
  const minutes = Math.abs(offset) % 60;
  const zone = [hours, minutes].map((each) => String(each).padStart(2, '0')).join(':');
  return timeInWords(shifted).replace(/Z$/, `${offset < 0 ? '-' : '+'}${zone}`);
}

const UNITS = [
  ['day', DAY],
  ['hour', HOUR],
  ['minute', MINUTE],
] as const;

/** A duration for a person: in days, in hours below two days, in minutes below two hours, in seconds below two minutes. */
export function durationInWords(milliseconds: number): string {
  const unit = UNITS.find(([, size]) => milliseconds >= 2 * size);
  if (unit === undefined) return counted(Math.round(milliseconds / 1_000), 'second');
  const [name, size] = unit;
  return `${(milliseconds / size).toFixed(1)} ${name}s`;
}

function dateIfAny(parameters: KesParameters, there: Slot): Date | undefined {
  return ifPossible(() => dateOfSlot(parameters, there));
}

export interface Boundary {
  readonly slot: Slot;
  /** Absent when the network has no dates, or the slot is outside of the range of dates. */
  readonly date: Date | undefined;
}

export interface PeriodSpan {
  readonly period: AbsolutePeriod;
  readonly start: Boundary;
  /** The start of the next period. Absent when that has no slots: slots have 64 bits. */
  readonly end: Boundary | undefined;
}

export function periodAt(parameters: KesParameters, { slot }: Moment): PeriodSpan {
  const period = periodOfSlot(parameters, slot);
  const start = boundaryOf(parameters, period) ?? { slot, date: undefined };
  return { period, start, end: boundaryOf(parameters, period + 1n) };
}

/** The start of a KES period; `undefined` when it has no slots. */
export function boundaryOf(parameters: KesParameters, period: bigint): Boundary | undefined {
  if (period >= 1n << 64n) return undefined;
  const slot = firstSlotOfPeriod(parameters, absolutePeriod(period));
  return slot === undefined ? undefined : { slot, date: dateIfAny(parameters, slot) };
}
