/** The start period of a new certificate at a moment, and whether the clock of the machine looks wrong. */
import {
  evolutionOf,
  periodOfSlot,
  type AbsolutePeriod,
  type KesParameters,
} from '@evolock/cardano-kes';
import { CommandError } from '../cli/errors.js';
import { counted } from '../cli/text.js';
import { timeInWords, type Moment } from '../network/clock.js';

declare const RELEASE_DATE: string;

/** The part of a life that a start period may lie away from now: a tenth, which is 7 KES periods on mainnet. */
const MARGIN = 10;

/** What is known about the moment of a new certificate. */
export interface StartFacts {
  readonly parameters: KesParameters;
  readonly moment: Moment;
  readonly startPeriod: AbsolutePeriod;
  /** The start period of the certificate that is replaced, if it is known. */
  readonly replacedStart: AbsolutePeriod | undefined;
  /** When the request was made, if there is one. */
  readonly requested: Date | undefined;
}

/**
 * Refuses a start period whose certificate has ended, or that lies far ahead, unless `force` is set. Returns warnings about
 * the start period and the clock.
 */
export function checkStart(facts: StartFacts, force: boolean): string[] {
  const refusal = refusalOf(facts);
  if (refusal !== undefined && !force) {
    throw new CommandError(
      'usage',
      `start period ${facts.startPeriod}: ${refusal}; the clock of this machine says ${timeInWords(facts.moment.date)}. Give another one (kes period shows the current one), or add --force-period`,
    );
  }
  const about = refusal ?? remarkOn(facts);
  return [
    ...clockWarnings(facts),
    ...(about === undefined ? [] : [`start period ${facts.startPeriod}: ${about}`]),
  ];
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

/** Warns of a clock that is before this release, before the request, or before the certificate that is replaced. */
export function clockWarnings({
  parameters,
  moment,
  replacedStart,
  requested,
}: Omit<StartFacts, 'startPeriod'>): string[] {
  const { date } = moment;
  const period = periodOfSlot(parameters, moment.slot);
  const clock = `the clock of this machine may be wrong: it says ${timeInWords(date)}`;
  const warnings: string[] = [];
  const released = new Date(RELEASE_DATE);
  if (date !== undefined && date < released) {
    warnings.push(`${clock}, and this release of kes was made later, at ${timeInWords(released)}`);
  }
  if (date !== undefined && requested !== undefined && date < requested) {
    warnings.push(`${clock}, and the request was made later, at ${timeInWords(requested)}`);
  }
  if (replacedStart !== undefined && period < replacedStart) {
    warnings.push(
      `${clock}, which is KES period ${period}, and the certificate that is replaced starts later, at ${replacedStart}`,
    );
  }
  return warnings;
}
