/** `kes agent install-key`: checks a certificate against the agent before it is sent. */
import {
  hexOf,
  type IssuedCertificate,
  kesParameters,
  type KesParameters,
  periodOfSlot,
  slot,
} from '@evolock/cardano-headers';
import { sameBytes } from '@evolock/direct-serialise/arguments';
import type { AgentInfo } from '@evolock/kes-agent';
import { sum6Kes } from '@evolock/kes-sum';
import {
  CERTIFICATE,
  certificateFacts,
  certificateJson,
  judgeSignature,
  judgeTime,
  lifeAt,
} from '../../certificates/certificate.js';
import { type IssuingAgain, judgeNumber, numberChecks } from '../../certificates/number.js';
import {
  type NumberedCertificate,
  ON_CHAIN,
  onChainOf,
  type OnChainOptions,
  wayToAsk,
} from '../../certificates/on-chain.js';
import { allValid, type Answer, type Check } from '@evolock/command-line/answer';
import type { Definition } from '@evolock/command-line/command';
import { usage } from '@evolock/command-line/errors';
import type { Session } from '@evolock/command-line/session';
import { shellWord, sourceName } from '@evolock/command-line/text';
import { readEnvelope } from '../../files/read.js';
import { keyChecks } from '../../files/key-files.js';
import type { Judgement } from '../../certificates/signing-key-file.js';
import type { Moment } from '../../network/clock.js';
import {
  NETWORK,
  networkArguments,
  type NetworkOptions,
  placeIfNamed,
} from '../../network/network.js';
import { AgentControl, CONTROL, type ControlFlags, isRefusal } from './agent-control.js';
import { isBeforeNetwork } from './info.js';

export const installCommand: Definition = {
  text: `
    Installs the staged key with its certificate: the agent hands it to every node from then on. Before the certificate is sent, this checks that its cold key signed it (and is that of --cold-vkey), that it is for the staged key, that the network accepts its number by --on-chain or, without it, that it is that of the installed key or one more, and that the KES period is in its range: by the period that the agent states and, with --network or --genesis, by the clock of this machine. When a check fails, nothing is sent, and the staged key stays.

    --opcert, --cert <file>  the certificate, or - for standard input
    --cold-vkey <key>        the cold verification key that it must name: a file, -, hexadecimal digits, or bech32

    # Check the certificate and install the key
    $ kes agent install-key --control /run/kes-agent/control.socket --cert node.cert --network mainnet`,
  aliases: { '--opcert-file <file>': 'cert' },
  options: [CONTROL, ON_CHAIN, ...NETWORK],
  work: installKey,
};

interface InstallFlags extends ControlFlags, NetworkOptions, OnChainOptions {
  readonly cert?: string;
  readonly coldVkey?: string;
}

async function installKey(session: Session, flags: InstallFlags): Promise<Answer> {
  const { cert, coldVkey } = flags;
  if (cert === undefined) throw usage('give the certificate: --cert <file>');
  const file = await readEnvelope(session, cert, CERTIFICATE);
  const coldKey = await keyChecks(session, '--cold-vkey', coldVkey, file.coldVerificationKey);
  const agent = AgentControl.of(session, flags);
  const state = await agent.ask((client) => client.info());
  const at = await placeIfNamed(session, flags);
  const time =
    at === undefined
      ? { check: judgeByAgent(file, state), warnings: [] }
      : judgeAtBoth(file, state, at.parameters, at.moment);
  const number = judgeNumberAt(state, {
    file,
    onChain: await onChainOf(session, flags, {
      certificates: [file.certificate, ...certificateIn(state)],
      coldVerificationKey: file.coldVerificationKey,
      at,
    }),
    control: agent.path,
    parameters: at?.parameters,
    out: cert,
    network: at === undefined ? undefined : networkArguments(session, flags),
  });
  const checks = await installStaged(agent, file, state, [
    judgeSignature(file),
    ...coldKey,
    time.check,
    ...number.checks,
  ]);
  return {
    ...installationOf(cert, file, checks),
    json: { installed: allValid(checks), checks, ...certificateJson(file) },
    warnings: [...time.warnings, ...number.warnings],
  };
}

function certificateIn({ installed }: AgentInfo): NumberedCertificate[] {
  if (installed === undefined) return [];
  return [{ sequenceNumber: installed.counter, startPeriod: installed.startPeriod }];
}

/** Installs the staged key with its certificate when every check is passed. Returns all checks, with the answer. */
export async function installStaged(
  agent: AgentControl,
  file: IssuedCertificate,
  state: AgentInfo,
  before: readonly Check[],
): Promise<readonly Check[]> {
  const checks = [judgeStaged(file, state), ...before];
  if (allValid(checks)) return [...checks, await installIn(agent, file)];
  const stays = state.staged === undefined ? '' : '; its staged key stays';
  return [...checks, { valid: false, words: `nothing was sent to the agent${stays}` }];
}

export function installationOf(
  path: string,
  file: IssuedCertificate,
  checks: readonly Check[],
): Pick<Answer, 'result' | 'checks' | 'facts'> {
  return {
    result: `${sourceName(path)}: ${allValid(checks) ? 'installed' : 'NOT installed'}`,
    checks,
    facts: certificateFacts(file),
  };
}

function judgeStaged({ certificate }: IssuedCertificate, { staged, installed }: AgentInfo): Check {
  const key = certificate.hotVerificationKey;
  if (staged !== undefined && sameBytes(staged, key)) {
    return { valid: true, words: 'it is for the staged key' };
  }
  const isInstalled = installed !== undefined && sameBytes(installed.verificationKey, key);
  if (isInstalled) return { valid: false, words: 'it is for the key that is installed already' };
  return {
    valid: false,
    words:
      staged === undefined
        ? 'the agent has no staged key, so this certificate is useless there: stage a key by kes agent gen-staged-key, and issue its certificate'
        : `it is not for the staged key, which is ${hexOf(staged)}`,
  };
}

/** What is known beside an agent when the number of a new certificate is judged. */
interface NumberFacts extends IssuingAgain {
  readonly file: IssuedCertificate;
  /** The number of the certificate in use, if that is known. */
  readonly inUse?: bigint;
  readonly control: string;
  readonly parameters: KesParameters | undefined;
}

/**
 * Judges the number: by the chain alone where the last number there is known. Otherwise beside the installed key, whose
 * number need not be on chain, or the certificate in use. An agent refuses a number that is lower than that of its key.
 */
export function judgeNumberAt(
  { installed }: AgentInfo,
  facts: NumberFacts,
): { readonly checks: readonly Check[]; readonly warnings: readonly string[] } {
  const { onChain, inUse, control, parameters, out } = facts;
  const { sequenceNumber: number } = facts.file.certificate;
  const held = installed?.counter;
  const beside = held ?? inUse;
  const rule = judgeNumber(number, { onChain, inUse: beside });
  const { verdict, words } = rule;
  if (verdict === 'refused') {
    return { checks: numberChecks(rule, facts), warnings: [] };
  }
  if (verdict === 'accepted') {
    const isKept = held !== undefined && number < held;
    const drop = `. The agent keeps the key of the higher number, ${held}: to drop it, run: kes agent drop-key --control ${shellWord(control)}; then run this command again`;
    return {
      checks: [{ valid: !isKept, words: `${words}${isKept ? drop : ''}` }],
      warnings: [],
    };
  }
  if (beside === undefined) return { checks: [], warnings: [] };
  if (rule.isDoubtful) {
    const asking = wayToAsk(parameters, facts.file.coldVerificationKey, out);
    return { checks: [{ valid: false, words: `${words}. ${asking}` }], warnings: [] };
  }
  const relation = number === beside ? 'that' : 'one more than that';
  return {
    checks: [{ valid: true, words: `its number ${number} is ${relation} of the key in use` }],
    warnings: number === beside ? [] : [words],
  };
}

/** Whether the certificate is valid by the clock of this machine, and by the KES period that the agent states. */
export function judgeAtBoth(
  file: IssuedCertificate,
  state: AgentInfo,
  parameters: KesParameters,
  moment: Moment,
): Judgement {
  const warnings = periodWarnings(state, periodOfSlot(parameters, moment.slot));
  const check = judgeTime(lifeAt(parameters, file, moment));
  const ofAgent = judgeByAgent(file, state);
  if (!check.valid || ofAgent.valid) return { check, warnings };
  const words = `by the KES period of the agent, ${state.period}: ${ofAgent.words}`;
  return { check: { valid: false, words }, warnings };
}

/** Warns of an agent that counts another KES period than this machine. */
export function periodWarnings({ period }: AgentInfo, own: bigint): string[] {
  if (own === period) return [];
  return [
    `the agent counts KES period ${period}, and by the clock of this machine it is ${own}: the agent has another network or clock, or counts wrongly`,
  ];
}

/** An agent that counts another period may install the key and then drop it as expired. */
function judgeByAgent(file: IssuedCertificate, state: AgentInfo): Check {
  if (isBeforeNetwork(state)) {
    return { valid: false, words: 'the clock of the agent is before the start of its network' };
  }
  const moment: Moment = { clock: 'slot', slot: slot(state.period), date: undefined };
  return judgeTime(lifeAt(ONE_SLOT_A_PERIOD, file, moment));
}

/** The agent does not state its network: a slot stands for a period, and the algorithm limits the evolutions. */
const ONE_SLOT_A_PERIOD = kesParameters({
  slotsPerKesPeriod: 1n,
  maxKesEvolutions: sum6Kes.totalPeriods,
});

/** Sends the certificate. A refusal by the agent is a judgement. */
async function installIn(agent: AgentControl, { certificate }: IssuedCertificate): Promise<Check> {
  try {
    await agent.ask((client) => client.install(certificate));
    return { valid: true, words: 'the agent installed the key' };
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return { valid: false, words: error.message };
  }
}
