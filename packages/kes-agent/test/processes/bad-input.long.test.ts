/**
 * Clients that do not follow the protocol, or are silent: each loses its connection, and the log says so. What the agent does
 * with any bytes is tested in fuzz.long.test.ts.
 */
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { joined, offer, result16, u16, u32 } from '../../src/wire/codec.js';
import { signAnswer, signRequest } from '../../src/wire/sign.js';
import {
  connected,
  expectServes,
  installNew,
  opened,
  receiving as receivingFrom,
  RudeClient,
  type AgentPaths,
} from '../support/clients.js';
import { startAgent, type AgentProcess } from '../support/processes.js';
import { choiceOf, identifierOf } from '../support/wire.js';

const PERIOD = 4;
let agent: AgentProcess;
let paths: AgentPaths;

beforeEach(async () => {
  agent = await startAgent({ period: PERIOD, limits: { messageSize: 1_000, clients: 8 } });
  ({ paths } = agent);
  await installNew(paths.control, { start: PERIOD, counter: 3 });
});

async function expectGoesOn(): Promise<void> {
  await expectServes(paths, PERIOD, { evolution: 0, counter: 3 });
}

const choice = choiceOf('Control:3.0');
const signing = joined(choiceOf('Sign:1.0'), identifierOf('Sign:1.0'));
const receiving = choiceOf('Service:2.0');

const faulty: readonly [string, keyof AgentPaths, Uint8Array, event: string][] = [
  ['a choice that was not offered', 'control', choiceOf('Control:9.9'), 'client-closed'],
  ['a choice of another socket', 'service', choice, 'client-closed'],
  [
    'a message of 4 GiB',
    'sign',
    joined(signing, Uint8Array.of(0), u32.encode(0xffff_ffff)),
    'sign-refused',
  ],
];

/** Each begins a dialogue that it does not finish. */
const truncated: readonly [keyof AgentPaths, Uint8Array][] = [
  ['control', choice.subarray(0, 20)],
  ['service', joined(receiving, Uint8Array.of(0, 0, 0))],
  ['sign', joined(signing, Uint8Array.of(0), u32.encode(10), new Uint8Array(9))],
];

test('a client that sends what the protocol does not have is closed', async () => {
  for (const [words, socket, bytes, event] of faulty) {
    const client = await RudeClient.to(paths[socket]);
    await client.send(bytes);
    expect(await client.untilClosed(), words).toBeGreaterThan(0);
    await agent.next(event);
  }
  await expectGoesOn();
});

test('a client that ends in the middle of a message is closed', async () => {
  for (const [socket, bytes] of truncated) {
    const client = await RudeClient.to(paths[socket]);
    await client.send(bytes);
    await client.end();
    await agent.next('client-closed', { code: 'ERR_EVOLOCK_IO_CLOSED_EARLY' });
  }
  await expectGoesOn();
});

test('a client that closes its own direction after its question gets the answer', async () => {
  const client = await connected(paths.sign);
  onTestFinished(() => client.destroy());
  await offer.read(client);
  const request = signRequest(1_000).encode({ message: new Uint8Array(3), period: undefined });
  client.socket.end(joined(signing, request));
  expect((await signAnswer.read(client)).result).toBe('signed');
  expect(await client.ended()).toBe(true);
});

test('an unknown command gets an answer, and one line in the log', async () => {
  const client = await opened(paths.control, 'Control:3.0');
  onTestFinished(() => client.destroy());
  await client.write(u16.encode(6));
  expect(await result16.read(client)).toBe('unsupported');
  expect(await client.ended()).toBe(true);
  await agent.next('unknown-command');
});

test('a client that does not answer is closed after the time limit; one that may wait is not', async () => {
  // The first use of each part allocates what stays.
  await expectGoesOn();
  const before = await agent.stateWithoutClients();

  const handshakes = await Promise.all(Object.values(paths).map((path: string) => connected(path)));
  const command = await opened(paths.control, 'Control:3.0');
  const request = await opened(paths.sign, 'Sign:1.0');
  await request.write(u32.encode(0));
  const answer = await receivingFrom(paths.service);
  const silent = [...handshakes, command, request, answer];
  const idle = await opened(paths.sign, 'Sign:1.0');
  onTestFinished(() => [...silent, idle].forEach((each) => each.destroy()));

  for (const _each of silent) {
    await agent.next('client-closed', { code: 'ERR_EVOLOCK_IO_TIMEOUT' });
  }
  expect(idle.socket.destroyed).toBe(false);
  idle.destroy();
  await expectGoesOn();
  expect(await agent.stateWithoutClients()).toEqual(before);
});
