/**
 * The clock of a machine, and the start period of a new certificate. The clock is judged first: a period is compared with a
 * clock that is not behind what the machine can see.
 */
import {
  evolutionOf,
  NoDateError,
  networkNamed,
  networkNames,
  periodOfSlot,
  slotOfDate,
  type AbsolutePeriod,
  type KesParameters,
} from '@evolock/cardano-kes';
import { CommandError, usage } from '@evolock/command-line/errors';
import { counted } from '@evolock/command-line/text';
import { DAY, timeInWords, type Moment } from '../network/clock.js';

declare const RELEASE_DATE: string;

/** The part of a life that a start period may lie away from now: a tenth, which is 7 KES periods on mainnet. */
const MARGIN = 10;

/** What a machine can see besides its clock. */
interface ClockFacts {
  readonly parameters: KesParameters;
  readonly moment: Moment;
  /** The start period of the certificate in use or replaced, if it is known. */
  readonly replaced?: ReplacedStart | undefined;
  /** When the request was made, if there is one. It shows that a clock is behind, and is no clock itself. */
  readonly requested?: Date | undefined;
}

/** The start of the certificate in use or replaced. */
export interface ReplacedStart {
  /** How a message names the certificate, safe to print. */
  readonly name: string;
  readonly startPeriod: AbsolutePeriod;
}

/**
 * Refuses a moment that is before this release, before the request, or before the certificate in use; and a certificate of
 * another network, which a clock that is behind does not show.
 */
export function checkClock(facts: ClockFacts): void {
  const { parameters, moment, replaced } = facts;
  const { clock, date } = moment;
  if (date === undefined) return;
  // What a person states may be the beginning of a day.
  const latest = clock === 'machine' ? date : new Date(date.getTime() + DAY);
  const made = signOfMade(facts, latest);
  if (made === undefined && replaced !== undefined)
    refuseOtherNetwork(parameters, moment, replaced);
  const sign = made ?? signOfStart(facts, latest);
  if (sign === undefined) return;
  throw clock === 'machine'
    ? new CommandError(
        'environment',
        `the clock of this machine is behind: it says ${timeInWords(date)}, and ${sign}. Set the clock`,
      )
    : usage(`--now ${timeInWords(date)}: ${sign}. Give the current moment`);
}

/** A sign that the moment is behind: something was made later. */
function signOfMade({ requested }: ClockFacts, latest: Date): string | undefined {
  const released = new Date(RELEASE_DATE);
  if (latest < released) return `this release of kes was made later, at ${timeInWords(released)}`;
  if (requested === undefined || latest >= requested) return undefined;
  return `the request was made later, at ${timeInWords(requested)}`;
}

/** A sign that the moment is behind: the certificate in use starts later. */
function signOfStart(
  { parameters, moment, replaced }: ClockFacts,
  latest: Date,
): string | undefined {
  const period = periodOn(parameters, latest) ?? periodOfSlot(parameters, moment.slot);
  if (replaced === undefined || period >= replaced.startPeriod) return undefined;
  return `${replaced.name} starts later, at KES period ${replaced.startPeriod}, while it is ${period} by this clock`;
}

/** Refuses a certificate that starts later than now on the named network, and is valid now on another known one. */
function refuseOtherNetwork(
  parameters: KesParameters,
  { date, slot }: Moment,
  { name: certificate, startPeriod }: ReplacedStart,
): void {
  const now = periodOfSlot(parameters, slot);
  if (date === undefined || now >= startPeriod) return;
  for (const name of networkNames.filter((each) => each !== parameters.name)) {
    const network = networkNamed(name);
    const period = periodOn(network, date);
    if (period === undefined) continue;
    if (evolutionOf(network, startPeriod, period).state !== 'valid') continue;
    throw usage(
      `${certificate} starts at KES period ${startPeriod}, and ${parameters.name} is in ${now} now. It is a certificate of ${name}, which is in ${period} now: name that network`,
    );
  }
}

/** The KES period of a network at a moment; `undefined` before its first slot. */
function periodOn(parameters: KesParameters, date: Date): AbsolutePeriod | undefined {
  try {
    return periodOfSlot(parameters, slotOfDate(parameters, date));
  } catch (error) {
    if (error instanceof NoDateError) return undefined;
    throw error;
  }
}

interface StartFacts {
  readonly parameters: KesParameters;
  readonly moment: Moment;
  readonly startPeriod: AbsolutePeriod;
  /** What to do when the clock is right and the period is not. */
  readonly orElse: string;
}

/**
 * Refuses a start period whose certificate has ended, or that lies far ahead, unless `force` is set. Returns warnings.
 * {@link checkClock} comes first.
 */
export function checkStart(
  { parameters, moment, startPeriod, orElse }: StartFacts,
  force: boolean,
): string[] {
  const period = periodOfSlot(parameters, moment.slot);
  const { state, difference, limit } = evolutionOf(parameters, startPeriod, period);
  const margin = BigInt(Math.ceil(limit.evolutions / MARGIN));
  const begins = `it begins in ${counted(-difference, 'KES period')}`;
  const unusable = 'no node can use its certificate before';
  const refusal =
    state === 'expired'
      ? `its certificate has ended, since it is KES period ${period} now, and a certificate is valid for ${counted(limit.evolutions, 'period')}`
      : -difference > margin
        ? `${begins}, since it is ${period} now, and ${unusable}`
        : undefined;
  if (refusal !== undefined && !force) {
    const clock = moment.clock === 'machine' ? 'the clock of this machine' : '--now';
    throw usage(
      `start period ${startPeriod}: ${refusal}. Compare ${clock} with a right one: it says ${timeInWords(moment.date)}. If it is right, ${orElse}, or add --force-period`,
    );
  }
  const isLate = difference > margin;
  const remark = isLate
    ? `it is KES period ${period} now, so ${difference} of ${counted(limit.evolutions, 'period')} of its certificate are over`
    : difference < 0n
      ? `${begins}, and ${unusable}`
      : undefined;
  const about = refusal ?? remark;
  return about === undefined ? [] : [`start period ${startPeriod}: ${about}`];
}
