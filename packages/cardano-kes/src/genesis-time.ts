/** When the network of a Shelley genesis file began, and how long its slots are. */
import { member, wrong, type Genesis } from './genesis-members.js';

const DATE_AND_TIME = /^(\d{4}-\d{2}-\d{2})T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(Z|[+-]\d{2}:\d{2})?$/;

/**
 * When the network began, in milliseconds since 1970. Without a zone it is UTC, wherever this runs.
 *
 * @internal
 */
export function startOf(genesis: Genesis): number {
  const text = member(genesis, 'systemStart');
  const [, day, zone] = DATE_AND_TIME.exec(typeof text === 'string' ? text : '') ?? [];
  const start =
    day === undefined || !isInCalendar(day)
      ? NaN
      : Date.parse(`${String(text)}${zone === undefined ? 'Z' : ''}`);
  if (Number.isNaN(start))
    throw wrong('systemStart', 'a date and time of ISO 8601, like 2026-01-01T00:00:00Z');
  return start;
}

/** The 30th of February is the 2nd of March for `Date`. */
function isInCalendar(day: string): boolean {
  const midnight = new Date(`${day}T00:00:00Z`);
  return !Number.isNaN(midnight.getTime()) && midnight.toISOString().startsWith(day);
}

/**
 * Milliseconds of a slot. The file counts in seconds, of which test networks take fractions; parts of a millisecond are
 * refused, since rounded they would add up slot by slot.
 *
 * @internal
 */
export function slotLengthOf(genesis: Genesis): number {
  const seconds = member(genesis, 'slotLength');
  const milliseconds = typeof seconds === 'number' ? Math.round(seconds * 1_000) : NaN;
  const isWhole = Number.isSafeInteger(milliseconds) && milliseconds / 1_000 === seconds;
  if (!isWhole || milliseconds < 1)
    throw wrong('slotLength', 'a number of seconds in whole milliseconds, at least one');
  return milliseconds;
}
