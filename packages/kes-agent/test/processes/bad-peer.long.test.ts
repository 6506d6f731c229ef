/** A peer that does not follow the protocol. The agent waits longer before each connection. */
import { expect, test } from 'vitest';
import { agentKey } from '../support/agent-key.js';
import { expectServes } from '../support/clients/plain-client.js';
import { fakeAgent } from '../support/fake-agent/fake-agent.js';
import { serve } from '../support/fake-agent/scripts.js';
import { startAgent } from '../support/processes/processes.js';
import { u32, u8 } from '../../src/wire/bytes.js';
import { encodeOffer } from '../../src/wire/handshake.js';
import { serviceVersions } from '../../src/wire/service.js';

const PERIOD = 12;

test('a peer that breaks the protocol is left, and asked again later', async () => {
  const peer = await fakeAgent();
  const agent = await startAgent({ period: PERIOD, bootstrap: [peer.path] });
  const openings = [
    u32(17),
    u32(0xffff_ffff),
    encodeOffer(['Service:9.0']),
    encodeOffer(serviceVersions).subarray(0, 50),
  ];
  for (const opening of openings) {
    const end = await peer.connection();
    await end.write(opening);
    await end.end();
    await agent.next('peer-lost');
  }
  const unknown = await serve(peer);
  await unknown.end.write(u8(2));
  await agent.next('peer-lost');
  const truncated = await serve(peer);
  await truncated.end.write(new Uint8Array(700));
  await truncated.end.end();
  await agent.next('peer-lost');

  const end = await serve(peer);
  expect(await end.push(agentKey(), 1n)).toBe('ok');
  await expectServes(agent.paths, PERIOD, { evolution: 2, counter: 0 });
});
