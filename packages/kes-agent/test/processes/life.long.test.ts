/** The whole life of a key, with a clock that the test moves. */
import { expect, test } from 'vitest';
import { expectSigns, info, installNew, requestSignature } from '../support/clients.js';
import { network } from '../support/pool.js';
import { NodeProcess, startAgent } from '../support/processes.js';

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
