import {
  dateOfSlot,
  hasDates,
  NoDateError,
  slot,
  slotOfDate,
  type KesParameters,
  type Slot,
} from '@evolock/cardano-kes';
import { InvalidArgumentError } from 'commander';
import { CommandError } from '../command-error.js';

/** How a user states another moment than now. */
export interface ClockOptions {
  readonly at?: Date;
  readonly slot?: bigint;
  /** The genesis file that the network was stated by, if it was. */
  readonly genesis?: string;
}

/** A moment, and who said so. */
export interface Moment {
  readonly clock: 'machine' | 'at' | 'slot';
  readonly slot: Slot;
  /** Absent where the network has no dates, or the slot is too far away to have one. */
  readonly date: Date | undefined;
}

/** The moment for which something is asked: stated, or now by this machine's clock. */
export function momentOf(
  parameters: KesParameters,
  { at, slot: stated, genesis }: ClockOptions,
  now = new Date(),
): Moment {
  if (at !== undefined && stated !== undefined) {
    throw new CommandError('usage', 'state the moment once: by --at or by --slot');
  }
  if (stated !== undefined) {
    const there = slot(stated);
    return { clock: 'slot', slot: there, date: dateIfAny(parameters, there) };
  }
  if (!hasDates(parameters)) {
    const orElse =
      genesis === undefined ? '' : ' (or --without-byron, if its genesis is its beginning)';
    throw new CommandError(
      'usage',
      `no date is known for the slots of this network: state the slot, by --slot${orElse}`,
    );
  }
  const date = at ?? now;
  const clock = at === undefined ? 'machine' : 'at';
  return { clock, slot: slotAt(parameters, clock, date), date };
}

/** Nothing is wrong with what is judged where the moment has no slot: it is the option, or this machine's clock. */
function slotAt(parameters: KesParameters, clock: 'machine' | 'at', date: Date): Slot {
  try {
    return slotOfDate(parameters, date);
  } catch (cause) {
    if (!(cause instanceof NoDateError)) throw cause;
    const words = `${timeInWords(date)}: ${cause.message}`;
    throw clock === 'at'
      ? new CommandError('usage', `--at ${words}: state another moment`, { cause })
      : new CommandError(
          'environment',
          `this machine's clock says ${words}: set it, or state the moment by --at or --slot`,
          { cause },
        );
  }
}

/** Who said so, for a person. */
export function clockInWords({ clock, date }: Moment): string {
  if (clock === 'slot') return 'none: the slot was given by --slot';
  return `${clock === 'at' ? 'the moment given by --at' : "this machine's clock"}: ${timeInWords(date)}`;
}

/** A moment for a person: to the second, in UTC. */
export function timeInWords(date: Date | undefined): string {
  return date === undefined ? 'no date' : date.toISOString().replace(/\.\d{3}Z$/, 'Z');
}

/** Reads the value of `--at`. */
export function momentInOption(text: string): Date {
  const hasZone =
    /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?(?:Z|[+-]\d{2}:\d{2}))?$/;
  const date = new Date(text);
  if (!hasZone.test(text) || Number.isNaN(date.getTime()) || !isInCalendar(text)) {
    throw new InvalidArgumentError('It is no moment like 2026-03-01 or 2026-03-01T12:00:00Z.');
  }
  return date;
}

/** The 30th of February is the 2nd of March for `Date`, and a mistake for whoever plans by it. */
function isInCalendar(text: string): boolean {
  const day = text.slice(0, 10);
  return new Date(`${day}T00:00:00Z`).toISOString().startsWith(day);
}

function dateIfAny(parameters: KesParameters, there: Slot): Date | undefined {
  try {
    return dateOfSlot(parameters, there);
  } catch {
    return undefined;
  }
}
