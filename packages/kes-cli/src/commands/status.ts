import {
  evolutionOf,
  expiryOf,
  periodOfSlot,
  type AbsolutePeriod,
  type IssuedCertificate,
  type EvolutionStatus,
  type Expiry,
  type KesParameters,
} from '@evolock/cardano-kes';
import type { Command } from 'commander';
import { certificateFacts, certificateJson } from '../certificates/certificate-in-words.js';
import { judge, type Judgement } from '../certificates/judgement.js';
import { periodsLeft } from '../certificates/periods-left.js';
import { readCertificateFrom } from '../certificates/read-certificate.js';
import { carryOut, leaf } from '../command.js';
import { ExitCode } from '../exit-code.js';
import { sourceName } from '../files/read-public.js';
import { judgeKey } from '../keys/key-judgement.js';
import {
  clockInWords,
  momentInOption,
  momentOf,
  timeInWords,
  type ClockOptions,
  type Moment,
} from '../network/clock.js';
import {
  networkInWords,
  networkOf,
  withNetworkOptions,
  type NetworkOptions,
} from '../network/network-options.js';
import type { Json, Outcome } from '../outcome.js';
import { counted } from '../printable.js';
import type { Session } from '../session.js';
import { wholeNumber64 } from '../whole-number.js';

const DAY = 86_400_000;

interface Options extends NetworkOptions, ClockOptions {
  readonly cert: string;
  readonly skey?: string;
}

/** `kes status`: is a certificate valid now, and for how long? */
export function statusCommand(session: Session): Command {
  const command = leaf(session, 'kes status', {
    name: 'status',
    summary: 'Say whether a certificate is valid now, and for how long',
    description:
      "Says at which KES period the network is, which evolution of the certificate's key that is, how many periods and days are left, and whether the certificate is valid, and why. It needs no node and no connection: it counts from the clock.",
    examples: [
      ['kes status --cert node.cert --network mainnet', 'Now'],
      [
        'kes status --cert node.cert --skey kes.skey --network mainnet',
        'Also: can a node use the signing key with it?',
      ],
      [
        'kes status --cert node.cert --genesis shelley-genesis.json --slot 5000000',
        'At a slot of another network',
      ],
      ['kes status --cert node.cert --network preprod --at 2026-12-24', 'On Christmas Eve'],
    ],
  })
    .requiredOption('--cert <file>', 'the operational certificate, or - for standard input')
    .option('--skey <file>', 'the KES signing key of a node that should belong to it')
    .option('--at <moment>', 'another moment than now: 2026-03-01T12:00:00Z', momentInOption)
    .option('--slot <slot>', 'another slot than the current one', wholeNumber64);
  withNetworkOptions(command);
  return carryOut(session, command, (options: Options) => tell(session, options));
}

/** Where a certificate stands at a moment. */
interface Standing {
  readonly moment: Moment;
  readonly period: AbsolutePeriod;
  readonly evolution: EvolutionStatus;
  readonly expiry: Expiry;
  /** KES periods for which it is still good, after the current one. */
  readonly remainingPeriods: number;
  /** Days until it ends, where the network has dates and it has not ended. */
  readonly days: number | undefined;
}

async function tell({ surroundings }: Session, options: Options): Promise<Outcome> {
  const parameters = await networkOf(surroundings, options);
  const file = await readCertificateFrom(surroundings, options.cert);
  const standing = standingOf(parameters, file, momentOf(parameters, options));
  const key =
    options.skey === undefined ? undefined : await judgeKey(options.skey, file, standing.evolution);
  const ofKey = key === undefined ? [] : [key.judgement];
  const judgements = [judge(file), judgeTime(standing), ...ofKey];
  const valid = judgements.every((judgement) => judgement.valid);
  return {
    exitCode: valid ? ExitCode.valid : ExitCode.invalid,
    json: statusJson({ valid, judgements, parameters, file, standing }),
    warnings: key?.warnings ?? [],
    lines: (style) => [
      style.title(`${sourceName(options.cert)}: ${valid ? 'valid' : 'NOT valid'}`),
      ...judgements.map((judgement) => `  ${style.verdict(judgement.valid, judgement.words)}`),
      '',
      ...style.facts([
        ['clock', clockInWords(standing.moment)],
        ['network', networkInWords(parameters)],
        ['slot', String(standing.moment.slot)],
        ['KES period', String(standing.period)],
        ['evolution', evolutionInWords(standing.evolution)],
        ['left', leftInWords(standing)],
        ...certificateFacts(file),
      ]),
    ],
  };
}

function standingOf(
  parameters: KesParameters,
  { certificate: { startPeriod } }: IssuedCertificate,
  moment: Moment,
): Standing {
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

function judgeTime({ evolution, expiry, remainingPeriods }: Standing): Judgement {
  const { state, difference, limit } = evolution;
  if (state === 'valid') return { valid: true, words: 'its time has come and has not ended' };
  if (state === 'not-yet') {
    if (remainingPeriods === 0) {
      return { valid: false, words: 'it never begins: no slot is as late as its start' };
    }
    return { valid: false, words: `it begins ${inPeriods(-difference)} from now` };
  }
  const ended = expiry.date === undefined ? '' : `, ${timeInWords(expiry.date)}`;
  const since = difference - BigInt(limit.evolutions);
  const when = since === 0n ? 'at the beginning of this KES period' : `${inPeriods(since)} ago`;
  return { valid: false, words: `it ended ${when}${ended}: issue a new one` };
}

function inPeriods(count: bigint): string {
  return counted(count, 'KES period');
}

function evolutionInWords({ state, difference, limit }: EvolutionStatus): string {
  const range = `0–${limit.evolutions - 1}, the limit of the ${limit.setBy}`;
  return state === 'valid' ? `${difference} of ${range}` : `none (${difference}, outside ${range})`;
}

function leftInWords({ moment, evolution, expiry, remainingPeriods, days }: Standing): string {
  const isLater = evolution.state === 'not-yet';
  if (evolution.state === 'expired' || (isLater && remainingPeriods === 0)) return 'nothing';
  const count = inPeriods(BigInt(remainingPeriods));
  const periods = isLater ? `all ${count}` : `${count} after this one`;
  if (expiry.slot === undefined) return periods;
  const distance =
    days === undefined ? counted(expiry.slot - moment.slot, 'slot') : `${days.toFixed(1)} days`;
  const date = expiry.date === undefined ? '' : `, ${timeInWords(expiry.date)}`;
  return `${periods}; it ends in ${distance}: slot ${expiry.slot}${date}`;
}

interface Told {
  readonly valid: boolean;
  readonly judgements: readonly Judgement[];
  readonly parameters: KesParameters;
  readonly file: IssuedCertificate;
  readonly standing: Standing;
}

function statusJson({ valid, judgements, parameters, file, standing }: Told): Json {
  const { moment, period, evolution, expiry, remainingPeriods, days } = standing;
  return {
    valid,
    checks: judgements.map((judgement) => ({ ...judgement })),
    clock: { source: moment.clock, date: moment.date?.toISOString() ?? null },
    network: {
      name: parameters.name,
      slotsPerKesPeriod: String(parameters.slotsPerKesPeriod),
      maxKesEvolutions: parameters.maxKesEvolutions,
    },
    slot: String(moment.slot),
    kesPeriod: String(period),
    state: evolution.state,
    evolution: String(evolution.difference),
    evolutionLimit: evolution.limit.evolutions,
    remainingPeriods,
    remainingDays: days ?? null,
    expiry: {
      kesPeriod: expiry.period === undefined ? null : String(expiry.period),
      slot: expiry.slot === undefined ? null : String(expiry.slot),
      date: expiry.date?.toISOString() ?? null,
    },
    certificate: certificateJson(file),
  };
}
