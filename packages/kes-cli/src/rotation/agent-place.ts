/** A rotation whose keys are in an agent: the next key is staged there. */
import { sameBytes } from '@evolock/direct-serialise/arguments';
import { existsSync } from 'node:fs';
import { periodOfSlot, type IssuedCertificate } from '@evolock/cardano-kes';
import type { AgentInfo } from '@evolock/kes-agent';
import { AgentControl } from '../agent/control/agent-control.js';
import { dropCommand, periodWarnings } from '../agent/control/install.js';
import { judgeSignature } from '../certificates/certificate.js';
import { judgeNumber } from '../certificates/number.js';
import { judgeTime, standingOf } from '../certificates/standing.js';
import { CommandError } from '../cli/errors.js';
import type { Session } from '../cli/session.js';
import { printable, shellWord } from '../cli/text.js';
import type { Beginning, KeyPlace } from './begin.js';
import { judgeReplacement } from './pairs.js';
import {
  keepVerificationKey,
  newAgentFiles,
  refuseForeignFiles,
  refuseForeignKey,
  type NewFiles,
} from './new-files.js';
import { isKeyOf, refusePending } from './pending.js';
import { stepsToFinish, type Step } from './rotation.js';

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
          judgeTime(standingOf(parameters, file, moment)),
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
