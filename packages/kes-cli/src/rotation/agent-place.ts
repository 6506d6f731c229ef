/** A rotation whose keys are in an agent: the next key is staged there. */
import { existsSync } from 'node:fs';
import { hexOf, periodOfSlot, type IssuedCertificate } from '@evolock/cardano-kes';
import type { AgentInfo } from '@evolock/kes-agent';
import { AgentControl } from '../agent/control/agent-control.js';
import { periodWarnings } from '../agent/control/install.js';
import { judgeSignature } from '../certificates/certificate.js';
import { judgeTime, standingOf } from '../certificates/standing.js';
import { CommandError } from '../cli/errors.js';
import type { Session } from '../cli/session.js';
import { printable, shellWord } from '../cli/text.js';
import type { Beginning, KeyPlace } from './begin.js';
import { judgeReplacement } from './checks.js';
import { newAgentFiles, refuseForeignFiles, refuseForeignKey, type NewFiles } from './names.js';
import { keepVerificationKey } from './new-pair.js';
import { isKeyOf, refusePending } from './pending.js';

/** The place of the next key in an agent. */
export async function agentPlace(
  session: Session,
  control: string,
  beginning: Beginning,
): Promise<KeyPlace> {
  const { cert, old, parameters, moment, network } = beginning;
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
  const newCert = shellWord(files.cert);
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
    stepsAfter: () => [
      [
        'Install the key with its certificate:',
        `kes rotate --finish --agent-control ${shellWord(control)} --cert ${shellWord(cert)} --new-cert ${newCert} ${network}`,
      ],
    ],
  };
}

/** An agent without a key has lost it, or it is new. The next key is staged all the same. */
function refuseOtherKey(
  path: string,
  { installed }: AgentInfo,
  { cert, old: { certificate } }: Beginning,
): void {
  if (installed === undefined) return;
  if (hexOf(installed.verificationKey) === hexOf(certificate.hotVerificationKey)) return;
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
