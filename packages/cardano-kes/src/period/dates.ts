/**
 * Dates of slots. A slot takes 20 seconds in the Byron era and 1 second later, so dates are counted from a slot whose date
 * is known. The Shelley genesis file of mainnet does not state one.
 */
import { wrongType } from '@evolock/direct-serialise/arguments';
import { NoDateError } from '../errors.js';
import { checkUnsigned64, MAX_UNSIGNED_64, type Slot } from './numbers.js';
import { checkParameters, type KesParameters, type SlotAnchor } from './parameters.js';

/**
 * The beginning of a slot.
 *
 * @throws {@link NoDateError} `ERR_EVOLOCK_CARDANO_NO_DATE`.
 */
export function dateOfSlot(parameters: KesParameters, slot: Slot): Date {
  const anchor = anchorOf(parameters);
  const since = checkUnsigned64('slot', slot) - anchor.slot;
  const length = since < 0n ? anchor.byronSlotMilliseconds : anchor.slotMilliseconds;
  if (length === undefined) throw new NoDateError('byron');
  const date = new Date(Number(BigInt(anchor.unixMilliseconds) + since * BigInt(length)));
  if (Number.isNaN(date.getTime())) throw new NoDateError('out-of-range');
  return date;
}

/**
 * The slot of a moment.
 *
 * @throws {@link NoDateError} `ERR_EVOLOCK_CARDANO_NO_DATE`.
 */
export function slotOfDate(parameters: KesParameters, date: Date): Slot {
  const anchor = anchorOf(parameters);
  const since = BigInt(timeOf(date)) - BigInt(anchor.unixMilliseconds);
  const slot =
    since < 0n ? byronSlot(anchor, -since) : anchor.slot + since / BigInt(anchor.slotMilliseconds);
  if (slot > MAX_UNSIGNED_64) throw new NoDateError('out-of-range');
  return slot as Slot;
}

/** Whether the slots of a network have dates. */
export function hasDates(parameters: KesParameters): boolean {
  return checkParameters(parameters).anchor !== undefined;
}

/** The time of a valid date of any realm. The getter of the language throws for another object. */
function timeOf(date: unknown): number {
  let time = NaN;
  try {
    time = Date.prototype.getTime.call(date);
  } catch {
    // NaN is refused below.
  }
  if (Number.isNaN(time)) throw wrongType('date', 'a valid Date', date);
  return time;
}

function anchorOf(parameters: KesParameters): SlotAnchor {
  const { anchor } = checkParameters(parameters);
  if (anchor === undefined) throw new NoDateError('no-anchor');
  return anchor;
}

/** The slot of the moment `before` milliseconds before the anchor. Rounds up: a moment within a slot belongs to that slot. */
function byronSlot({ slot, byronSlotMilliseconds }: SlotAnchor, before: bigint): bigint {
  if (byronSlotMilliseconds === undefined)
    throw new NoDateError(slot === 0n ? 'before-start' : 'byron');
  const length = BigInt(byronSlotMilliseconds);
  const slots = (before + length - 1n) / length;
  if (slots > slot) throw new NoDateError('before-start');
  return slot - slots;
}
