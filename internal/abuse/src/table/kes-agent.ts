// The functions of kes-agent with their arguments. One agent serves the clients of this process; it holds a key.
import { join } from 'node:path';
import { issueCertificate, mainnet, periodOfSlot, slotOfDate } from '@evolock/cardano-kes';
import { Agent, ControlClient, receiveKeys, SignClient } from '@evolock/kes-agent';
import { ed25519 } from '@evolock/kes-sum';
import {
  folder,
  kind,
  memberOf,
  message,
  optionsOf,
  type Kind,
  type Entry,
} from '../arguments/kinds.js';
import { keyOf, logged, secret } from '../arguments/world.js';
import type { Call, Closable } from '../calls/call.js';

const never = () => false;
/** A moment of mainnet, in milliseconds since 1970, and its period. */
const NOW = Date.parse('2026-01-01T00:00:00Z');
const PERIOD = periodOfSlot(mainnet, slotOfDate(mainnet, new Date(NOW)));
const TIMEOUT = 500;

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

/** Starts the agent, which stays. Its key is installed, and another one is staged, so that no call changes how many it has. */
export async function startSharedAgent() {
  await Agent.start({ ...shared, limits: { signaturesPerSecond: 1_000_000 } });
  const control = new ControlClient(shared.control);
  await control.install(certificateOf(await control.generate()));
  await control.generate();
}

const withoutBadTime: Kind['accepts'] = (is) => is.badTime === undefined;
const clientOptions = optionsOf({ timeout: TIMEOUT }, withoutBadTime);
/** A client only stores an aborted signal. */
const storedOptions = optionsOf({ timeout: TIMEOUT }, (is, value) => {
  const signal = is.badTime === true ? memberOf(value, 'signal') : undefined;
  return withoutBadTime(is, value) || (signal instanceof AbortSignal && signal.aborted);
});
/** Two answers are not compared: each has its own signature. */
const text = { ...message, name: 'message' };
const signOptions = optionsOf({ period: PERIOD }, (is) => is.badPeriod === undefined);
const path = (to: string) =>
  kind(
    'path',
    () => to,
    (is) => is.text !== undefined,
  );
const receiveOptions = () => ({
  ...logged,
  coldVerificationKey,
  parameters: mainnet,
  retry: { attempts: 0 },
});

const closable = (make: () => Closable | Promise<Closable>) =>
  kind(
    'client or agent',
    async (call: Call) => {
      const made = await make();
      call.closables.push(made);
      return made;
    },
    never,
  );
const client = closable(() => receiveKeys(join(folder, 'no-agent'), receiveOptions()));
const agent = closable(() => Agent.start(agentOptions()));
const signer = closable(() => SignClient.connect(shared.sign, { timeout: TIMEOUT }));
const control = kind(
  'client',
  () => new ControlClient(shared.control, { timeout: TIMEOUT }),
  never,
);
/** A command that changes how much memory the shared agent holds goes to no agent. */
const lonely = kind('client', () => new ControlClient(join(folder, 'no-agent')), never);
const given = (make: () => object) => kind('options', make, never);

const slow = { async: true, slow: true } as const;

export const kesAgent: Record<string, Entry> = {
  'Agent.start': { args: [given(agentOptions)], ...slow },
  'Agent#reload': {
    receiver: agent,
    args: [given(agentOptions)],
    ...slow,
  },
  'Agent#close': { receiver: agent, ...slow },
  'Agent#[nodejs.asyncDispose]': { receiver: agent, ...slow },
  defaultSocketPath: {
    args: [
      kind('protocol', () => 'control', never),
      kind(
        'environment',
        () => ({ XDG_RUNTIME_DIR: folder }),
        ({ object }) => object === true,
      ),
    ],
  },
  receiveKeys: { args: [path(join(folder, 'no-agent')), given(receiveOptions)], ...slow },
  'new ServiceClient': { args: [path(join(folder, 'no-agent')), given(receiveOptions)], ...slow },
  'ServiceClient#current': { receiver: client, ...slow },
  'ServiceClient#close': { receiver: client, ...slow },
  'ServiceClient#[nodejs.asyncDispose]': { receiver: client, ...slow },
  'ServiceClient#[Symbol.asyncIterator]': { receiver: client, ...slow },
  'new ControlClient': { args: [path(shared.control), storedOptions] },
  'ControlClient#generate': { receiver: control, ...slow },
  'ControlClient#exportStaged': { receiver: control, ...slow },
  'ControlClient#info': { receiver: control, ...slow },
  'ControlClient#dropStaged': { receiver: lonely, refuses: true, ...slow },
  'ControlClient#drop': { receiver: lonely, refuses: true, ...slow },
  'ControlClient#install': {
    receiver: control,
    args: [given(() => certificateOf(secret(32)))],
    refuses: true,
    ...slow,
  },
  'SignClient.connect': { args: [path(shared.sign), clientOptions], ...slow },
  'SignClient#sign': { receiver: signer, args: [text, signOptions], ...slow },
  'SignClient#close': { receiver: signer, ...slow },
  'SignClient#[nodejs.asyncDispose]': { receiver: signer, ...slow },
};
