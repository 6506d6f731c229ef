/** Keys in an agent: the next one is staged there, and installed with its certificate. */
import { existsSync } from 'node:fs';
import { type IssuedCertificate, periodOfSlot } from '@evolock/cardano-headers';
import { sameBytes } from '@evolock/direct-serialise/arguments';
import type { AgentInfo } from '@evolock/kes-agent';
import { AgentControl } from '../agent/control/agent-control.js';
import {
  installationOf,
  installStaged,
  judgeAtBoth,
  judgeNumberAt,
  periodWarnings,
} from '../agent/control/install.js';
import { certificateJson } from '../certificates/certificate.js';
import { allValid, type Answer } from '@evolock/command-line/answer';
import { invalid, usage } from '@evolock/command-line/errors';
import type { Session } from '@evolock/command-line/session';
import { printable, shellWord } from '@evolock/command-line/text';
import {
  type Beginning,
  type Ending,
  isKeyOf,
  judgeNext,
  type KeyStore,
  newFiles,
  type NewFiles,
  type NextKey,
  refuseForeignFiles,
  refuseForeignKey,
  refusePending,
  stepsToEnd,
} from './rotation.js';

export function keysInAgent(session: Session, control: string): KeyStore {
  const agent = AgentControl.of(session, { control });
  return {
    next: (beginning) => nextKey(agent, beginning),
    end: (ending) => endOf(agent, ending),
  };
}

async function nextKey(agent: AgentControl, beginning: Beginning): Promise<NextKey> {
  const { cert, parameters, moment } = beginning;
  const { path: control } = agent;
  const files = newFiles({ cert }, beginning);
  const state = await agent.ask((client) => client.info());
  refuseOtherKey(control, state, beginning);
  const { staged } = state;
  refusePending(beginning, {
    inUse: { cert },
    isUsable: ({ vkey }) => staged !== undefined && isKeyOf(vkey, staged),
    waysOut: () => `drop it, run: kes agent drop-staged-key --control ${shellWord(control)}`,
  });
  return {
    files,
    warnings: periodWarnings(state, periodOfSlot(parameters, moment.slot)),
    make: async () => {
      const key = staged ?? (await newKey(agent, files));
      refuseForeignKey(files, key);
      return key;
    },
    place: `staged in the agent ${printable(control)}`,
    json: { signingKeyFile: null, agentControl: control },
    // What hinders the installation, as a key of a higher number, is judged by the new answer.
    stepsAfter: (isIssuedHere) =>
      stepsToEnd(beginning, { cert: files.cert }, [
        isIssuedHere ? undefined : 'Ask the node again:',
        'Install the key with its certificate:',
      ]),
  };
}

/** An agent without a key has lost it, or it is new. The next key is staged all the same. */
function refuseOtherKey(
  control: string,
  { installed }: AgentInfo,
  { cert, old: { certificate } }: Beginning,
): void {
  if (installed === undefined) return;
  if (sameBytes(installed.verificationKey, certificate.hotVerificationKey)) return;
  throw invalid(
    `${printable(cert)}: it is not the certificate of the key that the agent ${printable(control)} holds: give that one`,
  );
}

function newKey(agent: AgentControl, files: NewFiles): Promise<Uint8Array> {
  const { vkey } = files;
  // The key of an interrupted rotation is gone when the agent was started again.
  if (existsSync(vkey)) {
    throw usage(
      `${printable(vkey)}: it exists already, and the agent has no staged key any more: a request or a certificate of that key is useless. Move the file and its request away, or choose other names by --name`,
    );
  }
  refuseForeignFiles(files);
  return agent.ask((client) => client.generate());
}

/** Checks the certificate, and installs the staged key with it. A run after the installation finds the key installed. */
async function endOf(agent: AgentControl, ending: Ending): Promise<Answer> {
  const { old, file, newCert, parameters, moment, network, onChain } = ending;
  const state = await agent.ask((client) => client.info());
  const time = judgeAtBoth(file, state, parameters, moment);
  const number = judgeNumberAt(state, {
    file,
    onChain,
    inUse: old.certificate.sequenceNumber,
    control: agent.path,
    parameters,
    out: newCert,
    network,
  });
  const isDone = isInstalled(file, state);
  const before = judgeNext(old, file, time.check);
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
