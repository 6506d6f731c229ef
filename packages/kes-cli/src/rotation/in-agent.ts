/** A rotation whose keys are in an agent: the next key is staged there, and installed with its certificate. */
import { existsSync } from 'node:fs';
import { type IssuedCertificate, periodOfSlot } from '@evolock/cardano-kes';
import { sameBytes } from '@evolock/direct-serialise/arguments';
import type { AgentInfo } from '@evolock/kes-agent';
import { AgentControl } from '../agent/control/agent-control.js';
import {
  dropCommand,
  installationOf,
  installStaged,
  judgeAtBoth,
  judgeNumberAt,
  periodWarnings,
} from '../agent/control/install.js';
import { CERTIFICATE, certificateJson, judgeSignature } from '../certificates/certificate.js';
import { judgeNumber } from '../certificates/number.js';
import { onChainOf } from '../certificates/on-chain.js';
import { judgeTime, lifeAt } from '../certificates/life-at.js';
import { allValid, type Answer } from '../cli/answer.js';
import { CommandError } from '../cli/errors.js';
import type { Session } from '../cli/session.js';
import { printable, shellWord } from '../cli/text.js';
import { readEnvelope } from '../files/read.js';
import type { Beginning, KeyPlace } from './begin.js';
import {
  keepVerificationKey,
  newAgentFiles,
  type NewFiles,
  refuseForeignFiles,
  refuseForeignKey,
} from './new-files.js';
import {
  checkMoment,
  judgeReplacement,
  readOldCertificate,
  type Rotation,
  type Step,
  stepsToFinish,
} from './rotation.js';
import { isKeyOf, refusePending } from './pending.js';

/** The place of the next key in an agent. */
export async function agentPlace(
  session: Session,
  control: string,
  beginning: Beginning,
): Promise<KeyPlace> {
  const { cert, old, parameters, moment } = beginning;
  const files = newAgentFiles(cert, beginning);
  const agent = AgentControl.of(session, { control });
  const state = await agent.ask((client) => client.info());
  refuseOtherKey(agent.path, state, beginning);
  const { staged } = state;
  refusePending(beginning, {
    inUse: cert,
    own: files.vkey,
    isUsable: (vkey) => staged !== undefined && isKeyOf(vkey, staged),
    dropping: () => `kes agent drop-staged-key --control ${shellWord(control)}`,
  });
  return {
    files,
    warnings: periodWarnings(state, periodOfSlot(parameters, moment.slot)),
    makeKey: async () => {
      const key = staged ?? (await newKey(agent, files));
      refuseForeignKey(files.vkey, key);
      keepVerificationKey(files.vkey, key);
      return key;
    },
    fact: ['signing key', `staged in the agent ${printable(agent.path)}`],
    json: { signingKeyFile: null, agentControl: control },
    judge: (file: IssuedCertificate) =>
      Promise.resolve({
        checks: [
          judgeSignature(file),
          judgeTime(lifeAt(parameters, file, moment)),
          ...judgeReplacement(old, file),
        ],
        warnings: [],
      }),
    stepsAfter: () => {
      const steps = stepsToFinish(beginning, {
        asking: 'Ask the node for the last number on chain:',
        ending: 'Install the key with its certificate:',
        inUse: `--agent-control ${shellWord(control)}`,
        newCert: files.cert,
      });
      // The node is without a key for a short time.
      steps.splice(-1, 0, ...dropSteps(beginning, state, control));
      return steps;
    },
  };
}

/** An agent keeps the key of the higher number: where the right number is lower, its key is dropped. */
function dropSteps(
  { onChainNumber }: Beginning,
  { installed }: AgentInfo,
  control: string,
): Step[] {
  if (onChainNumber === undefined || installed === undefined) return [];
  const { right = 0n } = judgeNumber(installed.counter, { onChain: onChainNumber });
  if (right >= installed.counter) return [];
  return [
    [
      `Drop the key of number ${installed.counter}: the agent keeps the key of the higher number.`,
      dropCommand(control),
      'Until the next key is installed, the node has none.',
    ],
  ];
}

/** An agent without a key has lost it, or it is new. The next key is staged all the same. */
function refuseOtherKey(
  path: string,
  { installed }: AgentInfo,
  { cert, old: { certificate } }: Beginning,
): void {
  if (installed === undefined) return;
  if (sameBytes(installed.verificationKey, certificate.hotVerificationKey)) return;
  throw new CommandError(
    'invalid',
    `${printable(cert)}: it is not the certificate of the key that the agent ${printable(path)} holds: give that one`,
  );
}

function newKey(agent: AgentControl, files: NewFiles): Promise<Uint8Array> {
  refuseLostKey(files.vkey);
  refuseForeignFiles(files);
  return agent.ask((client) => client.generate());
}

/** The key of an interrupted rotation is gone when the agent was started again. */
function refuseLostKey(vkey: string): void {
  if (!existsSync(vkey)) return;
  throw new CommandError(
    'usage',
    `${printable(vkey)}: it exists already, and the agent has no staged key any more: a request or a certificate of that key is useless. Move the file and its request away, or choose other names by --name`,
  );
}

/** A rotation in an agent, and the new certificate. */
interface AgentFinishRequest extends Rotation {
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
