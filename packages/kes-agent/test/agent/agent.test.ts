import { once } from 'node:events';
import { connect } from 'node:net';
import { join } from 'node:path';
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
  type ControlCommand,
} from '../../src/wire/control.js';
import { encodeChoice, encodeIdentifier, readOffer } from '../../src/wire/handshake.js';
import { encodeSignRequest, readSignAnswer } from '../../src/wire/sign.js';
import { folder } from '../support/folder.js';
import { network, TestClock, TestPool } from '../support/pool.js';

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
  const agent = await Agent.start({
    ...paths,
    coldVerificationKey: pool.coldVerificationKey,
    parameters: network,
    now: clock.now,
    log: (event) => events.push(event),
    ...options,
  });
  onTestFinished(() => agent.close());
  return { agent, events, ...paths };
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

function clientOf(path: string, clock: TestClock) {
  const client = receiveKeys(path, {
    coldVerificationKey: pool.coldVerificationKey,
    parameters: network,
    now: clock.now,
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

  test('tells its clients of a newer key and of a drop', async () => {
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
    const info = await readInfo('Control:3.0', await control(path, { command: 'info' }));
    expect(info).toMatchObject({
      installed: { evolution: 2, counter: 4n, startPeriod: 1n },
      staged: undefined,
      period: 3n,
    });
    expect(Number(info.periodEnd) - Number(info.periodStart)).toBe(100);
    expect(info.peers).toHaveLength(1);
  });

  test('closes twice, and lets the process end', async () => {
    const { agent, events } = await startAgent(new TestClock(0));
    await Promise.all([agent.close(), agent.close()]);
    expect(events.at(-1)?.event).toBe('closed');
  });
});
