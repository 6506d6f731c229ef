/** A whole agent, its sockets and its clients, in one process. */
import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import {
  absolutePeriod,
  kesParameters,
  mainnet,
  periodOfSlot,
  slotOfDate,
} from '@evolock/cardano-headers';
import { expectUncloneable, rejectionOf, wrongly } from '@evolock/test-support';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { Agent, receiveKeys, type AgentEvent } from '../../src/index.js';
import type { Channel } from '../../src/sockets/channel.js';
import { joined, offer, result16, result32, u16, u32 } from '../../src/wire/codec.js';
import { signAnswer, signRequest } from '../../src/wire/sign.js';
import { newPaths, startAgent, startNode, type RunningAgent } from '../support/agents.js';
import {
  connected,
  drop,
  info,
  installNew,
  opened,
  requestSignature,
  RudeClient,
  uncaughtError,
  type AgentPaths,
} from '../support/clients.js';
import { configuration, network, TestClock, TestPool } from '../support/pool.js';
import { folder } from '../support/sockets.js';
import { choiceOf, identifierOf } from '../support/wire.js';

const request = signRequest(9).encode({
  message: new Uint8Array(3),
  period: absolutePeriod(3),
});

/** A connection to a sign socket, and the results of requests over it. */
async function signerOf(path: string) {
  const channel = await opened(path, 'Sign:1.0');
  const sign = async (): Promise<string> => {
    await channel.write(request);
    return (await signAnswer.read(channel)).result;
  };
  return { channel, sign };
}

test('the first example of the README prints a signature', async () => {
  const start = Number(periodOfSlot(mainnet, slotOfDate(mainnet, new Date())));
  const clocks = { now: undefined, monotonic: undefined };
  const { control, service } = await startAgent({ ...clocks, parameters: mainnet });
  await installNew(control, { start });
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
  const [, example = ''] = /```ts\n([^]*?)```/.exec(readme) ?? [];
  const program = example
    .replace('/run/kes-agent/service.socket', service)
    .replace('new Uint8Array(32)', `Uint8Array.of(${String(configuration.coldVerificationKey)})`);
  const run = ['--input-type=module', '--eval', program];
  const cwd = fileURLToPath(new URL('../..', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, run, { cwd });
  expect(stdout).toMatch(/^Uint8Array\(448\) \[/);
});

test('wrong options are refused before anything listens', async () => {
  const paths = newPaths();
  const home = join(paths.service, '..');
  for (const wrong of [
    { service: paths.control },
    { service: join(home, '.', 'c') },
    { sign: paths.service },
    ...[undefined, 7, '', 'a\0b'].map((control) => ({ control })),
    ...[-1, 0.5, {}].map((socketGroup) => ({ socketGroup })),
    { signGroup: 2 ** 32 },
    // A folder lets in the members of one group.
    { sign: paths.sign, signGroup: 7 },
    ...[0, null].map((clients) => ({ limits: { clients } })),
    ...['peer', [7]].map((bootstrap) => ({ bootstrap })),
    { coldVerificationKey: new Uint8Array(31) },
    { parameters: { ...network, anchor: undefined } },
  ]) {
    const argument = 'limits' in wrong ? 'limits.clients' : Object.keys(wrong)[0]!;
    const refused = Agent.start(wrongly({ ...configuration, ...paths, ...wrong }));
    expect(await rejectionOf(refused)).toMatchObject({
      code: expect.stringMatching(/^ERR_EVOLOCK_ARGUMENT_/),
      message: expect.stringMatching(`^${argument}(?:\\[0\\])?: `),
    });
  }
  expect(existsSync(home)).toBe(false);
});

test('a command is completed although the log throws', async () => {
  const thrown = new Error('the log');
  const uncaught = uncaughtError();
  const { clock, control, service } = await startAgent({
    log: ({ event }) => {
      if (event === 'key-installed') throw thrown;
    },
  });
  const node = startNode(service, clock);
  await installNew(control, { start: 3 });
  await node.next('key');
  expect(await uncaught).toBe(thrown);
});

test('neither an agent nor a client that holds a key is cloned to an empty object', async () => {
  const { agent, service } = await startAgent();
  expectUncloneable(agent);
  const client = receiveKeys(service, configuration);
  expectUncloneable(client);
  await client.close();
});

describe('a reload', () => {
  test('refuses what only a start takes', async () => {
    const { agent, paths } = await startAgent();
    const more = { ...configuration, ...paths, socketGroup: 1 };
    expect(await rejectionOf(agent.reload(more))).toMatchObject({
      code: 'ERR_EVOLOCK_ARGUMENT_NAME',
      argument: 'configuration.socketGroup',
    });
  });

  test('does not take the installed key to another pool, or to a network in another period', async () => {
    const { clock, control, reload } = await startAgent();
    const faster = kesParameters({ ...network, slotsPerKesPeriod: 1 });
    const { coldVerificationKey } = new TestPool(7);
    const elapsed = clock.time;
    clock.monotonicTime = () => elapsed;
    await installNew(control, { start: 3 });
    await expect(reload({ parameters: faster })).rejects.toThrow(
      /^parameters: expected a network in the KES period 3, because a key is installed, /,
    );
    await expect(reload({ coldVerificationKey })).rejects.toMatchObject({
      code: 'ERR_EVOLOCK_ARGUMENT_VALUE',
      message: expect.stringMatching(/^coldVerificationKey: /),
    });
    // The own network is no other one while the clock is doubted.
    clock.setPeriod(3_000);
    await reload();
    expect(await info(control)).toMatchObject({ installed: { evolution: 0 }, period: 3n });
    clock.setPeriod(3);
    expect(await drop(control)).toBe('ok');
    await reload({ parameters: faster, coldVerificationKey });
    expect((await info(control)).period).toBe(350n);
  });

  test('listens at its paths, with the key, and at the former ones no more', async () => {
    const { reload, events, ...before } = await startAgent();
    await installNew(before.control, { start: 3 });
    const waiting = await signerOf(before.sign);
    const next = newPaths();
    await reload({ ...next, sign: before.sign });
    expect((await info(next.control)).installed).toMatchObject({ evolution: 0 });
    expect(existsSync(before.service) || existsSync(before.control)).toBe(false);
    // The socket that did not move keeps its connections.
    expect(await waiting.sign()).toBe('signed');
    await reload({ ...next, sign: undefined });
    await waiting.channel.closed;
    expect(existsSync(before.sign)).toBe(false);
    await Promise.all([reload(), reload(next)]);
    expect((await info(next.control)).installed).toMatchObject({ evolution: 0 });
    expect(events.all.filter(({ level }) => level === 'warn')).toEqual([]);
  });

  test('changes nothing when it cannot listen at one of the new paths', async () => {
    const { clock, control, reload, service } = await startAgent();
    const other = await startAgent();
    const free = join(folder(), 'b', 'control');
    await expect(reload({ control: free, service: other.service })).rejects.toMatchObject({
      code: 'ERR_EVOLOCK_AGENT_SOCKET',
      reason: 'running',
      path: other.service,
    });
    expect(existsSync(free)).toBe(false);
    await installNew(control, { start: 3 });
    await startNode(service, clock).next('key');
  });

  test('is refused when the agent is closed, also when it listens already', async () => {
    const free = join(folder(), 'b', 'control');
    let atFree = (): void => undefined;
    const warnings: AgentEvent[] = [];
    const { agent, clock, control, reload, service } = await startAgent({
      log: (event) => {
        if (event.level === 'warn') warnings.push(event);
        if (event.event === 'listening' && event.facts['path'] === free) atFree();
      },
    });
    await installNew(control, { start: 3 });
    await startNode(service, clock).next('key');
    const closed = new Promise<void>((done) => (atFree = () => done(agent.close())));
    await expect(reload({ control: free })).rejects.toThrow('the agent is closed');
    await Promise.all([closed, agent.close()]);
    expect(existsSync(free)).toBe(false);
    await expect(reload()).rejects.toThrow('the agent is closed');
    // That the agent closes the connections is no fault of its clients.
    expect(warnings).toEqual([]);
  });
});

describe('clients', () => {
  test('of all connections together have so many signatures a second, with one line for a row of refusals', async () => {
    const clock = new TestClock(3);
    clock.monotonicTime = () => 0;
    const limits = { signaturesPerSecond: 3 };
    const { control, sign: path, events } = await startAgent({ clock, limits });
    await installNew(control, { start: 3 });
    const { sign } = await signerOf(path);
    const other = async () => (await requestSignature(path, new Uint8Array(1))).result;
    const results: string[] = [];
    for (const ask of [other, sign, sign, sign, other, other, sign]) results.push(await ask());
    expect(results).toEqual([...Array(3).fill('signed'), ...Array(4).fill('too-many')]);
    const levels = events.named('sign-refused').map(({ level }) => level);
    expect(levels).toEqual(['warn', 'debug', 'debug', 'debug']);
    clock.monotonicTime = () => 1_000;
    expect(await sign()).toBe('signed');
  });

  test('that do not want the key give their places to a node, which comes again after it lost its own', async () => {
    const limits = { clients: 4 };
    const { clock, control, service, events } = await startAgent({ limits });
    await installNew(control, { start: 3 });
    const fill = async (count: number, result: 'ok' | 'invalid-certificate') => {
      const clients: Channel[] = [];
      while (clients.length < count) {
        const client = await opened(service, 'Service:2.0');
        await client.read(733);
        await client.write(result32.encode(result));
        await events.next('client-answered', { result });
        clients.push(client);
      }
      return clients;
    };
    const refusing = await fill(4, 'invalid-certificate');
    const node = startNode(service, clock);
    await node.next('key');
    // The oldest first.
    await refusing[0]?.ended();
    expect(refusing.map(({ socket }) => socket.readableEnded)).toEqual([true, false, false, false]);
    await events.next('client-answered', { result: 'ok' });
    await fill(6, 'invalid-certificate');
    expect(node.named('disconnected')).toEqual([]);
    await fill(4, 'ok');
    await node.next('disconnected');
    // The key that the node has already: it was sent again.
    await node.next('refused');
    expect(events.named('too-many-clients')).toHaveLength(1);
    expect(events.named('client-closed')).toEqual([]);
  });

  const choice = choiceOf('Control:3.0');
  const signing = joined(choiceOf('Sign:1.0'), identifierOf('Sign:1.0'), Uint8Array.of(0));
  /** Each begins a dialogue that it does not finish. */
  const unfinished: readonly [keyof AgentPaths, Uint8Array][] = [
    ['control', choice.subarray(0, 20)],
    ['control', joined(choice, identifierOf('Control:3.0'))],
    ['service', joined(choiceOf('Service:2.0'), Uint8Array.of(0, 0, 0))],
    ['sign', joined(signing, u32.encode(10), new Uint8Array(9))],
  ];

  test('that break the protocol, or end within a message, are closed, with one line', async () => {
    const { control, paths, events } = await startAgent({ limits: { messageSize: 1_000 } });
    await installNew(control, { start: 3 });
    for (const [socket, bytes, event] of [
      ['control', choiceOf('Control:9.9'), 'client-closed'],
      ['service', choice, 'client-closed'],
      ['sign', joined(signing, u32.encode(1_001)), 'sign-refused'],
    ] as const) {
      const client = await RudeClient.to(paths[socket]);
      await client.send(bytes);
      await client.untilClosed();
      await events.next(event);
    }
    for (const [protocol, bytes] of unfinished) {
      const client = await RudeClient.to(paths[protocol]);
      client.socket.end(bytes);
      await client.untilClosed();
      await events.next('client-closed', { protocol, code: 'ERR_EVOLOCK_IO_CLOSED_EARLY' });
    }
  });

  test('that are silent are closed in time, and one that may wait is not', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    const { control, sign, paths, events } = await startAgent();
    await installNew(control, { start: 3 });
    const idle = await signerOf(sign);
    expect(await idle.sign()).toBe('signed');
    for (const [socket, bytes] of unfinished) {
      for (const sent of [new Uint8Array(), bytes]) {
        const client = await connected(paths[socket]);
        await offer.read(client);
        await client.write(sent);
      }
    }
    while (events.named('client-closed').length < 2 * unfinished.length) {
      await vi.advanceTimersByTimeAsync(1_000);
      await new Promise(setImmediate);
    }
    for (const [protocol] of [...unfinished, ...unfinished])
      await events.next('client-closed', { protocol, code: 'ERR_EVOLOCK_IO_TIMEOUT' });
    expect(await idle.sign()).toBe('signed');
  });

  test('that close their own direction after the question get the answer, also to an unknown command', async () => {
    const { control, sign, events } = await startAgent();
    for (const [path, version, asked, answer, expected] of [
      [sign, 'Sign:1.0', request, signAnswer, { result: 'no-key', period: 3n }],
      [control, 'Control:3.0', u16.encode(6), result16, 'unsupported'],
    ] as const) {
      const client = await opened(path, version);
      client.socket.end(asked);
      expect(await answer.read(client)).toEqual(expected);
      expect(await client.ended()).toBe(true);
    }
    await events.next('unknown-command');
  });
});

test('two agents that are each other’s peers tell of no refusal of what they have from each other', async () => {
  const clock = new TestClock(4);
  const paths = [newPaths(), newPaths()] as const;
  const one = await startAgent({ clock, paths: paths[0], bootstrap: [paths[1].service] });
  const two = await startAgent({ clock, paths: paths[1], bootstrap: [paths[0].service] });
  const told = ({ events }: RunningAgent) =>
    events.named('peer-answered', 'key-refused').map(({ level, words }) => {
      const [, what = ''] = /sent a (.*)$/.exec(words) ?? [];
      return [level, what];
    });
  await one.events.next('peer-connected');
  await two.events.next('peer-connected');
  await installNew(one.control, { start: 4 });
  await two.events.next('peer-answered');
  await one.events.next('peer-answered');
  expect(told(two)).toEqual([['info', 'key: ok']]);
  expect(told(one)).toEqual([['debug', 'key: outdated']]);
  expect(one.agent.status).toMatchObject({
    installed: { evolution: 0 },
    peers: [{ status: 'up' }],
    clients: { service: 1, sign: 0 },
  });

  expect(await drop(two.control)).toBe('ok');
  await one.events.next('peer-answered');
  await two.events.next('peer-answered');
  expect(told(one).at(-1)).toEqual(['info', 'drop: ok']);
  expect(told(two).at(-1)).toEqual(['debug', 'drop: outdated']);
});
