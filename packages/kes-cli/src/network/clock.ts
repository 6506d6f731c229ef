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
} from '@evolock/cardano-kes';
import type { Json } from '@evolock/command-line/answer';
import type { Terms } from '@evolock/command-line/command';
import { CommandError, usage } from '@evolock/command-line/errors';
import { counted } from '@evolock/command-line/text';

export interface ClockOptions {
  readonly at?: Date | undefined;
  readonly slot?: bigint | undefined;
  /** The genesis file of the network, if one was given. */
  readonly genesis?: string | undefined;
}

/** The options for another moment than now. */
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

/** The moment of the options, or now. */
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
    : { clock: 'at', slot: slotAt(parameters, at, wrongOption('--at')), date: at };
}

/** The moment of the clock of this machine. */
export function momentNow(parameters: KesParameters, date: Date, advice = 'set it'): Moment {
  const at = slotAt(parameters, date, (words, options) => {
    const message = `the clock of this machine says ${words}: ${advice}`;
    return new CommandError('environment', message, options);
  });
  return { clock: 'machine', slot: at, date };
}

/** The option for a machine without a right clock. */
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
  return { clock: 'now', slot: slotAt(parameters, now, wrongOption('--now')), date: now };
}

function wrongOption(name: string): (words: string, options: ErrorOptions) => CommandError {
  return (words, options) => usage(`${name} ${words}: give another moment`, options);
}

/** A moment without a slot is an error of the option or of the clock, not of the certificate. */
function slotAt(
  parameters: KesParameters,
  date: Date,
  errorOf: (words: string, options: ErrorOptions) => CommandError,
): Slot {
  try {
    return slotOfDate(parameters, date);
  } catch (cause) {
    if (!(cause instanceof NoDateError)) throw cause;
    throw errorOf(`${timeInWords(date)}: ${cause.message}`, { cause });
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

/** Milliseconds. */
const MINUTE = 60_000;
export const DAY = 1_440 * MINUTE;

/** A moment for a person, in the time zone of the machine, to the second: `2026-03-01T13:00:00+01:00`. */
export function localTimeInWords(date: Date): string {
  const offset = -date.getTimezoneOffset();
  const shifted = new Date(date.getTime() + offset * MINUTE);
  if (Number.isNaN(shifted.getTime())) return 'no local time';
  const [hours, minutes] = [Math.floor(Math.abs(offset) / 60), Math.abs(offset) % 60];
  const zone = [hours, minutes].map((each) => String(each).padStart(2, '0')).join(':');
  return timeInWords(shifted).replace(/Z$/, `${offset < 0 ? '-' : '+'}${zone}`);
}

/** The units of a duration, in milliseconds, the largest first. */
const UNITS = [
  ['day', DAY],
  ['hour', 60 * MINUTE],
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
  try {
    return dateOfSlot(parameters, there);
  } catch {
    return undefined;
  }
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
