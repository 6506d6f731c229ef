/** The end of a rotation in an agent: the staged key is installed, and the agent wipes the old one. */
import { sameBytes } from '@evolock/direct-serialise/arguments';
import type { IssuedCertificate } from '@evolock/cardano-kes';
import type { AgentInfo } from '@evolock/kes-agent';
import { AgentControl } from '../agent/control/agent-control.js';
import {
  installationOf,
  installStaged,
  judgeAtBoth,
  judgeNumberAt,
} from '../agent/control/install.js';
import { allValid, type Answer } from '../cli/answer.js';
import { CERTIFICATE, certificateJson, judgeSignature } from '../certificates/certificate.js';
import { onChainOf } from '../certificates/on-chain.js';
import type { Session } from '../cli/session.js';
import { readEnvelope } from '../files/read.js';
import { checkMoment, judgeReplacement, readOldCertificate } from './pairs.js';
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
): Promise<Answer> {
  const { control, cert, newCert, parameters, moment, network } = request;
  const old = await readOldCertificate(session, cert);
  checkMoment(request, old);
  const file = await readEnvelope(session, newCert, CERTIFICATE);
  const agent = AgentControl.of(session, { control });
  const state = await agent.ask((client) => client.info());
  const time = judgeAtBoth(file, state, parameters, moment);
  const number = judgeNumberAt(state, {
    file,
    onChain: await onChainOf(session, request, [old.certificate, file.certificate]),
    inUse: old.certificate.sequenceNumber,
    control,
    parameters,
    again: { file, out: newCert, network },
  });
  const isDone = isInstalled(file, state);
  const before = [judgeSignature(file), time.check, ...judgeReplacement(old, file)];
  const checks = isDone
    ? [...before, { valid: true, words: 'the agent has installed it' }]
    : await installStaged(agent, file, state, [...before, ...number.checks]);
  return {
    ...installationOf(newCert, file, checks),
    json: {
      finished: allValid(checks),
      erased: null,
      checks,
      certificate: certificateJson(file),
    },
    warnings: [...time.warnings, ...(isDone ? [] : number.warnings)],
  };
}

function isInstalled({ certificate }: IssuedCertificate, { installed }: AgentInfo): boolean {
  if (installed === undefined) return false;
  return (
    sameBytes(installed.verificationKey, certificate.hotVerificationKey) &&
    sameBytes(installed.signature, certificate.signature)
  );
}
