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
import { CommandError } from '../cli/errors.js';
import { counted } from '../cli/text.js';
import { timeInWords, type Moment } from '../network/clock.js';

declare const RELEASE_DATE: string;

/** The part of a life that a start period may lie away from now: a tenth, which is 7 KES periods on mainnet. */
const MARGIN = 10;

/** Milliseconds. */
const DAY = 86_400_000;

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
  const made = signOfMade(facts);
  const other =
    replaced === undefined || made !== undefined ? undefined : otherNetworkOf(facts, replaced);
  if (replaced !== undefined && other !== undefined) {
    throw new CommandError(
      'usage',
      `${replaced.name} starts at KES period ${replaced.startPeriod}, and ${parameters.name} is in ${periodOfSlot(parameters, moment.slot)} now. It is a certificate of ${other.name}, which is in ${other.period} now: name that network`,
    );
  }
  const sign = made ?? signOfStart(facts);
  if (sign === undefined) return;
  throw moment.clock === 'machine'
    ? new CommandError(
        'environment',
        `the clock of this machine is behind: it says ${timeInWords(moment.date)}, and ${sign}. Set the clock`,
      )
    : new CommandError(
        'usage',
        `--now ${timeInWords(moment.date)}: ${sign}. Give the current moment`,
      );
}

/** What a moment can be at the latest. One that a person states may be the beginning of a day. */
function latestOf({ date, clock }: Moment): Date | undefined {
  if (date === undefined || clock === 'machine') return date;
  return new Date(date.getTime() + DAY);
}

/** A sign that the moment is behind: something was made later. */
function signOfMade({ moment, requested }: ClockFacts): string | undefined {
  const latest = latestOf(moment);
  if (latest === undefined) return undefined;
  const released = new Date(RELEASE_DATE);
  if (latest < released) return `this release of kes was made later, at ${timeInWords(released)}`;
  if (requested !== undefined && latest < requested) {
    return `the request was made later, at ${timeInWords(requested)}`;
  }
  return undefined;
}

/** A sign that the moment is behind: the certificate in use starts later. */
function signOfStart({ parameters, moment, replaced }: ClockFacts): string | undefined {
  const latest = latestOf(moment);
  if (latest === undefined || replaced === undefined) return undefined;
  const period = periodOn(parameters, latest) ?? periodOfSlot(parameters, moment.slot);
  if (period >= replaced.startPeriod) return undefined;
  return `${replaced.name} starts later, at KES period ${replaced.startPeriod}, while it is ${period} by this clock`;
}

/** The known network on which a certificate is valid now, when it starts later than now on the network that was named. */
function otherNetworkOf(
  { parameters, moment: { date, slot } }: ClockFacts,
  { startPeriod }: ReplacedStart,
): { readonly name: string; readonly period: AbsolutePeriod } | undefined {
  if (date === undefined || periodOfSlot(parameters, slot) >= startPeriod) return undefined;
  for (const name of networkNames) {
    const network = networkNamed(name);
    const period = name === parameters.name ? undefined : periodOn(network, date);
    if (period === undefined) continue;
    if (evolutionOf(network, startPeriod, period).state === 'valid') return { name, period };
  }
  return undefined;
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

/** A start period, and the moment at which its certificate is issued. */
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
export function checkStart(facts: StartFacts, force: boolean): string[] {
  const { startPeriod, moment, orElse } = facts;
  const refusal = refusalOf(facts);
  if (refusal !== undefined && !force) {
    const clock = moment.clock === 'machine' ? 'the clock of this machine' : '--now';
    throw new CommandError(
      'usage',
      `start period ${startPeriod}: ${refusal}. Compare ${clock} with a right one: it says ${timeInWords(moment.date)}. If it is right, ${orElse}, or add --force-period`,
    );
  }
  const about = refusal ?? remarkOn(facts);
  return about === undefined ? [] : [`start period ${startPeriod}: ${about}`];
}

function refusalOf({ parameters, moment, startPeriod }: StartFacts): string | undefined {
  const period = periodOfSlot(parameters, moment.slot);
  const { state, difference, limit } = evolutionOf(parameters, startPeriod, period);
  if (state === 'expired') {
    return `its certificate has ended, since it is KES period ${period} now, and a certificate is valid for ${counted(limit.evolutions, 'period')}`;
  }
  return -difference > marginOf(limit.evolutions)
    ? `it begins in ${counted(-difference, 'KES period')}, since it is ${period} now, and no node can use its certificate before`
    : undefined;
}

/** A start period that is accepted, and that may be a mistake. */
function remarkOn({ parameters, moment, startPeriod }: StartFacts): string | undefined {
  const period = periodOfSlot(parameters, moment.slot);
  const { difference, limit } = evolutionOf(parameters, startPeriod, period);
  if (difference < 0n) {
    return `it begins in ${counted(-difference, 'KES period')}, and no node can use its certificate before`;
  }
  return difference > marginOf(limit.evolutions)
    ? `it is KES period ${period} now, so ${difference} of ${counted(limit.evolutions, 'period')} of its certificate are over`
    : undefined;
}

function marginOf(evolutions: number): bigint {
  return BigInt(Math.ceil(evolutions / MARGIN));
}
