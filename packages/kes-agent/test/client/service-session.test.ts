/** One connection to a service socket: what it receives in which pieces, and what is left when it ends. */
import { describe, expect, test } from 'vitest';
import {
  serviceSession,
  type KeyFault,
  type SessionHandlers,
  type SessionOptions,
} from '../../src/client/service-session.js';
import type { OfferedKey } from '../../src/held-key.js';
import { joined, offer, result32 } from '../../src/wire/codec.js';
import { serviceVersions } from '../../src/wire/service.js';
import { fakeAgent, serve } from '../support/fake-agent.js';
import { agentKey, pushOf, recorder } from '../support/pool.js';
import { choiceOf, identifierOf } from '../support/wire.js';

const key = agentKey({ evolution: 3 });

/** Handlers that accept everything and release each key. */
function accepting() {
  const faults: KeyFault[] = [];
  return {
    faults,
    receive({ signingKey }: OfferedKey) {
      signingKey.release();
      return 'ok' as const;
    },
    receiveDrop: () => 'ok' as const,
    connected: () => undefined,
    faulty: (fault: KeyFault) => void faults.push(fault),
  };
}

/** A session with an agent, whose memory is clean after its end. */
async function started(
  handlers: SessionHandlers = accepting(),
  options: Partial<SessionOptions> = {},
) {
  const agent = await fakeAgent();
  const allocator = recorder();
  const session = serviceSession(agent.path, handlers, { allocator, timeout: 10_000, ...options });
  const ended = session.then(
    () => undefined,
    (error: unknown) => error,
  );
  const end = async () => {
    const error = await ended;
    allocator.expectClean();
    return error;
  };
  return { agent, allocator, end };
}

describe.each(serviceVersions)('a session of %s', (version) => {
  const push = pushOf(key, version, 5n);
  const head = push.length - 724;
  // Within the head, the signing key, the evolution and the certificate, and between them.
  const cuts = [1, head - 1, head, head + 1, head + 607, head + 608, head + 611, head + 612];

  test('that ends or stops within a message leaves no key', async () => {
    for (const cut of [...cuts.filter((each) => each > 0), push.length - 1]) {
      const { agent, end } = await started();
      const { end: peer } = await serve(agent, [version]);
      await peer.write(push.subarray(0, cut));
      await peer.end();
      expect(await end()).toMatchObject({ code: 'ERR_EVOLOCK_AGENT_GONE' });
    }
    for (const cut of [head + 1, head + 607, head + 608, push.length - 1]) {
      const { agent, end } = await started(accepting(), { timeout: 50 });
      const peer = await agent.connection();
      await peer.write(joined(offer.encode([version]), identifierOf(version)));
      await peer.write(push.subarray(0, cut));
      expect(await end()).toMatchObject({ code: 'ERR_EVOLOCK_IO_TIMEOUT', timeout: 50 });
    }
  });

  test('continues after a key that contradicts itself, its certificate or its evolution', async () => {
    const handlers = accepting();
    const { agent, end } = await started(handlers);
    const service = await serve(agent, [version]);
    // The last bytes are the verification keys below the root.
    const bytes = key.bytes.map((byte, at) => (at === 607 ? byte ^ 1 : byte));
    const { certificate } = agentKey({ seed: 8 });
    const wrong = [{ bytes }, { certificate }, { evolution: 4 }, { evolution: 0xffff_ffff }];
    for (const change of wrong) {
      expect(await service.push({ ...key, ...change })).toBe('invalid-certificate');
    }
    const faults = ['inconsistent-key', 'other-key', 'wrong-evolution', 'wrong-evolution'];
    expect(handlers.faults).toEqual(faults);
    // Two messages at once: the answers come in order.
    await service.end.write(joined(push, pushOf({ ...key, certificate }, version)));
    const answers = [await result32.read(service.end), await result32.read(service.end)];
    expect(answers).toEqual(['ok', 'invalid-certificate']);
    await service.end.end();
    expect(await end()).toBeUndefined();
  });

  test('releases the key when the handler throws', async () => {
    const failure = new Error('no');
    const receive = () => {
      throw failure;
    };
    const { agent, end } = await started({ ...accepting(), receive });
    const { end: peer } = await serve(agent, [version]);
    await peer.write(push);
    expect(await end()).toBe(failure);
    expect(await peer.readAll()).toHaveLength(0);
  });

  test('ends when there is no locked memory for a key', async () => {
    const { agent, allocator, end } = await started();
    const { end: peer } = await serve(agent, [version]);
    await peer.write(push.subarray(0, head + 1));
    allocator.failFrom(0);
    await peer.write(push.subarray(head + 1));
    expect(await end()).toMatchObject({ code: 'ERR_EVOLOCK_ALLOCATION_REFUSED' });
  });
});

describe('the handshake', () => {
  const newest = joined(offer.encode(['Service:2.0']), identifierOf('Service:2.0'));
  const none = new Uint8Array();

  test.each<[string, Uint8Array, Uint8Array, string]>([
    ['no common version', offer.encode(['Service:9.0']), Uint8Array.of(0), 'no-common-version'],
    ['a thousand versions', Uint8Array.of(0, 0, 3, 232), none, 'too-long'],
    ['an unknown kind', joined(newest, Uint8Array.of(2)), choiceOf('Service:2.0'), 'wrong-value'],
    [
      'another identifier',
      joined(offer.encode(['Service:2.0']), identifierOf('Service:1.0')),
      choiceOf('Service:2.0'),
      'wrong-identifier',
    ],
  ])('refuses %s', async (_what, bytes, sent, problem) => {
    const { agent, end } = await started();
    const peer = await agent.connection();
    await peer.write(bytes);
    expect(await end()).toMatchObject({ code: 'ERR_EVOLOCK_AGENT_PROTOCOL', problem });
    expect(await peer.readAll()).toEqual(sent);
  });

  test.each([0, 3, 50, 101])('has a time limit (after %i bytes)', async (count) => {
    const { agent, end } = await started(accepting(), { timeout: 50 });
    const peer = await agent.connection();
    const bytes = joined(offer.encode(serviceVersions), identifierOf('Service:2.0'));
    await peer.write(bytes.subarray(0, count));
    expect(await end()).toMatchObject({ code: 'ERR_EVOLOCK_IO_TIMEOUT', timeout: 50 });
  });
});

test.each([0, 700])('an abort after %i bytes of a message leaves no key', async (count) => {
  const controller = new AbortController();
  const { agent, end } = await started(accepting(), { signal: controller.signal });
  const { end: peer } = await serve(agent);
  await peer.write(pushOf(key, 'Service:2.0', 1n).subarray(0, count));
  // The tail is missing: the session waits for it whenever the abort comes.
  controller.abort('enough');
  expect(await end()).toMatchObject({ code: 'ERR_EVOLOCK_IO_ABORTED', cause: 'enough' });
});
