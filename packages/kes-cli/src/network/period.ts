/** A KES period of a network: its first slot, and the first slot of the next one. */
import {
  absolutePeriod,
  firstSlotOfPeriod,
  periodOfSlot,
  type AbsolutePeriod,
  type KesParameters,
  type Slot,
} from '@evolock/cardano-kes';
import { dateIfAny, type Moment } from './clock.js';

/** A slot and its beginning. */
export interface Boundary {
  readonly slot: Slot;
  /** Absent when the network has no dates, or the slot is outside of the range of dates. */
  readonly date: Date | undefined;
}

/** A KES period at a moment. */
export interface PeriodSpan {
  readonly period: AbsolutePeriod;
  readonly start: Boundary;
  /** The start of the next period. Absent when that has no slots: slots have 64 bits. */
  readonly end: Boundary | undefined;
}

/** The KES period of a moment. */
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
