/** A whole agent, its sockets, its peers and its clients, in one process. */
import { once } from 'node:events';
import { existsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { absolutePeriod, kesParameters, type AbsolutePeriod } from '@evolock/cardano-kes';
import { rejectionOf, wrongly } from '@evolock/test-support';
import { describe, expect, onTestFinished, test } from 'vitest';
import { Agent, type AgentEvent, type AgentOptions } from '../../src/index.js';
import { receiveKeys } from '../../src/client/service-client.js';
import type { Channel } from '../../src/sockets/channel.js';
import { offer } from '../../src/wire/codec.js';
import { signAnswer, signRequest, type SignAnswer } from '../../src/wire/sign.js';
import {
  connected,
  drop,
  expectSigns,
  info,
  installNew,
  opened,
  requestSignature,
  uncaughtError,
} from '../support/clients.js';
import { configuration, endOf, network, TestClock, TestPool } from '../support/pool.js';
import { folder } from '../support/sockets.js';

const message = new TextEncoder().encode('a message');

/** Paths of the sockets of an agent, in a folder that does not exist. */
function pathsIn(home = folder()) {
  return {
    service: join(home, 'a', 'service'),
    control: join(home, 'a', 'control'),
    sign: join(home, 'a', 'sign'),
  };
}

/** An agent in a folder of its own, and its events. */
async function startAgent(clock = new TestClock(3), options: Partial<AgentOptions> = {}) {
  const events: AgentEvent[] = [];
  const paths = pathsIn();
  const { now, monotonic } = clock;
  const log = (event: AgentEvent) => void events.push(event);
  const given = { ...configuration, ...paths };
  const agent = await Agent.start({ ...given, now, monotonic, log, ...options });
  onTestFinished(() => agent.close());
  const named = (name: string) => events.filter(({ event }) => event === name);
  return { agent, events, named, configuration: given, ...paths };
}

/** A connection to a sign socket, and a signature over it. */
async function signerOf(path: string) {
  const channel = await opened(path, 'Sign:1.0');
  onTestFinished(() => channel.destroy());
  const sign = async (period?: AbsolutePeriod): Promise<SignAnswer> => {
    await channel.write(signRequest(9).encode({ message, period }));
    return signAnswer.read(channel);
  };
  return { channel, sign };
}

async function idleTo(path: string): Promise<Channel> {
  const channel = await connected(path);
  onTestFinished(() => channel.destroy());
  return channel;
}

function clientOf(path: string, { now, monotonic } = new TestClock(3)) {
  const client = receiveKeys(path, { ...configuration, now, monotonic });
  onTestFinished(() => client.close());
  return client;
}

describe('an agent', () => {
  test('hands a key to a client that waits, and to one that comes later', async () => {
    const clock = new TestClock(3);
    const { control: path, service } = await startAgent(clock);
    const early = clientOf(service, clock);
    const first = once(early, 'key');
    await installNew(path, { start: 2 });
    await first;
    const late = clientOf(service, clock);
    await once(late, 'key');
    for (const client of [early, late]) expect(client.current()?.signingKey.period).toBe(1);
  });

  test('signs through the sign socket, and states why it does not', async () => {
    const { control: path, sign: socket } = await startAgent(new TestClock(5));
    const { sign } = await signerOf(socket);
    expect(await sign()).toEqual({ result: 'no-key', period: 5n });
    await installNew(path, { start: 1 });
    await expectSigns(socket, 4);
    expect((await sign(absolutePeriod(6))).result).toBe('wrong-period');
  });

  test('evolves its key at its installation and when the period ends, without a client', async () => {
    const clock = new TestClock(5);
    clock.time = endOf(5) - 1;
    const evolved: unknown[] = [];
    let next = (): void => undefined;
    const { control: path } = await startAgent(clock, {
      log: ({ event, facts }) => {
        if (event !== 'key-evolved') return;
        evolved.push(facts['evolution']);
        next();
      },
    });
    await installNew(path, { start: 2 });
    const later = new Promise<void>((resolve) => (next = resolve));
    clock.time = endOf(5);
    await later;
    expect(evolved).toEqual([3, 4]);
  });

  test('answers to info what it has', async () => {
    const clock = new TestClock(3);
    const { control: path } = await startAgent(clock, { bootstrap: [join(folder(), 'none')] });
    await installNew(path, { start: 1, counter: 4 });
    const answer = await info(path);
    expect(answer).toMatchObject({
      installed: { evolution: 2, counter: 4n, startPeriod: 1n },
      staged: undefined,
      period: 3n,
    });
    expect(Number(answer.periodEnd) - Number(answer.periodStart)).toBe(100);
    expect(answer.peers).toHaveLength(1);
  });

  test('keeps its key from a reload that names a network in another period', async () => {
    const clock = new TestClock(3);
    const { agent, control: path, configuration } = await startAgent(clock);
    const faster = kesParameters({ ...network, slotsPerKesPeriod: 1 });
    await installNew(path, { start: 3 });
    await expect(agent.reload({ ...configuration, parameters: faster })).rejects.toThrow(
      /^parameters: expected a network in the KES period 3, because a key is installed, /,
    );
    const { installed, period } = await info(path);
    expect({ installed, period }).toMatchObject({ installed: { evolution: 0 }, period: 3n });
    expect(await drop(path)).toBe('ok');
    await agent.reload({ ...configuration, parameters: faster });
    expect((await info(path)).period).toBe(350n);
  });

  test('is reloaded with its own network while its clock is doubted', async () => {
    const clock = new TestClock(3);
    const { agent, control: path, configuration } = await startAgent(clock);
    clock.monotonicTime = () => 0;
    await installNew(path, { start: 3 });
    clock.setPeriod(3_000);
    await agent.reload(configuration);
    expect(await info(path)).toMatchObject({ installed: { evolution: 0 }, period: 3n });
  });

  test('refuses the cold key of another pool while it has a key', async () => {
    const { agent, control: path, configuration } = await startAgent();
    const { coldVerificationKey } = new TestPool(7);
    const reload = () => agent.reload({ ...configuration, coldVerificationKey });
    await installNew(path, { start: 3 });
    await expect(reload()).rejects.toMatchObject({
      code: 'ERR_EVOLOCK_ARGUMENT_VALUE',
      message: expect.stringMatching(/^coldVerificationKey: /),
    });
    await installNew(path, { start: 3, counter: 1 });
    expect(await drop(path)).toBe('ok');
    await reload();
  });

  test('listens at the paths of a reload, with its key, and at the former ones no more', async () => {
    const { agent, configuration, ...before } = await startAgent();
    await installNew(before.control, { start: 3 });
    const waiting = await signerOf(before.sign);
    const home = folder();
    const next = { service: join(home, 'b', 'service'), control: join(home, 'b', 'control') };
    await agent.reload({ ...configuration, ...next, sign: before.sign });
    expect((await info(next.control)).installed).toMatchObject({ evolution: 0 });
    expect(existsSync(before.service) || existsSync(before.control)).toBe(false);
    // The socket that did not move keeps its connections.
    expect((await waiting.sign(absolutePeriod(3))).result).toBe('signed');
    await agent.reload({ ...configuration, ...next, sign: undefined });
    await waiting.channel.closed;
    expect(existsSync(before.sign)).toBe(false);
    await Promise.all([agent.reload(configuration), agent.reload({ ...configuration, ...next })]);
    expect((await info(next.control)).installed).toMatchObject({ evolution: 0 });
    expect(before.events.filter(({ level }) => level === 'warn')).toEqual([]);
  });

  test('stays where it is when it cannot listen at one of the new paths', async () => {
    const { agent, configuration, control: path, service } = await startAgent();
    const other = await startAgent();
    const free = join(folder(), 'b', 'control');
    const paths = { control: free, service: other.service };
    await expect(agent.reload({ ...configuration, ...paths })).rejects.toMatchObject({
      code: 'ERR_EVOLOCK_AGENT_SOCKET',
      path: other.service,
    });
    expect(existsSync(free)).toBe(false);
    await installNew(path, { start: 3 });
    await once(clientOf(service, new TestClock(3)), 'key');
  });

  test('that is closed is not reloaded, also when it listens already', async () => {
    const free = join(folder(), 'b', 'control');
    let atFree = (): void => undefined;
    const { agent, configuration } = await startAgent(undefined, {
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
    const { service, control: path } = await startAgent(undefined, { signGroup, sign });
    const accessOf = (file: string) => {
      const { mode, gid } = statSync(file);
      return { mode: mode & 0o7777, gid };
    };
    expect(accessOf(dirname(sign))).toEqual({ mode: 0o2750, gid: signGroup });
    expect(accessOf(sign)).toEqual({ mode: 0o660, gid: signGroup });
    for (const file of [service, path]) expect(accessOf(file).mode).toBe(0o600);
  });

  test('refuses wrong options before it listens', async () => {
    const home = folder();
    const paths = pathsIn(home);
    for (const wrong of [
      { service: paths.control },
      { service: join(home, 'a', '.', 'control') },
      { sign: paths.service },
      ...[undefined, 7, '', 'a\0b'].map((control) => ({ control })),
      ...[-1, 0.5, {}].map((socketGroup) => ({ socketGroup })),
      { signGroup: 2 ** 32 },
      // A folder lets in the members of one group.
      { signGroup: 7 },
      { limits: { clients: 0 } },
      { bootstrap: 'peer' },
      { coldVerificationKey: new Uint8Array(31) },
      { parameters: { ...network, anchor: undefined } },
    ]) {
      const refused = Agent.start(wrongly({ ...configuration, ...paths, ...wrong }));
      expect((await rejectionOf(refused))['code']).toMatch(/^ERR_EVOLOCK_ARGUMENT_/);
    }
    expect(existsSync(join(home, 'a'))).toBe(false);
  });

  test.each(['one connection', 'many connections'])(
    'limits the signatures over %s, with one line for a row of refusals',
    async (how) => {
      const clock = new TestClock(3);
      clock.monotonicTime = () => 0;
      const limits = { signaturesPerSecond: 3 };
      const { control: path, sign: socket, named } = await startAgent(clock, { limits });
      await installNew(path, { start: 3 });
      const { sign } = await signerOf(socket);
      const next = how === 'one connection' ? sign : () => requestSignature(socket, message);
      const results: string[] = [];
      while (results.length < 8) results.push((await next()).result);
      expect(results).toEqual([...Array(3).fill('signed'), ...Array(5).fill('too-many')]);
      expect(named('sign-refused')).toHaveLength(1);
      clock.monotonicTime = () => 1_000;
      expect((await next()).result).toBe('signed');
    },
  );

  test('serves a node although others hold connections, and again after it lost its place', async () => {
    const clock = new TestClock(3);
    const limits = { clients: 3 };
    const { control: path, service, named } = await startAgent(clock, { limits });
    await installNew(path, { start: 3 });
    const idle = async (count: number) => {
      for (let each = 0; each < count; each += 1) await offer.read(await idleTo(service));
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
    expect(named('too-many-clients')).toHaveLength(1);
    expect(named('client-closed')).toEqual([]);
  });

  test('logs no error of a client when it closes the connections itself', async () => {
    const clock = new TestClock(3);
    const { agent, control: path, service, events } = await startAgent(clock);
    await installNew(path, { start: 3 });
    await once(clientOf(service, clock), 'key');
    await Promise.all([agent.close(), agent.close()]);
    expect(events.filter(({ level }) => level === 'warn')).toEqual([]);
    expect(events.at(-1)?.event).toBe('closed');
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
    await installNew(path, { start: 3 });
    await received;
    expect(await uncaught).toBe(thrown);
  });
});
