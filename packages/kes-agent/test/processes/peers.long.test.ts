/** Agents and nodes in processes of their own, which get their key from each other, over the whole life of a key. */
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { AgentProcess, newPaths, NodeProcess } from '../support/agents.js';
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
import { folder } from '../support/sockets.js';

test.each([
  ['first', 0, 1],
  ['second', 1, 0],
] as const)(
  'two agents restore each other’s key when the %s is killed and comes back in a later period',
  async (_which, gone, stays) => {
    const paths = [newPaths(), newPaths()] as const;
    const start = (index: 0 | 1, period: number) =>
      AgentProcess.start({ period, paths: paths[index], bootstrap: [paths[1 - index]!.service] });
    const agents = [await start(0, 4), await start(1, 4)] as const;
    const nodes = paths.map(({ service }) => new NodeProcess(service, 4));
    await installNew(paths[0].control, { start: 4 });
    for (const node of nodes) await node.next('key');

    await agents[gone].kill();
    await agents[stays].next('peer-lost');
    await nodes[gone]?.next('disconnected');
    for (const each of [agents[stays], ...nodes]) await each.setPeriod(6);
    for (const node of nodes) await node.expectSigns(2);

    const back = await start(gone, 6);
    await back.next('key-installed', { evolution: 2 });
    await expectSigns(back.paths.sign, 2);
    await nodes[gone]?.next('connected');
    // The connection works in both directions again: an update of the one that came back arrives.
    await agents[stays].next('peer-connected');
    await installNew(back.paths.control, { start: 6, counter: 1 });
    for (const node of nodes) {
      await node.next('key', { counter: 1n });
      await node.expectSigns(0, 1);
    }
  },
);

describe('an agent', () => {
  test('works while its peers are unreachable, and says so', async () => {
    const nowhere = join(folder(), 'nowhere');
    const agent = await AgentProcess.start({ period: 4, bootstrap: [nowhere] });
    const node = new NodeProcess(agent.paths.service, 4);
    await agent.next('peer-lost', { address: nowhere });
    await installNew(agent.paths.control, { start: 4 });
    await node.next('key');
    await node.expectSigns(0);
    expect((await info(agent.paths.control)).peers).toEqual([{ address: nowhere, status: 'down' }]);
  });

  test('keeps its key through a reload, finds and leaves peers by it, and learns of a drop that it missed', async () => {
    const agent = await AgentProcess.start({ period: 4 });
    // Its clock is later, and so are its timestamps.
    const peer = await AgentProcess.start({ period: 4, time: momentIn(4) + 1 });
    const node = new NodeProcess(agent.paths.service, 4);
    await installNew(agent.paths.control, { start: 4 });
    await node.next('key');

    await agent.reload({ bootstrap: [peer.paths.service] });
    await agent.next('peer-connected');
    await node.expectSigns(0);
    await installNew(peer.paths.control, { start: 4, counter: 1 });
    await node.next('key', { counter: 1n });

    await agent.reload({ bootstrap: [] });
    expect((await info(agent.paths.control)).peers).toEqual([]);
    await peer.next('client-left', { protocol: 'service' });
    expect(await drop(peer.paths.control)).toBe('ok');
    await expectSigns(agent.paths.sign, 0);
    await agent.reload({ bootstrap: [peer.paths.service] });
    await node.next('drop', { reason: 'dropped' });
    expect(await node.sign(new Uint8Array(1))).toBeUndefined();
    expect(await agent.close()).toBe('0');
  });
});

test('a wrong key is refused, and one that may become right is asked for again', async () => {
  const peer = await fakeAgent();
  const agent = await AgentProcess.start({ period: 12, bootstrap: [peer.path] });
  const good = agentKey({ evolution: 1 });
  let end = await serve(peer);
  expect(await end.push({ ...good, evolution: 2 }, 1n)).toBe('invalid-certificate');
  await agent.next('peer-key-faulty', { address: peer.path });

  // When clock or configuration change.
  for (const key of [{ issuer: otherPool }, { start: 13 }, { evolution: 3 }].map(agentKey)) {
    expect(await end.push(key, 10n)).toBe('invalid-certificate');
    await agent.next('key-refused');
    await agent.next('peer-lost');
    end = await serve(peer);
  }
  expect((await info(agent.paths.control)).installed).toBeUndefined();

  expect(await end.push(good, 20n)).toBe('ok');
  expect(await end.push(good, 20n)).toBe('outdated');
  expect(await end.drop(19n)).toBe('outdated');
  await expectServes(agent.paths, 12, { evolution: 2, counter: 0 });
});

test('over 64 periods: a key signs in each period of its life, in the agent, in a node and in a peer, is wiped after it, and the next one signs', async () => {
  const start = 10;
  const agent = await AgentProcess.start({ period: start });
  const { control, service, sign } = agent.paths;
  const peer = await AgentProcess.start({ period: start, bootstrap: [service] });
  await installNew(control, { start });
  await peer.next('key-installed');
  const node = new NodeProcess(service, start);
  await node.next('key');
  const setPeriod = async (period: number): Promise<void> => {
    await Promise.all([agent, peer, node].map((each) => each.setPeriod(period)));
  };

  const life = network.maxKesEvolutions;
  for (let evolution = 0; evolution < life; evolution++) {
    await setPeriod(start + evolution);
    for (const path of [sign, peer.paths.sign]) await expectSigns(path, evolution);
    await node.expectSigns(evolution);
    if (evolution > 0) await agent.next('key-evolved', { evolution });
    // A node that comes in this period gets the key of this period.
    if (evolution % 20 !== 7) continue;
    const late = new NodeProcess(service, start + evolution);
    await late.next('key');
    await late.expectSigns(evolution);
    await late.kill();
  }
  await setPeriod(start + life);
  const message = new Uint8Array(1);
  for (const path of [sign, peer.paths.sign])
    expect(await requestSignature(path, message)).toEqual({ result: 'no-key', period: 72n });
  await agent.next('key-expired');
  expect((await info(control)).installed).toBeUndefined();
  expect(await node.sign(message)).toBeUndefined();
  await node.next('drop', { reason: 'expired' });

  await installNew(control, { start: start + life, counter: 1 });
  await node.next('key', { counter: 1n });
  for (const evolution of [0, 1]) {
    await setPeriod(start + life + evolution);
    await node.expectSigns(evolution, 1);
    await expectSigns(sign, evolution);
  }
});
