import { rejectionOf } from '@evolock/test-support';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import {
  serviceSession,
  type KeyFault,
  type ReceivedKey,
  type SessionHandlers,
  type SessionOptions,
} from '../../src/client/service-session.js';
import { joined } from '../../src/wire/bytes.js';
import { encodeIdentifier, encodeOffer } from '../../src/wire/handshake.js';
import { encodeDrop, readResult32, serviceVersions } from '../../src/wire/service.js';
import { agentKey, pushOf, recorder } from '../support/agent-key.js';
import { FakeAgent, fakeAgent } from '../support/fake-agent/fake-agent.js';
import { serve } from '../support/fake-agent/scripts.js';

const key = agentKey({ evolution: 3 });

/** Handlers that accept everything and release each key. */
function accepting() {
  const seen: Omit<ReceivedKey, 'signingKey'>[] = [];
  const drops: bigint[] = [];
  const faults: KeyFault[] = [];
  return {
    seen,
    drops,
    faults,
    connected() {},
    receive({ signingKey, ...rest }: ReceivedKey) {
      signingKey.release();
      seen.push(rest);
      return 'ok' as const;
    },
    receiveDrop(timestamp: bigint) {
      drops.push(timestamp);
      return 'ok' as const;
    },
    faulty: (fault: KeyFault) => void faults.push(fault),
  };
}

async function started(handlers: SessionHandlers, options?: SessionOptions) {
  const agent = await fakeAgent();
  const allocator = recorder();
  const session = serviceSession(agent.path, handlers, { allocator, ...options });
  // Awaited later.
  session.catch(() => {});
  return { agent, allocator, session };
}

describe.each(serviceVersions)('a session of %s', (version) => {
  const push = pushOf(key, version, 5n);
  const drop = version === 'Service:2.0' ? encodeDrop(6n) : new Uint8Array();

  test.each([1, 7, 100, 5_000])('receives in pieces of %i bytes', async (piece) => {
    const handlers = accepting();
    const { agent, allocator, session } = await started(handlers);
    const end = await agent.connection();
    await end.write(encodeOffer([version]), piece);
    expect(await end.read(33)).toEqual(joined(Uint8Array.of(1), encodeIdentifier(version)));
    await end.write(joined(encodeIdentifier(version), push), piece);
    expect(await readResult32(end)).toBe('ok');
    // Two messages at once: the answers come in order.
    await end.write(joined(push, drop), piece);
    expect(await readResult32(end)).toBe('ok');
    if (drop.length > 0) expect(await readResult32(end)).toBe('ok');
    await end.end();
    await session;
    const timestamp = drop.length > 0 ? 5n : undefined;
    const received = { evolution: 3, certificate: key.certificate, timestamp };
    expect(handlers.seen).toEqual([received, received]);
    expect(handlers.drops).toEqual(drop.length > 0 ? [6n] : []);
    allocator.expectClean();
  });

  const head = push.length - 724;

  // Within the head, the signing key, the evolution and the certificate, and between them.
  const cuts = [1, head - 1, head, head + 1, head + 607, head + 608, head + 611, head + 612];

  test.each([...cuts.filter((cut) => cut > 0), push.length - 1])(
    'that ends after %i bytes of a message leaves no key',
    async (cut) => {
      const { agent, allocator, session } = await started(accepting());
      const { end } = await serve(agent, [version]);
      await end.write(push.subarray(0, cut));
      await end.end();
      expect((await rejectionOf(session))['code']).toBe('ERR_EVOLOCK_IO_CLOSED_EARLY');
      allocator.expectClean();
    },
  );

  test('that stops within a message times out', async () => {
    for (const cut of [head + 1, head + 607, head + 608, push.length - 1]) {
      const { agent, allocator, session } = await started(accepting(), { timeout: 50 });
      const end = await agent.connection();
      await end.write(joined(encodeOffer([version]), encodeIdentifier(version)));
      await end.write(push.subarray(0, cut));
      expect(await rejectionOf(session)).toMatchObject({ code: 'ERR_EVOLOCK_IO_TIMEOUT' });
      allocator.expectClean();
    }
  });

  test('continues after a key that contradicts itself', async () => {
    const handlers = accepting();
    const { agent, allocator, session } = await started(handlers);
    const service = await serve(agent, [version]);
    const bytes = key.bytes.slice();
    // The last bytes are the verification keys below the root.
    bytes[bytes.length - 1]! ^= 1;
    const other = agentKey({ seed: 8 });
    expect(await service.push({ ...key, bytes })).toBe('invalid-certificate');
    expect(await service.push({ ...key, certificate: other.certificate })).toBe(
      'invalid-certificate',
    );
    expect(await service.push({ ...key, evolution: 4 })).toBe('invalid-certificate');
    expect(await service.push({ ...key, evolution: 0xffff_ffff })).toBe('invalid-certificate');
    expect(handlers.faults).toEqual([
      'inconsistent-key',
      'other-key',
      'wrong-evolution',
      'wrong-evolution',
    ]);
    expect(await service.push(key)).toBe('ok');
    await service.end.end();
    await session;
    expect(handlers.seen).toHaveLength(1);
    allocator.expectClean();
  });

  test('releases the key when the handler throws', async () => {
    const failure = new Error('no');
    for (const receive of [
      () => {
        throw failure;
      },
      () => Promise.reject(failure),
    ]) {
      const { agent, allocator, session } = await started({ ...accepting(), receive });
      const { end } = await serve(agent, [version]);
      await end.write(push);
      expect(await rejectionOf(session)).toBe(failure);
      expect(await end.readAll()).toHaveLength(0);
      allocator.expectClean();
    }
  });

  test('ends after the answer where the verdict says so', async () => {
    const failure = new Error('early');
    const handlers = {
      ...accepting(),
      receive({ signingKey }: ReceivedKey) {
        signingKey.release();
        return { result: 'invalid-certificate', error: failure } as const;
      },
    };
    const { agent, allocator, session } = await started(handlers);
    const service = await serve(agent, [version]);
    expect(await service.push(key)).toBe('invalid-certificate');
    expect(await rejectionOf(session)).toBe(failure);
    allocator.expectClean();
  });

  test('ends when there is no locked memory for a key', async () => {
    const { agent, allocator, session } = await started(accepting());
    const { end } = await serve(agent, [version]);
    await end.write(push.subarray(0, head + 1));
    allocator.failFrom(0);
    await end.write(push.subarray(head + 1));
    expect(await rejectionOf(session)).toMatchObject({ code: 'ERR_EVOLOCK_ALLOCATION_REFUSED' });
    allocator.expectClean();
  });
});

describe('the handshake', () => {
  test('chooses the newest version of both sides', async () => {
    const { agent, session } = await started(accepting());
    const offered = ['Service:9.0', 'Service:StandardCrypto:0.4', 'Service:1.0'];
    const end = await agent.connection();
    await end.write(encodeOffer(offered));
    expect(await end.read(33)).toEqual(joined(Uint8Array.of(1), encodeIdentifier('Service:1.0')));
    await end.write(encodeIdentifier('Service:1.0'));
    await end.end();
    await session;
  });

  test('sends that no version is common, and ends', async () => {
    const { agent, allocator, session } = await started(accepting());
    const end = await agent.connection();
    await end.write(encodeOffer(['Service:9.0']));
    expect(await end.readAll()).toEqual(Uint8Array.of(0));
    expect(await rejectionOf(session)).toMatchObject({ problem: 'no-common-version' });
    allocator.expectClean();
  });

  test.each([
    ['another identifier', joined(encodeOffer(['Service:2.0']), encodeIdentifier('Service:1.0'))],
    ['a thousand versions', Uint8Array.of(0, 0, 3, 232)],
    [
      'a kind that does not exist',
      joined(encodeOffer(['Service:2.0']), encodeIdentifier('Service:2.0'), Uint8Array.of(2, 0)),
    ],
  ])('refuses %s', async (_what, bytes) => {
    const { agent, allocator, session } = await started(accepting());
    const end = await agent.connection();
    await end.write(bytes);
    expect((await rejectionOf(session))['code']).toBe('ERR_EVOLOCK_AGENT_PROTOCOL');
    allocator.expectClean();
  });

  test.each([0, 3, 50, 101])('has a time limit (after %i bytes)', async (count) => {
    const { agent, allocator, session } = await started(accepting(), { timeout: 50 });
    const end = await agent.connection();
    const bytes = joined(encodeOffer(serviceVersions), encodeIdentifier('Service:2.0'));
    await end.write(bytes.subarray(0, count));
    expect(await rejectionOf(session)).toMatchObject({
      code: 'ERR_EVOLOCK_IO_TIMEOUT',
      timeout: 50,
    });
    allocator.expectClean();
  });
});

describe('a session', () => {
  test('waits for a message without a limit', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    const handlers = accepting();
    const { agent, session } = await started(handlers);
    const service = await serve(agent);
    expect(await service.push(key, 1n)).toBe('ok');
    await vi.advanceTimersByTimeAsync(86_400_000);
    expect(await service.push(key, 2n)).toBe('ok');
    await service.end.end();
    await session;
  });

  test('can be aborted while it waits for a message', async () => {
    const controller = new AbortController();
    const { signal } = controller;
    const { agent, allocator, session } = await started(accepting(), { signal });
    await serve(agent);
    controller.abort('enough');
    expect(await rejectionOf(session)).toMatchObject({
      code: 'ERR_EVOLOCK_IO_ABORTED',
      cause: 'enough',
    });
    allocator.expectClean();
  });

  test('without an agent rejects', async () => {
    const { path } = new FakeAgent();
    expect(await rejectionOf(serviceSession(path, accepting()))).toMatchObject({
      code: 'ERR_EVOLOCK_IO_STREAM',
      systemCode: 'ENOENT',
    });
  });

  test('that is aborted within a message leaves no key', async () => {
    const controller = new AbortController();
    const { agent, allocator, session } = await started(accepting(), { signal: controller.signal });
    const { end } = await serve(agent);
    await end.write(pushOf(key, 'Service:2.0', 1n).subarray(0, 700));
    // The tail is missing: the session waits for it whenever the abort comes.
    controller.abort();
    await end.readAll();
    expect((await rejectionOf(session))['code']).toBe('ERR_EVOLOCK_IO_ABORTED');
    allocator.expectClean();
  });
});
