/** Agents that get their key from each other, each in a process of its own. */
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { drop, expectSigns, info, installNew } from '../support/clients.js';
import { momentIn } from '../support/pool.js';
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
