import { once } from 'node:events';
import { existsSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { dirname, join } from 'node:path';
import { kesParameters } from '@evolock/cardano-kes';
import { sum6Kes } from '@evolock/kes-sum';
import { describe, expect, onTestFinished, test } from 'vitest';
import { Agent, type AgentEvent, type AgentOptions } from '../../src/index.js';
import { receiveKeys } from '../../src/client/service-client.js';
import { Channel } from '../../src/sockets/channel.js';
import {
  controlVersions,
  encodeCommand,
  readInfo,
  readMaybeKey,
  readResult16,
  type AgentInfo,
  type ControlCommand,
} from '../../src/wire/control.js';
import { encodeChoice, encodeIdentifier, readOffer } from '../../src/wire/handshake.js';
import { encodeSignRequest, readSignAnswer } from '../../src/wire/sign.js';
import { connected } from '../support/clients/plain-client.js';
import { network, TestClock, TestPool } from '../support/pool.js';
import { folder } from '../support/sockets.js';

const pool = new TestPool();
const message = new TextEncoder().encode('a message');

/** An agent in a folder of its own, and its events. */
async function startAgent(clock: TestClock, options: Partial<AgentOptions> = {}) {
  const home = folder();
  const events: AgentEvent[] = [];
  const paths = {
    service: join(home, 'a', 'service'),
    control: join(home, 'a', 'control'),
    sign: join(home, 'a', 'sign'),
  };
  const configuration = {
    ...paths,
    coldVerificationKey: pool.coldVerificationKey,
    parameters: network,
  };
  const agent = await Agent.start({
    ...configuration,
    now: clock.now,
    monotonic: clock.monotonic,
    log: (event) => events.push(event),
    ...options,
  });
  onTestFinished(() => agent.close());
  return { agent, events, configuration, ...paths };
}

/** A plain client, after the handshake. */
async function open(path: string, version: string): Promise<Channel> {
  const socket = connect(path);
  await once(socket, 'connect');
  const channel = new Channel(socket, { timeout: 60_000 });
  onTestFinished(() => channel.destroy());
  await readOffer(channel);
  await channel.write(encodeChoice(version));
  await channel.write(encodeIdentifier(version));
  return channel;
}

async function control(path: string, command: ControlCommand): Promise<Channel> {
  const channel = await open(path, controlVersions[0]);
  await channel.write(encodeCommand(command));
  return channel;
}

/** Stages a key and installs it. */
async function install(path: string, { counter = 0, start = 0 } = {}): Promise<void> {
  const verificationKey = await readMaybeKey(await control(path, { command: 'generate' }));
  if (verificationKey === undefined) throw new Error('no staged key');
  const certificate = pool.certify(verificationKey, { counter, start });
  const answer = await control(path, { command: 'install', certificate });
  expect(await readResult16(answer)).toBe('ok');
}

async function infoOf(path: string): Promise<AgentInfo> {
  return readInfo('Control:3.0', await control(path, { command: 'info' }));
}

/** The next error that nothing catches, which does not fail the test. */
function uncaughtError(): Promise<unknown> {
  const others = process.listeners('uncaughtException');
  for (const other of others) process.off('uncaughtException', other);
  onTestFinished(() => {
    for (const other of others) process.on('uncaughtException', other);
  });
  return new Promise((resolve) => process.once('uncaughtException', resolve));
}

function clientOf(path: string, clock: TestClock) {
  const client = receiveKeys(path, {
    coldVerificationKey: pool.coldVerificationKey,
    parameters: network,
    now: clock.now,
    monotonic: clock.monotonic,
  });
  onTestFinished(() => client.close());
  return client;
}

describe('an agent', () => {
  test('hands a key to a client that waits, and to one that comes later', async () => {
    const clock = new TestClock(3);
    const { control: path, service } = await startAgent(clock);
    const early = clientOf(service, clock);
    const first = once(early, 'key');
    await install(path, { start: 2 });
    await first;
    const late = clientOf(service, clock);
    await once(late, 'key');
    for (const client of [early, late]) {
      const held = client.current();
      const signature = held?.signingKey.sign(message);
      expect(held?.signingKey.period).toBe(1);
      const { hotVerificationKey = new Uint8Array() } = held?.certificate ?? {};
      expect(sum6Kes.verify(hotVerificationKey, 1, message, signature ?? new Uint8Array())).toBe(
        true,
      );
    }
  });

  test('sends its clients a newer key and a drop', async () => {
    const clock = new TestClock(3);
    const { control: path, service } = await startAgent(clock);
    await install(path, { start: 3 });
    const client = clientOf(service, clock);
    await once(client, 'key');
    const second = once(client, 'key');
    await install(path, { counter: 1, start: 3 });
    await second;
    expect(client.current()?.certificate.sequenceNumber).toBe(1n);
    const dropped = once(client, 'drop');
    expect(await readResult16(await control(path, { command: 'drop' }))).toBe('ok');
    await dropped;
    expect(client.current()).toBeUndefined();
  });

  test('signs through the sign socket, and says why it does not', async () => {
    const clock = new TestClock(5);
    const { control: path, sign } = await startAgent(clock);
    const channel = await open(sign, 'Sign:1.0');
    await channel.write(encodeSignRequest({ message, period: undefined }));
    expect(await readSignAnswer(channel)).toEqual({ result: 'no-key', period: 5n });
    await install(path, { start: 1 });
    await channel.write(encodeSignRequest({ message, period: 5n }));
    const answer = await readSignAnswer(channel);
    if (answer.result !== 'signed') throw new Error(answer.result);
    expect(answer.evolution).toBe(4);
    await channel.write(encodeSignRequest({ message, period: 6n }));
    expect((await readSignAnswer(channel)).result).toBe('wrong-period');
  });

  test('gets the key back from its peer after a restart, at the current evolution', async () => {
    const clock = new TestClock(3);
    const peer = await startAgent(clock);
    const one = await startAgent(clock, { bootstrap: [peer.service] });
    await install(one.control, { start: 3 });
    // The other direction: the peer has no bootstrap, so a third agent asks the first.
    const two = await startAgent(clock, { bootstrap: [one.service] });
    const client = clientOf(two.service, clock);
    await once(client, 'key');
    await one.agent.close();
    clock.setPeriod(9);
    const restarted = await startAgent(clock, { bootstrap: [two.service] });
    const other = clientOf(restarted.service, clock);
    await once(other, 'key');
    expect(other.current()?.signingKey.period).toBe(6);
  });

  test('answers to info what it has', async () => {
    const clock = new TestClock(3);
    const { control: path } = await startAgent(clock, { bootstrap: [join(folder(), 'none')] });
    await install(path, { start: 1, counter: 4 });
    const info = await infoOf(path);
    expect(info).toMatchObject({
      installed: { evolution: 2, counter: 4n, startPeriod: 1n },
      staged: undefined,
      period: 3n,
    });
    expect(Number(info.periodEnd) - Number(info.periodStart)).toBe(100);
    expect(info.peers).toHaveLength(1);
  });

  test('keeps its key from a reload that names a network in another period', async () => {
    const clock = new TestClock(3);
    const { agent, control: path, configuration } = await startAgent(clock);
    const faster = kesParameters({ ...network, slotsPerKesPeriod: 1 });
    await install(path, { start: 3 });
    await expect(agent.reload({ ...configuration, parameters: faster })).rejects.toThrow(
      /^parameters: expected a network in the KES period 3, because a key is installed, /,
    );
    const { installed, period } = await infoOf(path);
    expect({ installed, period }).toMatchObject({ installed: { evolution: 0 }, period: 3n });
    expect(await readResult16(await control(path, { command: 'drop' }))).toBe('ok');
    await agent.reload({ ...configuration, parameters: faster });
    expect((await infoOf(path)).period).toBe(350n);
  });

  test('is reloaded with its own network while its clock is doubted', async () => {
    const clock = new TestClock(3);
    const { agent, control: path, configuration } = await startAgent(clock);
    clock.monotonicTime = () => 0;
    await install(path, { start: 3 });
    clock.setPeriod(3_000);
    await agent.reload(configuration);
    expect(await infoOf(path)).toMatchObject({ installed: { evolution: 0 }, period: 3n });
  });

  test('refuses the cold key of another pool while it has a key', async () => {
    const { agent, control: path, configuration } = await startAgent(new TestClock(3));
    const { coldVerificationKey } = new TestPool(7);
    const reload = () => agent.reload({ ...configuration, coldVerificationKey });
    await install(path, { start: 3 });
    await expect(reload()).rejects.toMatchObject({
      code: 'ERR_EVOLOCK_ARGUMENT_VALUE',
      message: expect.stringMatching(/^coldVerificationKey: /),
    });
    await install(path, { start: 3, counter: 1 });
    expect(await readResult16(await control(path, { command: 'drop' }))).toBe('ok');
    await reload();
  });

  test('listens at the paths of a reload, with its key, and at the former ones no more', async () => {
    const { agent, configuration, ...before } = await startAgent(new TestClock(3));
    await install(before.control, { start: 3 });
    const waiting = await open(before.sign, 'Sign:1.0');
    const home = folder();
    const next = { service: join(home, 'b', 'service'), control: join(home, 'b', 'control') };
    await agent.reload({ ...configuration, ...next, sign: before.sign });
    expect((await infoOf(next.control)).installed).toMatchObject({ evolution: 0 });
    expect(existsSync(before.service) || existsSync(before.control)).toBe(false);
    // The socket that did not move keeps its connections.
    await waiting.write(encodeSignRequest({ message, period: 3n }));
    expect((await readSignAnswer(waiting)).result).toBe('signed');
    await agent.reload({ ...configuration, ...next, sign: undefined });
    await waiting.closed;
    expect(existsSync(before.sign)).toBe(false);
    await Promise.all([agent.reload(configuration), agent.reload({ ...configuration, ...next })]);
    expect((await infoOf(next.control)).installed).toMatchObject({ evolution: 0 });
    expect(before.events.filter(({ level }) => level === 'warn')).toEqual([]);
  });

  test('stays where it is when it cannot listen at one of the new paths', async () => {
    const { agent, configuration, control: path, service } = await startAgent(new TestClock(3));
    const other = await startAgent(new TestClock(3));
    const free = join(folder(), 'b', 'control');
    const paths = { control: free, service: other.service };
    await expect(agent.reload({ ...configuration, ...paths })).rejects.toMatchObject({
      code: 'ERR_EVOLOCK_AGENT_SOCKET',
      path: other.service,
    });
    expect(existsSync(free)).toBe(false);
    await install(path, { start: 3 });
    await once(clientOf(service, new TestClock(3)), 'key');
  });

  test('that is closed is not reloaded, also when it listens already', async () => {
    const free = join(folder(), 'b', 'control');
    let atFree = (): void => undefined;
    const { agent, configuration } = await startAgent(new TestClock(3), {
      log: ({ event, facts }) => {
        if (event === 'listening' && facts['path'] === free) atFree();
      },
    });
    const closed = new Promise<void>((done) => (atFree = () => done(agent.close())));
    const reload = agent.reload({ ...configuration, control: free });
    await expect(reload).rejects.toThrow('the agent is closed');
    await closed;
    expect(existsSync(free)).toBe(false);
    await expect(agent.reload(configuration)).rejects.toThrow('the agent is closed');
  });

  test('lets a group of its own use the sign socket', async () => {
    const home = folder();
    const groups = process.getgroups?.() ?? [];
    const own = process.getgid?.() ?? 0;
    const signGroup = groups.find((each) => each !== own) ?? own;
    const sign = join(home, 'signers', 'sign');
    const { service, control: path } = await startAgent(new TestClock(3), { signGroup, sign });
    const accessOf = (file: string) => {
      const { mode, gid } = statSync(file);
      return { mode: mode & 0o7777, gid };
    };
    expect(accessOf(dirname(sign))).toEqual({ mode: 0o2750, gid: signGroup });
    expect(accessOf(sign)).toEqual({ mode: 0o660, gid: signGroup });
    for (const file of [service, path]) expect(accessOf(file).mode).toBe(0o600);
  });

  test('refuses a group of its own for a sign socket in a folder of another one', async () => {
    await expect(startAgent(new TestClock(3), { signGroup: 7 })).rejects.toMatchObject({
      code: 'ERR_EVOLOCK_ARGUMENT_VALUE',
      message: expect.stringMatching(/^sign: expected a path in a folder of its own/),
    });
  });

  test('refuses one path for two sockets before it listens', async () => {
    const home = join(folder(), 'a');
    const options = { coldVerificationKey: pool.coldVerificationKey, parameters: network };
    const one = join(home, 'one');
    for (const paths of [
      { service: one, control: join(home, '.', 'one') },
      { service: one, control: join(home, 'two'), sign: one },
    ]) {
      await expect(Agent.start({ ...options, ...paths })).rejects.toMatchObject({
        code: 'ERR_EVOLOCK_ARGUMENT_VALUE',
      });
    }
    expect(existsSync(home)).toBe(false);
  });

  test('writes one line for a row of refusals of a client that is too fast', async () => {
    const limits = { signaturesPerSecond: 1 };
    const { control: path, sign, events } = await startAgent(new TestClock(3), { limits });
    await install(path, { start: 3 });
    const channel = await open(sign, 'Sign:1.0');
    const request = encodeSignRequest({ message, period: undefined });
    const answers: string[] = [];
    while (answers.slice(-3).join() !== 'too-many,too-many,too-many') {
      await channel.write(request);
      answers.push((await readSignAnswer(channel)).result);
    }
    const rows = answers.filter((it, index) => it === 'too-many' && answers[index - 1] !== it);
    expect(events.filter(({ event }) => event === 'sign-refused')).toHaveLength(rows.length);
  });

  test('limits the signatures of all connections together, with one line for a row', async () => {
    const clock = new TestClock(3);
    clock.monotonicTime = () => 0;
    const limits = { signaturesPerSecond: 3 };
    const { control: path, sign, events } = await startAgent(clock, { limits });
    await install(path, { start: 3 });
    const results: string[] = [];
    for (let each = 0; each < 8; each += 1) {
      const channel = await open(sign, 'Sign:1.0');
      await channel.write(encodeSignRequest({ message, period: undefined }));
      results.push((await readSignAnswer(channel)).result);
    }
    expect(results).toEqual([...Array(3).fill('signed'), ...Array(5).fill('too-many')]);
    expect(events.filter(({ event }) => event === 'sign-refused')).toHaveLength(1);
    clock.monotonicTime = () => 1_000;
    const channel = await open(sign, 'Sign:1.0');
    await channel.write(encodeSignRequest({ message, period: undefined }));
    expect((await readSignAnswer(channel)).result).toBe('signed');
  });

  test('serves a node although others hold connections, and again after it lost its place', async () => {
    const clock = new TestClock(3);
    const limits = { clients: 3 };
    const { control: path, service, events } = await startAgent(clock, { limits });
    await install(path, { start: 3 });
    const idle = async (count: number) => {
      for (let each = 0; each < count; each += 1) await readOffer(await connected(service));
    };
    await idle(3);
    const node = clientOf(service, clock);
    await once(node, 'key');
    let isLost = false;
    node.on('disconnected', () => (isLost = true));
    await idle(5);
    expect(isLost).toBe(false);
    // As many that took the key as there are places.
    const again = once(node, 'refused');
    for (let each = 0; each < 3; each += 1) {
      const other = clientOf(service, clock);
      await once(other, 'key');
    }
    // The key that the node has already: it was sent again.
    expect(await again).toEqual([{ reason: 'outdated' }]);
    expect(isLost).toBe(true);
    expect(events.filter(({ event }) => event === 'too-many-clients')).toHaveLength(1);
    expect(events.filter(({ event }) => event === 'client-closed')).toEqual([]);
  });

  test('logs no error of a client when it closes the connections itself', async () => {
    const clock = new TestClock(3);
    const { agent, control: path, service, events } = await startAgent(clock);
    await install(path, { start: 3 });
    await once(clientOf(service, clock), 'key');
    await agent.close();
    expect(events.filter(({ level }) => level === 'warn')).toEqual([]);
  });

  test('completes a command although its log throws', async () => {
    const clock = new TestClock(3);
    const thrown = new Error('the log');
    const uncaught = uncaughtError();
    const { control: path, service } = await startAgent(clock, {
      log: ({ event }) => {
        if (event === 'key-installed') throw thrown;
      },
    });
    const client = clientOf(service, clock);
    const received = once(client, 'key');
    await install(path, { start: 3 });
    await received;
    expect(await uncaught).toBe(thrown);
  });

  test('closes twice, and lets the process end', async () => {
    const { agent, events } = await startAgent(new TestClock(0));
    await Promise.all([agent.close(), agent.close()]);
    expect(events.at(-1)?.event).toBe('closed');
  });
});
