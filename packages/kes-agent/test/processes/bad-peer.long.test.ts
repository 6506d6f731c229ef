/** A peer that does not follow the protocol, or sends keys that are wrong. The agent waits longer before each connection. */
import { expect, test } from 'vitest';
import { u32, u8 } from '../../src/wire/codec.js';
import { offer } from '../../src/wire/handshake.js';
import { serviceVersions } from '../../src/wire/service.js';
import { expectServes, info } from '../support/clients.js';
import { fakeAgent, serve } from '../support/fake-agent.js';
import { agentKey, otherPool } from '../support/pool.js';
import { startAgent } from '../support/processes.js';

const PERIOD = 12;

test('a peer that breaks the protocol is left, and asked again later', async () => {
  const peer = await fakeAgent();
  const agent = await startAgent({ period: PERIOD, bootstrap: [peer.path] });
  const openings = [
    u32.encode(17),
    u32.encode(0xffff_ffff),
    offer.encode(['Service:9.0']),
    offer.encode(serviceVersions).subarray(0, 50),
  ];
  for (const opening of openings) {
    const end = await peer.connection();
    await end.write(opening);
    await end.end();
    await agent.next('peer-lost');
  }
  const unknown = await serve(peer);
  await unknown.end.write(u8.encode(2));
  await agent.next('peer-lost');
  const truncated = await serve(peer);
  await truncated.end.write(new Uint8Array(700));
  await truncated.end.end();
  await agent.next('peer-lost');

  const end = await serve(peer);
  expect(await end.push(agentKey(), 1n)).toBe('ok');
  await expectServes(agent.paths, PERIOD, { evolution: 2, counter: 0 });
});

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
