/** Slots and KES periods with their dates, where the network states when its slots began. */
import {
  dateOfSlot,
  firstSlotOfPeriod,
  NoDateError,
  type AbsolutePeriod,
  type KesParameters,
  type Slot,
} from '@evolock/cardano-headers';
import { grouped } from './report.js';

/** The date of a slot in UTC, to the second; `undefined` when it is not known. */
export function utcOf(parameters: KesParameters, slot: Slot): string | undefined {
  try {
    const [day, time] = dateOfSlot(parameters, slot).toISOString().split('T');
    return `${day ?? ''} ${time?.slice(0, 8) ?? ''} UTC`;
  } catch (error) {
    if (error instanceof NoDateError) return undefined;
    throw error;
  }
}

/** A slot and its date: nothing in a header or a certificate names the network. */
export function slotInWords(parameters: KesParameters, slot: Slot): string {
  const date = utcOf(parameters, slot);
  return date === undefined ? grouped(slot) : `${grouped(slot)} (${date}${ifThisIs(parameters)})`;
}

/** A KES period and the date on which it begins. */
export function periodInWords(parameters: KesParameters, period: AbsolutePeriod): string {
  const first = firstSlotOfPeriod(parameters, period);
  const date = first === undefined ? undefined : utcOf(parameters, first);
  return date === undefined
    ? grouped(period)
    : `${grouped(period)} (begins ${date}${ifThisIs(parameters)})`;
}

function ifThisIs({ name }: KesParameters): string {
  return `, if this is ${name}`;
}
