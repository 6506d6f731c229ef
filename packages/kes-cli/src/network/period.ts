import type { Definition } from '@evolock/command-line/command';
import type { Answer, Fact, Json } from '@evolock/command-line/answer';
import type { Session } from '@evolock/command-line/session';
import { counted } from '@evolock/command-line/text';
import {
  type Boundary,
  CLOCK,
  clockInWords,
  clockJson,
  type ClockOptions,
  durationInWords,
  localTimeInWords,
  type Moment,
  momentOf,
  periodAt,
  type PeriodSpan,
  timeInWords,
} from './clock.js';
import {
  NETWORK,
  datesWarnings,
  networkInWords,
  networkJson,
  networkOf,
  type NetworkOptions,
} from './network.js';

export const periodCommand: Definition = {
  text: `
    Shows the current slot and KES period of a network, and when the period began and ends, in UTC and in local time. It needs no certificate, no node and no connection: it computes the period from the clock. A certificate for a node that starts now has this period as its start period.

    # Now
    $ kes period --network mainnet
    # At another moment
    $ kes period --network preprod --at 2026-12-24
    # At a slot of another network
    $ kes period --genesis shelley-genesis.json --slot 5000000`,
  options: [CLOCK, ...NETWORK],
  work: period,
};

async function period(session: Session, options: NetworkOptions & ClockOptions): Promise<Answer> {
  const parameters = await networkOf(session, options);
  const moment = momentOf(parameters, options, session.context.now());
  const span = periodAt(parameters, moment);
  const { start, end } = span;
  const milliseconds = end && millisecondsLeft(moment, end);
  return {
    json: {
      clock: clockJson(moment),
      network: networkJson(parameters),
      slot: String(moment.slot),
      kesPeriod: String(span.period),
      start: boundaryJson(start),
      end: end === undefined ? null : boundaryJson(end),
      remainingSlots: end === undefined ? null : String(end.slot - moment.slot),
      remainingSeconds: milliseconds === undefined ? null : Math.floor(milliseconds / 1_000),
    },
    warnings: datesWarnings(parameters, options),
    result: `KES period ${span.period}`,
    facts: [
      ['clock', clockInWords(moment)],
      ['network', networkInWords(parameters)],
      ['slot', String(moment.slot)],
      ['began', boundaryInWords(start)],
      ['ends', endInWords(moment, span)],
      ...localFacts(span),
    ],
  };
}

function endInWords(moment: Moment, { end }: PeriodSpan): string {
  if (end === undefined) return 'never: later slots do not exist';
  const milliseconds = millisecondsLeft(moment, end);
  const distance =
    milliseconds === undefined
      ? counted(end.slot - moment.slot, 'slot')
      : durationInWords(milliseconds);
  return `${boundaryInWords(end)}, in ${distance}`;
}

function boundaryInWords({ slot, date }: Boundary): string {
  return `slot ${slot}${date === undefined ? '' : `, ${timeInWords(date)}`}`;
}

function localFacts({ start, end }: PeriodSpan): Fact[] {
  if (start.date === undefined || end?.date === undefined) return [];
  return [['local time', `${localTimeInWords(start.date)} to ${localTimeInWords(end.date)}`]];
}

function millisecondsLeft({ date }: Moment, end: Boundary): number | undefined {
  return date === undefined || end.date === undefined
    ? undefined
    : end.date.getTime() - date.getTime();
}

function boundaryJson({ slot, date }: Boundary): Json {
  return { slot: String(slot), date: date?.toISOString() ?? null };
}
