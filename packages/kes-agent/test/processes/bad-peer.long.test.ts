/** A peer that sends keys that are wrong. */
import { expect, test } from 'vitest';
import { expectServes, info } from '../support/clients.js';
import { fakeAgent, serve } from '../support/fake-agent.js';
import { agentKey, otherPool } from '../support/pool.js';
import { startAgent } from '../support/processes.js';

const PERIOD = 12;

test('keys that contradict themselves or their certificate, of another pool or period, are refused', async () => {
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
