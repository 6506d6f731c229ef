/** The moment of a new certificate: whether the clock is right, as far as a machine can see, and its start period fits the clock. */
import {
  type AbsolutePeriod,
  evolutionLimit,
  evolutionOf,
  type KesParameters,
  networkNamed,
  networkNames,
  periodOfDate,
  periodOfSlot,
} from '@evolock/cardano-headers';
import { CommandError, usage } from '@evolock/command-line/errors';
import { counted } from '@evolock/command-line/text';
import { DAY, durationInWords, HOUR, type NetworkMoment, timeInWords } from '../network/clock.js';

declare const RELEASE_DATE: string;

/** The part of a life that a start period may lie away from now: a tenth, which is 7 KES periods on mainnet. */
const MARGIN = 10;

/** The KES periods after which a request is old: 15 days on mainnet. It may be a file that was forgotten. */
const OLDEST = 10n;

/** Milliseconds that the clock of a machine without a network may be behind the time of a request. */
const DRIFT = HOUR;

/** What a machine can see besides its clock. */
export interface Signs {
  /** The start of the certificate in use or replaced, if it is known. Its name is safe to print. */
  readonly replaced?: { readonly name: string; readonly startPeriod: AbsolutePeriod } | undefined;
  /** When the request was made, if there is one. It shows that a clock is behind, and is no clock itself. */
  readonly requested?: Date | undefined;
}

/**
 * Refuses a clock that is behind, and a certificate of another network, which starts later by a right clock too. Returns
 * warnings. `advice` is what a person can do about the clock of the machine.
 */
export function checkClock(facts: NetworkMoment & Signs, advice = 'Set the clock'): string[] {
  const { clock, date } = facts.moment;
  if (date === undefined) return [];
  const latest = latestOf(facts, date);
  const sign = signOfLater(facts, date, latest);
  const says = `it says ${timeInWords(date)}`;
  if (sign === undefined) {
    if (clock !== 'machine' || latest <= date) return [];
    const distance = durationInWords(latest.getTime() - date.getTime());
    return [
      `the clock of this machine is behind by ${distance} or more: ${says}, and the request was made later, at ${timeInWords(latest)}`,
    ];
  }
  throw clock === 'machine'
    ? new CommandError(
        'environment',
        `the clock of this machine is behind: ${says}, and ${sign}. ${advice}`,
      )
    : usage(`--now ${timeInWords(date)}: ${sign}. Give the current moment`);
}

/** The latest moment that a clock can mean. A person may state the beginning of a day, and a clock may be a little behind. */
function latestOf({ moment, requested = moment.date }: NetworkMoment & Signs, date: Date): Date {
  if (moment.clock !== 'machine') return new Date(date.getTime() + DAY);
  const behind = (requested?.getTime() ?? 0) - date.getTime();
  return behind > 0 && behind <= DRIFT ? new Date(date.getTime() + behind) : date;
}

/** A sign that a moment is behind: something was made later, or the certificate in use starts later. */
function signOfLater(
  { parameters, moment, replaced, requested }: NetworkMoment & Signs,
  date: Date,
  latest: Date,
): string | undefined {
  const made = [
    { what: 'this release of kes', time: new Date(RELEASE_DATE) },
    { what: 'the request', time: requested },
  ].find(({ time = latest }) => latest < time);
  if (made !== undefined) return `${made.what} was made later, at ${timeInWords(made.time)}`;
  if (replaced === undefined) return undefined;
  const { name, startPeriod } = replaced;
  const now = periodOfDate(parameters, latest) ?? periodOfSlot(parameters, moment.slot);
  if (now >= startPeriod) return undefined;
  // It may be valid now on another network.
  for (const other of networkNames) {
    const network = networkNamed(other);
    const period = other === parameters.name ? undefined : periodOfDate(network, date);
    if (period === undefined) continue;
    if (evolutionOf(network, startPeriod, period).state !== 'valid') continue;
    throw usage(
      `${name} starts at KES period ${startPeriod}, and ${parameters.name} is in ${now} now. It is a certificate of ${other}, which is in ${period} now: name that network`,
    );
  }
  return `${name} starts later, at KES period ${startPeriod}, while it is ${now} by this clock`;
}

/** Whether more than half of the life of a certificate is over. */
export function isPastHalf(
  { parameters, moment }: NetworkMoment,
  startPeriod: AbsolutePeriod,
): boolean {
  const { slotsPerKesPeriod } = parameters;
  const { evolutions } = evolutionLimit(parameters);
  const elapsed = moment.slot - startPeriod * slotsPerKesPeriod;
  return 2n * elapsed > BigInt(evolutions) * slotsPerKesPeriod;
}

export interface Start extends Signs {
  readonly startPeriod: AbsolutePeriod;
  readonly forcePeriod?: boolean | undefined;
  readonly oldRequest?: boolean | undefined;
}

/**
 * Refuses a start period whose certificate has ended, or that lies far ahead, unless that is forced; and a request that is
 * old, or whose certificate would live less than half of its time, unless an old one is meant. Returns warnings.
 */
export function checkStart(start: Start, place: NetworkMoment): string[] {
  const { startPeriod, requested, forcePeriod = false, oldRequest = false } = start;
  const { parameters, moment } = place;
  const period = periodOfSlot(parameters, moment.slot);
  const { state, difference } = evolutionOf(parameters, startPeriod, period);
  const isFar = -difference > marginOf(parameters);
  const age = requested === undefined ? 0n : period - (periodOfDate(parameters, requested) ?? 0n);
  const isAged = age > OLDEST;
  const about = aboutStart(place, startPeriod, period);
  const words = [
    ...(about === undefined ? [] : [`start period ${startPeriod}: ${about}`]),
    ...(isAged
      ? [`the request was made ${counted(age, 'KES period')} ago, at ${timeInWords(requested)}`]
      : []),
  ];
  const isOld = isAged || (requested !== undefined && isPastHalf(place, startPeriod));
  const missing = [
    ...((state === 'expired' || isFar) && !forcePeriod ? ['--force-period'] : []),
    ...(isOld && !oldRequest ? ['--old-request'] : []),
  ];
  if (missing.length === 0) return words;
  const clock = moment.clock === 'machine' ? 'the clock of this machine' : '--now';
  const orElse =
    requested === undefined
      ? 'give another start period (kes period shows the current one)'
      : 'make the request again';
  throw usage(
    `${words.join(', and ')}. Compare ${clock} with a right one: it says ${timeInWords(moment.date)}. If it is right, ${orElse}, or add ${missing.join(' and ')}`,
  );
}

function marginOf(parameters: KesParameters): bigint {
  return BigInt(Math.ceil(evolutionLimit(parameters).evolutions / MARGIN));
}

/** What a person should know about a start period; `undefined` when it lies close to the current one. */
function aboutStart(
  place: NetworkMoment,
  startPeriod: AbsolutePeriod,
  period: AbsolutePeriod,
): string | undefined {
  const { parameters } = place;
  const { state, difference, limit } = evolutionOf(parameters, startPeriod, period);
  const margin = marginOf(parameters);
  const life = counted(limit.evolutions, 'period');
  if (state === 'expired')
    return `its certificate has ended, since it is KES period ${period} now, and a certificate is valid for ${life}`;
  if (difference < 0n) {
    const current = -difference > margin ? `, since it is ${period} now` : '';
    return `it begins in ${counted(-difference, 'KES period')}${current}, and no node can use its certificate before`;
  }
  if (difference <= margin && !isPastHalf(place, startPeriod)) return undefined;
  return `it is KES period ${period} now, so ${difference} of ${life} of its certificate are over`;
}
