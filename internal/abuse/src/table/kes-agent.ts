// The arguments of the functions of kes-agent. One agent serves the clients of this process; it holds a key.
import { issueCertificate, mainnet, periodOfSlot, slotOfDate } from '@evolock/cardano-kes';
import { Agent, ControlClient, receiveKeys, SignClient } from '@evolock/kes-agent';
import { join } from 'node:path';
import { folder } from '../arguments/files-and-sockets.js';
import {
  given,
  isObject,
  kind,
  memberOf,
  message,
  optionsOf,
  slowly,
  text,
  type Kind,
  type Row,
} from '../arguments/kinds.js';
import { ed25519, keyOf, pooled, secret } from '../arguments/world.js';
import type { Call } from '../calls/call.js';

/** A moment of mainnet, in milliseconds since 1970, and its period. */
const NOW = Date.parse('2026-01-01T00:00:00Z');
const PERIOD = periodOfSlot(mainnet, slotOfDate(mainnet, new Date(NOW)));
const timeout = 500;

const coldKey = keyOf(ed25519);
const coldVerificationKey = coldKey.deriveVerificationKey();
const certificateOf = (hotVerificationKey: Uint8Array) =>
  issueCertificate(coldKey, { hotVerificationKey, sequenceNumber: 7n, startPeriod: PERIOD });

let agents = 0;
const agentOptions = () => {
  const home = join(folder, `agent-${(agents += 1)}`);
  return {
    service: join(home, 'service'),
    control: join(home, 'control'),
    sign: join(home, 'sign'),
    coldVerificationKey,
    parameters: mainnet,
    now: () => NOW,
  };
};
const shared = agentOptions();
const nowhere = join(folder, 'no-agent');

/** Starts the agent, which stays. Its key is installed, and another one is staged, so that no call changes how many it has. */
export async function startSharedAgent() {
  await Agent.start({ ...shared, limits: { signaturesPerSecond: 1_000_000 } });
  const operator = new ControlClient(shared.control);
  await operator.install(certificateOf(await operator.generate()));
  await operator.generate();
}

const receiveOptions = () => ({
  ...pooled,
  coldVerificationKey,
  parameters: mainnet,
  retry: { attempts: 0 },
});
/** A client only stores an aborted signal. */
const stored = optionsOf({ timeout }, 'time');
const storedOptions: Kind = {
  ...stored,
  accepts: (is, value) =>
    stored.accepts(is, value) ||
    (memberOf(value, 'signal') as AbortSignal | undefined)?.aborted === true,
};

const closable = (make: () => Promise<{ close: () => Promise<void> }>) =>
  slowly(
    kind('client or agent', async (call: Call) => {
      const made = await make();
      call.atEnd(() => made.close());
      return made;
    }),
  );
const control = (path: string) =>
  slowly(kind('client', () => new ControlClient(path, { timeout })));
/** A command that changes how much memory the shared agent holds goes to no agent. */
const lonely = { receiver: control(nowhere), refuses: true } as const;

export const agentReceivers: Record<string, Kind> = {
  Agent: closable(() => Agent.start(agentOptions())),
  ServiceClient: closable(() => Promise.resolve(receiveKeys(nowhere, receiveOptions()))),
  SignClient: closable(() => SignClient.connect(shared.sign, { timeout })),
  ControlClient: control(shared.control),
};

export const kesAgent: Record<string, Row> = {
  'Agent.start': { args: [given(agentOptions)], slow: true },
  'Agent#reload': [given(agentOptions)],
  defaultSocketPath: [
    kind('protocol', () => 'control'),
    kind(
      'environment',
      () => ({ XDG_RUNTIME_DIR: folder }),
      (_, value) => isObject(value),
    ),
  ],
  receiveKeys: { args: [text(nowhere), given(receiveOptions)], slow: true },
  // No agent sends a key.
  'ServiceClient#ready': { args: [optionsOf({}, 'time')], refuses: true },
  'new ServiceClient': { args: [text(nowhere), given(receiveOptions)], slow: true },
  'new ControlClient': [text(shared.control), storedOptions],
  'ControlClient#dropStaged': lonely,
  'ControlClient#drop': lonely,
  'ControlClient#install': { args: [given(() => certificateOf(secret(32)))], refuses: true },
  'SignClient.connect': {
    args: [text(shared.sign), optionsOf({ timeout }, 'time')],
    slow: true,
  },
  // Two answers are not compared: each has its own signature.
  'SignClient#sign': [{ ...message, name: 'message' }, optionsOf({ period: PERIOD }, 'period')],
};
