/** A certificate at a moment: its evolution, its end, and how long it remains valid. */
import {
  evolutionOf,
  expiryOf,
  periodOfSlot,
  slot,
  type AbsolutePeriod,
  type EvolutionStatus,
  type Expiry,
  type KesParameters,
} from '@evolock/cardano-kes';
import type { Check } from '@evolock/command-line/answer';
import { counted } from '@evolock/command-line/text';
import { DAY, timeInWords, type Moment } from '../network/clock.js';
import type { Certificate } from './certificate.js';

/** The last slot: slots have 64 bits. */
const LAST_SLOT = slot(2n ** 64n - 1n);

export interface LifeAt {
  readonly moment: Moment;
  readonly period: AbsolutePeriod;
  readonly evolution: EvolutionStatus;
  readonly expiry: Expiry;
  /** KES periods after the current one at which it is valid. */
  readonly remainingPeriods: number;
  /** Days until its end; absent when the network has no dates, or the certificate has expired. */
  readonly days: number | undefined;
}

export function lifeAt(
  parameters: KesParameters,
  { certificate: { startPeriod } }: Certificate,
  moment: Moment,
): LifeAt {
  const period = periodOfSlot(parameters, moment.slot);
  const evolution = evolutionOf(parameters, startPeriod, period);
  const expiry = expiryOf(parameters, startPeriod);
  const milliseconds =
    expiry.date === undefined || moment.date === undefined
      ? undefined
      : expiry.date.getTime() - moment.date.getTime();
  const days = milliseconds === undefined || milliseconds < 0 ? undefined : milliseconds / DAY;
  const remainingPeriods = periodsLeft(parameters, startPeriod, evolution);
  return { moment, period, evolution, expiry, remainingPeriods, days };
}

export function hasEnded(
  parameters: KesParameters,
  startPeriod: AbsolutePeriod,
  period: AbsolutePeriod,
): boolean {
  return evolutionOf(parameters, startPeriod, period).state === 'expired';
}

/** The valid KES periods after the current one. Before the start of the certificate, all that have slots. */
function periodsLeft(
  parameters: KesParameters,
  startPeriod: AbsolutePeriod,
  evolution: EvolutionStatus,
): number {
  const { state, limit } = evolution;
  if (state === 'expired') return 0;
  const begun = state === 'valid' ? BigInt(evolution.evolution) + 1n : 0n;
  const withSlots = periodOfSlot(parameters, LAST_SLOT) - startPeriod + 1n;
  const valid = withSlots < BigInt(limit.evolutions) ? withSlots : BigInt(limit.evolutions);
  return valid > begun ? Number(valid - begun) : 0;
}

/** When it starts or ended; `undefined` while it is valid. */
export function whenInWords({
  evolution: { state, difference, limit },
  remainingPeriods,
}: Pick<LifeAt, 'evolution' | 'remainingPeriods'>): string | undefined {
  if (state === 'valid') return undefined;
  if (state === 'not-yet')
    return remainingPeriods === 0 ? 'never starts' : `starts in ${inPeriods(-difference)}`;
  const since = difference - BigInt(limit.evolutions);
  return since === 0n ? 'ended with the last KES period' : `ended ${inPeriods(since)} ago`;
}

export function judgeTime(life: LifeAt): Check {
  const { evolution, expiry, remainingPeriods } = life;
  const when = whenInWords(life);
  if (when === undefined) return { valid: true, words: 'valid at this KES period' };
  if (evolution.state === 'not-yet') {
    const why = remainingPeriods === 0 ? ': its start period has no slots' : '';
    return { valid: false, words: `it ${when}${why}` };
  }
  const date = expiry.date === undefined ? '' : `, ${timeInWords(expiry.date)}`;
  return { valid: false, words: `it ${when}${date}: issue a new one` };
}

export function evolutionInWords(
  value: bigint | string,
  { state, limit }: Pick<EvolutionStatus, 'state' | 'limit'>,
): string {
  const place = state === 'valid' ? 'within' : 'outside';
  return `${value}, ${place} 0–${limit.evolutions - 1}, the limit of the ${limit.setBy}`;
}

export function leftInWords({ moment, evolution, expiry, remainingPeriods, days }: LifeAt): string {
  const isLater = evolution.state === 'not-yet';
  if (evolution.state === 'expired' || (isLater && remainingPeriods === 0)) return 'none';
  const count = inPeriods(BigInt(remainingPeriods));
  const periods = isLater ? `all ${count}` : `${count} after this one`;
  if (expiry.slot === undefined) return periods;
  const distance =
    days === undefined ? counted(expiry.slot - moment.slot, 'slot') : `${days.toFixed(1)} days`;
  const date = expiry.date === undefined ? '' : `, ${timeInWords(expiry.date)}`;
  return `${periods}; it ends in ${distance}: slot ${expiry.slot}${date}`;
}

function inPeriods(count: bigint): string {
  return counted(count, 'KES period');
}
