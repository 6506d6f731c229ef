/** The end of a rotation in an agent: the staged key is installed, and the agent wipes the old one. */
import { hexOf } from '@evolock/cardano-kes';
import type { IssuedCertificate } from '@evolock/cardano-kes';
import type { AgentInfo } from '@evolock/kes-agent';
import { AgentControl } from '../agent/control/agent-control.js';
import { answerOf, judgeAtBoth, judgeNumberAt, judgeStaged } from '../agent/control/install.js';
import {
  CERTIFICATE,
  certificateFacts,
  certificateJson,
  judgeSignature,
  type Judgement,
} from '../certificates/certificate.js';
import { onChainOf } from '../certificates/on-chain.js';
import { ExitCode } from '../cli/errors.js';
import type { Outcome, Session } from '../cli/session.js';
import { sourceName } from '../cli/text.js';
import { readEnvelope } from '../files/read.js';
import { judgeReplacement } from './checks.js';
import { readOldCertificate } from './old-pair.js';
import type { Rotation } from './rotation.js';

/** A rotation in an agent, and the new certificate. */
export interface AgentFinishRequest extends Rotation {
  readonly control: string;
  readonly newCert: string;
}

/** Checks the certificate, and installs the staged key with it. A run after the installation finds the key installed. */
export async function finishInAgent(
  session: Session,
  request: AgentFinishRequest,
): Promise<Outcome> {
  const { control, cert, newCert, parameters, moment, network } = request;
  const old = await readOldCertificate(session, cert);
  const file = await readEnvelope(session, newCert, CERTIFICATE);
  const agent = AgentControl.of(session, { control });
  const state = await agent.ask((client) => client.info());
  const time = judgeAtBoth(file, state, parameters, moment);
  const number = judgeNumberAt(state, {
    file,
    onChain: await onChainOf(session, request, [old.certificate, file.certificate]),
    inUse: old.certificate.sequenceNumber,
    control,
    again: { file, out: newCert, network },
  });
  const isDone = isInstalled(file, state);
  const before = [
    judgeSignature(file),
    time.judgement,
    ...judgeReplacement(old, file),
    ...(isDone ? [] : number.checks),
  ];
  const checks = isDone
    ? [...before, { valid: true, words: 'the agent has installed it' }]
    : [...before, ...(await install(agent, file, state, before))];
  const valid = checks.every((check) => check.valid);
  return {
    exitCode: valid ? ExitCode.valid : ExitCode.invalid,
    warnings: [...time.warnings, ...(isDone ? [] : number.warnings)],
    json: {
      finished: valid,
      erased: null,
      checks: checks.map((check) => ({ ...check })),
      certificate: certificateJson(file),
    },
    lines: (style) => [
      style.title(`${sourceName(newCert)}: ${valid ? 'installed' : 'NOT installed'}`),
      ...checks.map((check) => `  ${style.verdict(check.valid, check.words)}`),
      '',
      ...style.facts(certificateFacts(file)),
    ],
  };
}

function isInstalled({ certificate }: IssuedCertificate, { installed }: AgentInfo): boolean {
  if (installed === undefined) return false;
  return (
    hexOf(installed.verificationKey) === hexOf(certificate.hotVerificationKey) &&
    hexOf(installed.signature) === hexOf(certificate.signature)
  );
}

async function install(
  agent: AgentControl,
  file: IssuedCertificate,
  state: AgentInfo,
  before: readonly Judgement[],
): Promise<Judgement[]> {
  const staged = judgeStaged(file, state);
  const valid = [...before, staged].every((check) => check.valid);
  const end = valid
    ? await answerOf(agent, file)
    : { valid, words: 'nothing was sent to the agent; its keys stay' };
  return [staged, end];
}
