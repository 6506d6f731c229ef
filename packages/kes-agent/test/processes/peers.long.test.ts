/** Agents and nodes in processes of their own, which get their key from each other, over the whole life of a key. */
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  drop,
  expectServes,
  expectSigns,
  info,
  installNew,
  requestSignature,
} from '../support/clients.js';
import { fakeAgent, serve } from '../support/fake-agent.js';
import { agentKey, momentIn, network, otherPool } from '../support/pool.js';
import { AgentProcess, newPaths, NodeProcess, startAgent } from '../support/processes.js';
import { folder } from '../support/sockets.js';

test.each(['the first', 'the second'])(
  'two agents restore each other’s key when %s is killed and comes back in a later period',
  async (which) => {
    const paths = [newPaths(), newPaths()] as const;
    const start = (index: 0 | 1, period: number): AgentProcess =>
      new AgentProcess({ period, paths: paths[index], bootstrap: [paths[1 - index]!.service] });
    const agents = [start(0, 4), start(1, 4)] as const;
    const nodes = [
      new NodeProcess(paths[0].service, 4),
      new NodeProcess(paths[1].service, 4),
    ] as const;
    await Promise.all(agents.map((agent) => agent.started()));
    await installNew(paths[0].control, { start: 4 });
    for (const node of nodes) await node.next('key');

    const gone = which === 'the first' ? 0 : 1;
    const stays = gone === 0 ? 1 : 0;
    await agents[gone].kill();
    await agents[stays].next('peer-lost');
    await nodes[gone].next('disconnected');
    await agents[stays].setPeriod(6);
    for (const node of nodes) {
      await node.setPeriod(6);
      await node.expectSigns(2);
    }

    const back = start(gone, 6);
    await back.next('key-installed', { evolution: 2 });
    await expectSigns(paths[gone].sign, 2);
    await nodes[gone].next('connected');
    await nodes[gone].expectSigns(2);
    // The connection works in both directions again: an update of the one that came back arrives.
    await agents[stays].next('peer-connected');
    await installNew(paths[gone].control, { start: 6, counter: 1 });
    for (const node of nodes) {
      await node.next('key', { counter: 1n });
      await node.expectSigns(0, 1);
    }
  },
);

describe('an agent', () => {
  test('works while its peers are unreachable, and says so', async () => {
    const nowhere = join(folder(), 'nowhere');
    const agent = new AgentProcess({ period: 4, bootstrap: [nowhere] });
    const node = new NodeProcess(agent.paths.service, 4);
    await agent.next('peer-lost', { address: nowhere });
    await installNew(agent.paths.control, { start: 4 });
    await node.next('key');
    await node.expectSigns(0);
    expect((await info(agent.paths.control)).peers).toEqual([{ address: nowhere, status: 'down' }]);
  });

  test('keeps its key through a reload, and leaves and finds peers by it', async () => {
    const agent = await startAgent({ period: 4 });
    // Its clock is later, and so are its timestamps.
    const other = await startAgent({ period: 4, time: momentIn(4) + 1 });
    const node = new NodeProcess(agent.paths.service, 4);
    await installNew(agent.paths.control, { start: 4 });
    await node.next('key');

    await agent.reload({ bootstrap: [other.paths.service] });
    await agent.next('peer-connected');
    await expectSigns(agent.paths.sign, 0);
    await node.expectSigns(0);
    await installNew(other.paths.control, { start: 4, counter: 1 });
    await node.next('key', { counter: 1n });

    await agent.reload({ bootstrap: [] });
    expect((await info(agent.paths.control)).peers).toEqual([]);
    expect(await agent.close()).toBe('0');
  });

  test('learns of a drop that it missed when it is connected again', async () => {
    const peer = await startAgent({ period: 4 });
    const agent = await startAgent({ period: 4, bootstrap: [peer.paths.service] });
    const node = new NodeProcess(agent.paths.service, 4);
    await installNew(peer.paths.control, { start: 4 });
    await node.next('key');
    await agent.reload({ bootstrap: [] });
    await peer.next('client-left', { protocol: 'service' });
    expect(await drop(peer.paths.control)).toBe('ok');
    await agent.reload({ bootstrap: [peer.paths.service] });
    await node.next('drop', { reason: 'dropped' });
    expect(await node.isWithoutKey()).toBe(true);
  });
});

test('keys that contradict themselves or their certificate, of another pool or period, are refused', async () => {
  const PERIOD = 12;
  const peer = await fakeAgent();
  const agent = await startAgent({ period: PERIOD, bootstrap: [peer.path] });
  const good = agentKey({ evolution: 1 });
  const end = await serve(peer);

  const corrupt = { ...good, bytes: good.bytes.map((byte, at) => (at === 100 ? byte ^ 1 : byte)) };
  const foreign = { ...good, certificate: agentKey({ seed: 8 }).certificate };
  const faulty = [corrupt, foreign, { ...good, evolution: 2 }];
  for (const [index, key] of faulty.entries()) {
    expect(await end.push(key, BigInt(index + 1))).toBe('invalid-certificate');
    await agent.next('peer-key-faulty', { address: peer.path });
  }

  // These could become right when clock or configuration change: the agent asks again, with another connection.
  let current = end;
  const untimely = [
    agentKey({ issuer: otherPool }),
    agentKey({ start: PERIOD + 1 }),
    agentKey({ evolution: 3 }),
  ];
  for (const key of untimely) {
    expect(await current.push(key, 10n)).toBe('invalid-certificate');
    await agent.next('key-refused');
    await agent.next('peer-lost');
    current = await serve(peer);
  }
  expect((await info(agent.paths.control)).installed).toBeUndefined();

  expect(await current.push(good, 20n)).toBe('ok');
  await expectServes(agent.paths, PERIOD, { evolution: 2, counter: 0 });
  expect(await current.push(good, 20n)).toBe('outdated');
  expect(await current.drop(19n)).toBe('outdated');
  await expectServes(agent.paths, PERIOD, { evolution: 2, counter: 0 });
});

test('over 64 periods: a key signs in each period of its life, in the agent, in a node and in a peer, is wiped after it, and the next one signs', async () => {
  const start = 10;
  const agent = await startAgent({ period: start });
  const { control, service, sign } = agent.paths;
  const peer = await startAgent({ period: start, bootstrap: [service] });
  await installNew(control, { start });
  await peer.next('key-installed');
  const node = new NodeProcess(service, start);
  await node.next('key');

  const life = network.maxKesEvolutions;
  for (let evolution = 0; evolution < life; evolution++) {
    const all = [agent, peer, node];
    await Promise.all(all.map((each) => each.setPeriod(start + evolution)));
    await expectSigns(sign, evolution);
    await expectSigns(peer.paths.sign, evolution);
    await node.expectSigns(evolution);
    if (evolution > 0) await agent.next('key-evolved', { evolution });
    // A node that comes in this period gets the key of this period.
    if (evolution % 20 === 7) await joins(service, start, evolution);
  }
  for (const each of [agent, peer, node]) await each.setPeriod(start + life);
  const message = new Uint8Array(1);
  for (const path of [sign, peer.paths.sign]) {
    expect(await requestSignature(path, message)).toEqual({ result: 'no-key', period: 72n });
  }
  await agent.next('key-expired');
  expect((await info(control)).installed).toBeUndefined();
  expect(await node.isWithoutKey()).toBe(true);
  await node.next('drop', { reason: 'expired' });

  await installNew(control, { start: start + life, counter: 1 });
  await node.next('key', { counter: 1n });
  for (const evolution of [0, 1]) {
    for (const each of [agent, peer, node]) await each.setPeriod(start + life + evolution);
    await node.expectSigns(evolution, 1);
    await expectSigns(sign, evolution);
  }
});

async function joins(service: string, start: number, evolution: number): Promise<void> {
  const node = new NodeProcess(service, start + evolution);
  await node.next('key');
  await node.expectSigns(evolution);
  await node.kill();
}
