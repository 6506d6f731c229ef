// The functions of kes-agent with their arguments. One agent serves the clients of this process; it holds a key.
import { join } from 'node:path';
import { issueCertificate, mainnet, periodOfSlot, slotOfDate } from '@evolock/cardano-kes';
import { Agent, ControlClient, receiveKeys, SignClient } from '@evolock/kes-agent';
import { ed25519 } from '@evolock/kes-sum';
import { folder, kind, message, optionsOf } from './kinds.mjs';
import { keyOf, logged, secret } from './world.mjs';

/** @typedef {import('./kinds.mjs').Kind} Kind */
/** @typedef {import('./table.mjs').Entry} Entry */

const never = () => false;
/** A moment of mainnet, in milliseconds since 1970, and its period. */
const NOW = Date.parse('2026-01-01T00:00:00Z');
const PERIOD = periodOfSlot(mainnet, slotOfDate(mainnet, new Date(NOW)));
const TIMEOUT = 500;

const coldKey = keyOf(ed25519);
const coldVerificationKey = coldKey.deriveVerificationKey();
/** @param {Uint8Array} hotVerificationKey */
const certificateOf = (hotVerificationKey) =>
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

/** @type {Kind['accepts']} */
const withoutBadTime = (is) => is.badTime === undefined;
const clientOptions = optionsOf({ timeout: TIMEOUT }, withoutBadTime);
/** A client only stores an aborted signal. */
const storedOptions = optionsOf(
  { timeout: TIMEOUT },
  (is, /** @type {any} */ value) => withoutBadTime(is, value) || value.signal?.aborted === true,
);
/** Two answers are not compared: each has its own signature. */
const text = { ...message, name: 'message' };
const signOptions = optionsOf({ period: PERIOD }, (is) => is.badPeriod === undefined);
const path = (/** @type {string} */ to) =>
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

/**
 * @template {{ close: () => Promise<void> }} Closable
 * @param {(call: any) => Closable | Promise<Closable>} make
 */
const closable = (make) =>
  kind(
    'client or agent',
    async (call) => {
      const made = await make(call);
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
const given = (/** @type {() => object} */ make) => kind('options', make, never);

const slow = /** @type {const} */ ({ async: true, dear: true });

/** @type {Record<string, Entry>} */
export const kesAgent = {
  'Agent.start': { args: [given(agentOptions)], ...slow },
  'Agent#reload': {
    receiver: agent,
    args: [given(() => ({ coldVerificationKey, parameters: mainnet }))],
    ...slow,
  },
  'Agent#close': { receiver: agent, ...slow },
  'Agent#[nodejs.asyncDispose]': { receiver: agent, ...slow },
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
