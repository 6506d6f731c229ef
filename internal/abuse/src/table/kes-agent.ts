// The arguments of the functions of kes-agent. One agent serves the clients of this process; it holds a key.
import { mainnet, periodOfSlot, slotOfDate } from '@evolock/cardano-headers';
import { issueCertificate } from '@evolock/cardano-kes';
import { Agent, ControlClient, receiveKeys, SignClient } from '@evolock/kes-agent';
import { join } from 'node:path';
import { folder } from '../arguments/files-and-sockets.js';
import * as arg from '../arguments/kinds.js';
import { ed25519, keyOf, pooled, secret } from '../arguments/world.js';
import type { Call } from '../calls/call.js';

/** A moment of mainnet, in milliseconds since 1970, and its period. */
const NOW = Date.parse('2026-01-01T00:00:00Z');
const PERIOD = periodOfSlot(mainnet, slotOfDate(mainnet, new Date(NOW)));
/** Seconds. */
const timeout = 0.5;

const coldKey = keyOf(ed25519);
const coldVerificationKey = coldKey.deriveVerificationKey();
const certificateOf = (hotVerificationKey: Uint8Array) =>
  issueCertificate(coldKey, { hotVerificationKey, sequenceNumber: 7n, startPeriod: PERIOD });

let agents = 0;
const configuration = () => {
  const home = join(folder, `agent-${(agents += 1)}`);
  return {
    service: join(home, 'service'),
    control: join(home, 'control'),
    sign: join(home, 'sign'),
    coldVerificationKey,
    parameters: mainnet,
  };
};
const agentOptions = () => ({ ...configuration(), now: () => new Date(NOW) });
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
const stored = arg.optionsOf({ timeout }, 'signal', 'retry');
const storedOptions: arg.Kind = {
  ...stored,
  accepts: (value) =>
    stored.accepts(value) ||
    (arg.memberOf(value, 'signal') as AbortSignal | undefined)?.aborted === true,
};

const closable = (make: () => Promise<{ close: () => Promise<void> }>) =>
  arg.slowly(
    arg.kind('client or agent', async (call: Call) => {
      const made = await make();
      call.atEnd(() => made.close());
      return made;
    }),
  );
const control = (path: string) =>
  arg.slowly(arg.kind('client', () => new ControlClient(path, { timeout })));
/** A command that changes how much memory the shared agent holds goes to no agent. */
const lonely = { receiver: control(nowhere), refuses: true } as const;

export const agentReceivers: Record<string, arg.Kind> = {
  Agent: closable(() => Agent.start(agentOptions())),
  ServiceClient: closable(() => Promise.resolve(receiveKeys(nowhere, receiveOptions()))),
  SignClient: closable(() => SignClient.connect(shared.sign, { timeout })),
  ControlClient: control(shared.control),
};

export const kesAgent: Record<string, arg.Row> = {
  'Agent.start': { args: [arg.required(agentOptions)], slow: true },
  'Agent#reload': [arg.required(configuration)],
  defaultSocketPath: [
    arg.kind('protocol', () => 'control'),
    arg.kind(
      'environment',
      () => ({ XDG_RUNTIME_DIR: folder }),
      (value) => arg.isObject(value),
    ),
  ],
  receiveKeys: { args: [arg.text(nowhere), arg.required(receiveOptions)], slow: true },
  // No agent sends a key.
  'ServiceClient#ready': { args: [arg.optionsOf({}, 'signal')], refuses: true },
  'new ServiceClient': { args: [arg.text(nowhere), arg.required(receiveOptions)], slow: true },
  'new ControlClient': [arg.text(shared.control), storedOptions],
  'ControlClient#dropStaged': lonely,
  'ControlClient#drop': lonely,
  'ControlClient#install': { args: [arg.given(() => certificateOf(secret(32)))], refuses: true },
  'SignClient.connect': {
    args: [
      arg.text(shared.sign),
      arg.optionsOf({ timeout }, 'signal', 'retry', 'coldVerificationKey'),
    ],
    slow: true,
  },
  // Two answers are not compared: each has its own signature.
  'SignClient#sign': [{ ...arg.message, name: 'message' }, arg.optionsOf({ period: PERIOD })],
};
