import type { KesParameters } from '@evolock/cardano-kes';
import type { Command } from 'commander';
import {
  CERTIFICATE,
  certificateFacts,
  certificateJson,
  judgeSignature,
  type Judgement,
} from '../../certificates/certificate.js';
import {
  judgeCounterOnChain,
  judgeNumberOnChain,
  withOnChainOption,
  type OnChainOptions,
} from '../../certificates/chain-rule.js';
import { COUNTER, judgeCounter } from '../../certificates/counter.js';
import type { StatusSubject } from '../../certificates/subject.js';
import {
  evolutionInWords,
  judgeTime,
  leftInWords,
  standingOf,
  type Standing,
} from '../../certificates/standing.js';
import { carryOut, leaf } from '../../cli/command.js';
import { CommandError, ExitCode } from '../../cli/errors.js';
import type { Json, Outcome, Session } from '../../cli/session.js';
import { sourceName } from '../../cli/text.js';
import { readEnvelope } from '../../files/read.js';
import { judgeKey } from '../../keys/judgement.js';
import {
  clockInWords,
  clockJson,
  momentOf,
  withClockOptions,
  type ClockOptions,
} from '../../network/clock.js';
import {
  networkInWords,
  networkJson,
  networkOf,
  withNetworkOptions,
  type NetworkOptions,
} from '../../network/network.js';
import { SUMMARIES } from '../../summaries.js';

interface Options extends NetworkOptions, ClockOptions, OnChainOptions {
  readonly cert?: string;
  readonly skey?: string;
  readonly agentControl?: string;
  readonly coldVkey?: string;
  readonly counter?: string;
}

/** `kes status`: is a certificate valid now, and for how long? */
export function statusCommand(session: Session): Command {
  const command = leaf(session, 'kes status', {
    summary: SUMMARIES.status,
    description:
      'Shows the KES period of the network, the evolution of the key of the certificate, the remaining periods and days, and whether the certificate is valid, with the reason. It needs no node and no connection: it computes the KES period from the clock. With --agent-control it shows the same of the key that an agent holds, and whether the agent holds it at the right evolution.',
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
      [
        'kes status --cert node.cert --network mainnet --counter cold.counter --on-chain 7',
        'Does the network accept the numbers of certificate and counter?',
      ],
      [
        'kes status --agent-control /run/kes-agent/control.socket --network mainnet',
        'The key that an agent holds',
      ],
    ],
  })
    .option('--cert <file>', 'the operational certificate, or - for standard input')
    .option('--skey <file>', 'the KES signing key that a node uses with it')
    .option('--agent-control <path>', 'or the control socket of an agent: the installed key')
    .option('--cold-vkey <key>', 'with --agent-control: check the signature by this cold key')
    .option('--counter <file>', 'the counter of the cold key: is it above this certificate?');
  withOnChainOption(command);
  withClockOptions(command);
  withNetworkOptions(command);
  return carryOut(session, command, (options: Options) => status(session, options));
}

async function status(session: Session, options: Options): Promise<Outcome> {
  const parameters = await networkOf(session, options);
  const subject = await subjectOf(session, options);
  const moment = momentOf(parameters, options, session.context.now());
  const standing = standingOf(parameters, subject, moment);
  const key = await subject.judgeKey(standing);
  const judgements = [
    ...subject.judgements,
    judgeTime(standing),
    ...(await numberJudgements(session, options, subject)),
    ...(key === undefined ? [] : [key.judgement]),
  ];
  const valid = judgements.every((judgement) => judgement.valid);
  return {
    exitCode: valid ? ExitCode.valid : ExitCode.invalid,
    json: statusJson({ valid, judgements, parameters, subject, standing }),
    warnings: key?.warnings ?? [],
    lines: (style) => [
      style.title(`${subject.name}: ${valid ? 'valid' : 'NOT valid'}`),
      ...judgements.map((judgement) => `  ${style.verdict(judgement.valid, judgement.words)}`),
      '',
      ...style.facts([
        ['clock', clockInWords(moment)],
        ['network', networkInWords(parameters)],
        ['slot', String(moment.slot)],
        ['KES period', String(standing.period)],
        ['evolution', evolutionInWords(standing)],
        ['remaining', leftInWords(standing)],
        ...certificateFacts(subject),
      ]),
    ],
  };
}

/** The checks of the numbers: of the certificate on chain, of the counter beside the certificate, of the counter on chain. */
async function numberJudgements(
  session: Session,
  { counter: path, onChain }: Options,
  subject: StatusSubject,
): Promise<Judgement[]> {
  const { sequenceNumber } = subject.certificate;
  const ofCertificate = onChain === undefined ? [] : [judgeNumberOnChain(sequenceNumber, onChain)];
  if (path === undefined) return ofCertificate;
  const counter = await readEnvelope(session, path, COUNTER);
  const beside = judgeCounter(path, counter, subject);
  const onTop =
    onChain === undefined || !beside.valid ? [] : [judgeCounterOnChain(counter.next, onChain)];
  return [...ofCertificate, beside, ...onTop];
}

/** The certificate of the options: from a file, or from an agent. */
async function subjectOf(session: Session, options: Options): Promise<StatusSubject> {
  const { cert, skey, agentControl: control, coldVkey } = options;
  if ((cert === undefined) === (control === undefined)) {
    throw new CommandError(
      'usage',
      'name one certificate: --cert <file>, or --agent-control <path> for the key of an agent',
    );
  }
  if (control !== undefined) {
    if (skey !== undefined) throw new CommandError('usage', '--skey needs --cert <file>');
    const { subjectOfAgent } = await import('../../agent/control/status.js');
    return subjectOfAgent(session, { control, coldVkey });
  }
  if (coldVkey !== undefined) {
    throw new CommandError('usage', '--cold-vkey needs --agent-control <path>');
  }
  return subjectOfFile(session, cert ?? '', skey);
}

async function subjectOfFile(
  session: Session,
  cert: string,
  skey: string | undefined,
): Promise<StatusSubject> {
  const file = await readEnvelope(session, cert, CERTIFICATE);
  return {
    ...file,
    name: sourceName(cert),
    judgements: [judgeSignature(file)],
    judgeKey: async ({ evolution }) =>
      skey === undefined ? undefined : judgeKey(skey, file, evolution),
  };
}

interface Found {
  readonly valid: boolean;
  readonly judgements: readonly Judgement[];
  readonly parameters: KesParameters;
  readonly subject: StatusSubject;
  readonly standing: Standing;
}

function statusJson({ valid, judgements, parameters, subject, standing }: Found): Json {
  const { moment, period, evolution, expiry, remainingPeriods, days } = standing;
  return {
    valid,
    checks: judgements.map((judgement) => ({ ...judgement })),
    clock: clockJson(moment),
    network: networkJson(parameters),
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
    certificate: certificateJson(subject),
  };
}
