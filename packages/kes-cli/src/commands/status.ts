import type { IssuedCertificate, KesParameters } from '@evolock/cardano-kes';
import type { Command } from 'commander';
import {
  CERTIFICATE,
  certificateFacts,
  certificateJson,
  judgeSignature,
  type Judgement,
} from '../certificates/certificate.js';
import {
  evolutionInWords,
  judgeTime,
  leftInWords,
  standingOf,
  type Standing,
} from '../certificates/standing.js';
import { carryOut, leaf } from '../cli/command.js';
import { ExitCode } from '../cli/errors.js';
import { wholeNumber64 } from '../cli/option-values.js';
import type { Json, Outcome, Session } from '../cli/session.js';
import { sourceName } from '../cli/text.js';
import { readEnvelope } from '../files/read.js';
import { judgeKey } from '../keys/judgement.js';
import { clockInWords, momentInOption, momentOf, type ClockOptions } from '../network/clock.js';
import {
  networkInWords,
  networkOf,
  withNetworkOptions,
  type NetworkOptions,
} from '../network/network.js';

interface Options extends NetworkOptions, ClockOptions {
  readonly cert: string;
  readonly skey?: string;
}

/** `kes status`: is a certificate valid now, and for how long? */
export function statusCommand(session: Session): Command {
  const command = leaf(session, 'kes status', {
    summary: 'Show whether a certificate is valid now, and for how long',
    description:
      'Shows the KES period of the network, the evolution of the key of the certificate, the remaining periods and days, and whether the certificate is valid, with the reason. It needs no node and no connection: it computes the KES period from the clock.',
    examples: [
      ['kes status --cert node.cert --network mainnet', 'Now'],
      [
        'kes status --cert node.cert --skey kes.skey --network mainnet',
        'Can a node use this signing key with the certificate?',
      ],
      [
        'kes status --cert node.cert --genesis shelley-genesis.json --slot 5000000',
        'At a slot of another network',
      ],
      ['kes status --cert node.cert --network preprod --at 2026-12-24', 'On Christmas Eve'],
    ],
  })
    .requiredOption('--cert <file>', 'the operational certificate, or - for standard input')
    .option('--skey <file>', 'the KES signing key that a node uses with it')
    .option('--at <moment>', 'another moment than now: 2026-03-01T12:00:00Z', momentInOption)
    .option('--slot <slot>', 'another slot than the current one', wholeNumber64);
  withNetworkOptions(command);
  return carryOut(session, command, (options: Options) => status(session, options));
}

async function status(session: Session, options: Options): Promise<Outcome> {
  const parameters = await networkOf(session, options);
  const file = await readEnvelope(session, options.cert, CERTIFICATE);
  const moment = momentOf(parameters, options, session.context.now());
  const standing = standingOf(parameters, file, moment);
  const key =
    options.skey === undefined ? undefined : await judgeKey(options.skey, file, standing.evolution);
  const ofKey = key === undefined ? [] : [key.judgement];
  const judgements = [judgeSignature(file), judgeTime(standing), ...ofKey];
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
        ['clock', clockInWords(moment)],
        ['network', networkInWords(parameters)],
        ['slot', String(moment.slot)],
        ['KES period', String(standing.period)],
        ['evolution', evolutionInWords(standing)],
        ['remaining', leftInWords(standing)],
        ...certificateFacts(file),
      ]),
    ],
  };
}

interface Found {
  readonly valid: boolean;
  readonly judgements: readonly Judgement[];
  readonly parameters: KesParameters;
  readonly file: IssuedCertificate;
  readonly standing: Standing;
}

function statusJson({ valid, judgements, parameters, file, standing }: Found): Json {
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
