/**
 * From a slot to the evolution of a key: absolute period = ⌊slot / slots per period⌋, evolution = absolute period −
 * start period of the certificate. And the dates of slots: a slot takes 20 seconds in the Byron era and 1 second later, so dates
 * are counted from a slot whose date is known. The Shelley genesis file of mainnet does not state one.
 */
import {
  checkUnsigned64,
  MAX_UNSIGNED_64,
  SUM6_PERIODS,
  type AbsolutePeriod,
  type Evolution,
  type Slot,
} from './numbers.js';
import { checkDate } from '@evolock/direct-serialise/arguments';
import { NoDateError } from '../errors.js';
import { checkParameters, type KesParameters, type SlotAnchor } from './parameters.js';

/** How many evolutions of a certificate are valid, and which limit applies. */
export interface EvolutionLimit {
  /** Evolutions 0 to this number − 1 are valid. */
  readonly evolutions: number;
  /** Whether the limit is that of the network or that of the algorithm. */
  readonly setBy: 'network' | 'algorithm';
}

/** Where an absolute period lies in the life of a certificate. */
export type EvolutionStatus = ValidEvolution | InvalidEvolution;

/** The period lies within the life of the certificate. */
export interface ValidEvolution {
  readonly state: 'valid';
  /** Periods since the start period; equal to `evolution`. */
  readonly difference: bigint;
  /** The period that the key must have. */
  readonly evolution: Evolution;
  /** Valid periods after this one. */
  readonly remainingPeriods: number;
  readonly limit: EvolutionLimit;
}

/** The period lies before or after the life of the certificate. */
export interface InvalidEvolution {
  /** `not-yet` before the start period, `expired` after the last period. */
  readonly state: 'not-yet' | 'expired';
  /** Periods since the start period: negative for `not-yet`. */
  readonly difference: bigint;
  readonly limit: EvolutionLimit;
}

/** How many evolutions are valid: the limit of the network, at most the 64 of Sum6. */
export function evolutionLimit(parameters: KesParameters): EvolutionLimit {
  const { maxKesEvolutions } = checkParameters(parameters);
  return maxKesEvolutions <= SUM6_PERIODS
    ? { evolutions: maxKesEvolutions, setBy: 'network' }
    : { evolutions: SUM6_PERIODS, setBy: 'algorithm' };
}

/** The absolute KES period of a slot. Slots of the Byron era have one too, in which nothing was signed. */
export function periodOfSlot(parameters: KesParameters, slot: Slot): AbsolutePeriod {
  const { slotsPerKesPeriod } = checkParameters(parameters);
  return (checkUnsigned64('slot', slot) / slotsPerKesPeriod) as AbsolutePeriod;
}

/** The first slot of an absolute period; `undefined` when its number does not fit 64 bits. */
export function firstSlotOfPeriod(
  parameters: KesParameters,
  period: AbsolutePeriod,
): Slot | undefined {
  const { slotsPerKesPeriod } = checkParameters(parameters);
  const first = checkUnsigned64('period', period) * slotsPerKesPeriod;
  return first <= MAX_UNSIGNED_64 ? (first as Slot) : undefined;
}

/** Where an absolute period lies in the life of a certificate. */
export function evolutionOf(
  parameters: KesParameters,
  startPeriod: AbsolutePeriod,
  period: AbsolutePeriod,
): EvolutionStatus {
  const limit = evolutionLimit(parameters);
  const difference =
    checkUnsigned64('period', period) - checkUnsigned64('startPeriod', startPeriod);
  if (difference < 0n) return { state: 'not-yet', difference, limit };
  if (difference >= BigInt(limit.evolutions)) return { state: 'expired', difference, limit };
  const evolution = Number(difference) as Evolution;
  const remainingPeriods = limit.evolutions - 1 - evolution;
  return { state: 'valid', difference, evolution, remainingPeriods, limit };
}

/** When a certificate expires: the first period, slot and moment at which it is **not** valid. */
export interface Expiry {
  /** `undefined` when the number does not fit 64 bits. */
  readonly period: AbsolutePeriod | undefined;
  /** `undefined` when the number does not fit 64 bits. */
  readonly slot: Slot | undefined;
  /** `undefined` when the network has no anchor, or the date is out of range. */
  readonly date: Date | undefined;
}

/** When a certificate of a start period expires. */
export function expiryOf(parameters: KesParameters, startPeriod: AbsolutePeriod): Expiry {
  const { evolutions } = evolutionLimit(parameters);
  const period = checkUnsigned64('startPeriod', startPeriod) + BigInt(evolutions);
  if (period > MAX_UNSIGNED_64) return { period: undefined, slot: undefined, date: undefined };
  const slot = firstSlotOfPeriod(parameters, period as AbsolutePeriod);
  return {
    period: period as AbsolutePeriod,
    slot,
    date: slot === undefined ? undefined : ifDated(() => dateOfSlot(parameters, slot)),
  };
}

/** The absolute KES period at a moment; `undefined` for a moment without a slot, as before the start of the network. */
export function periodOfDate(parameters: KesParameters, date: Date): AbsolutePeriod | undefined {
  return ifDated(() => periodOfSlot(parameters, slotOfDate(parameters, date)));
}

/** The result of a conversion of slots and dates; `undefined` when there is no date or no slot. */
export function ifDated<Result>(convert: () => Result): Result | undefined {
  try {
    return convert();
  } catch (error) {
    if (error instanceof NoDateError) return undefined;
    throw error;
  }
}

/**
 * The beginning of a slot.
 *
 * @throws {@link NoDateError} `ERR_EVOLOCK_CARDANO_NO_DATE`.
 */
export function dateOfSlot(parameters: KesParameters, slot: Slot): Date {
  const start = startOfSlot(anchorOf(parameters), checkUnsigned64('slot', slot));
  if (start === undefined) throw new NoDateError('byron');
  const date = new Date(Number(start));
  if (Number.isNaN(date.getTime())) throw new NoDateError('out-of-range');
  return date;
}

/**
 * The beginning of a slot in milliseconds since 1970, which may be beyond the dates of the language; `undefined` before the
 * anchor, when the length of those slots is unknown.
 */
export function startOfSlot(anchor: SlotAnchor, slot: bigint): bigint | undefined {
  const since = slot - anchor.slot;
  const length = since < 0n ? anchor.byronSlotMilliseconds : anchor.slotMilliseconds;
  return length === undefined
    ? undefined
    : BigInt(anchor.unixMilliseconds) + since * BigInt(length);
}

/**
 * The slot of a moment.
 *
 * @throws {@link NoDateError} `ERR_EVOLOCK_CARDANO_NO_DATE`.
 */
export function slotOfDate(parameters: KesParameters, date: Date): Slot {
  const anchor = anchorOf(parameters);
  const since = BigInt(checkDate('date', date)) - BigInt(anchor.unixMilliseconds);
  const slot =
    since < 0n ? byronSlot(anchor, -since) : anchor.slot + since / BigInt(anchor.slotMilliseconds);
  if (slot > MAX_UNSIGNED_64) throw new NoDateError('out-of-range');
  return slot as Slot;
}

/** Whether the slots of a network have dates. */
export function hasDates(parameters: KesParameters): boolean {
  return checkParameters(parameters).anchor !== undefined;
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
