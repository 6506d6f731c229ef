import { once } from 'node:events';
import { releaseAll } from '@evolock/mlocked-bytes/release-all';
import { sum6Kes } from '@evolock/kes-sum';
import { rejectionOf } from '@evolock/test-support';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import {
  receiveKeys,
  type ReceiveKeysOptions,
  type ServiceClient,
} from '../../src/client/service-client.js';
import { serviceSession } from '../../src/client/service-session.js';
import { joined, offer, result32 } from '../../src/wire/codec.js';
import { serviceVersions } from '../../src/wire/service.js';
import { uncaughtError } from '../support/clients.js';
import { FakeAgent, fakeAgent, serve } from '../support/fake-agent.js';
import { agentKey, configuration, endOf, momentIn, pushOf, recorder } from '../support/pool.js';
import { choiceOf, identifierOf } from '../support/wire.js';

const message = Uint8Array.of(1, 2, 3);

/** A client of a fake agent in period 12, its clock, its events, and its memory. */
async function started(options: Partial<ReceiveKeysOptions> = {}) {
  const agent = await fakeAgent();
  const allocator = recorder();
  const clock = { now: momentIn(12) };
  const client = receiveKeys(agent.path, {
    ...configuration,
    allocator,
    now: () => new Date(clock.now),
    monotonic: () => clock.now,
    retry: { delay: 0 },
    ...options,
  });
  onTestFinished(async () => {
    await client.close();
    allocator.expectClean();
  });
  const refusals: string[] = [];
  client.on('refused', ({ reason }) => refusals.push(reason));
  return { agent, allocator, clock, client, refusals };
}

/** The same, when it holds `key`. */
async function holding(options: Partial<ReceiveKeysOptions> = {}) {
  const all = await started(options);
  const service = await serve(all.agent);
  expect(await service.push(key, 1n)).toBe('ok');
  return { ...all, service };
}

/** The same, when it does not connect again: how its connection ends. Its memory is clean then. */
async function ending(options: Partial<ReceiveKeysOptions> = {}) {
  const all = await started({ retry: { attempts: 0 }, ...options });
  const disconnected = once(all.client, 'disconnected');
  const end = async () => {
    const [{ error }] = await disconnected;
    await all.client.close();
    all.allocator.expectClean();
    return error;
  };
  return { ...all, end };
}

/** Whether the held key signs at an evolution of a certificate. */
function signsAt(client: ServiceClient, evolution: number): boolean {
  const held = client.current();
  if (held === undefined) return false;
  const signature = held.signingKey.sign(message);
  return sum6Kes.verify(held.certificate.hotVerificationKey, evolution, message, signature);
}

const key = agentKey({ start: 12 });
const newer = agentKey({ seed: 8, start: 12, counter: 1 });

test.each(serviceVersions)(
  'a client of %s holds the key of the agent at the current period',
  async (version) => {
    const early = agentKey({ start: 10, evolution: 1 });
    const { agent, client, clock } = await started();
    const service = await serve(agent, [version]);
    const emitted = once(client, 'key');
    expect(await service.push(early, 1n)).toBe('ok');
    const [held] = await emitted;
    expect(held).toBe(client.current());
    expect(held.certificate).toEqual(early.certificate);
    expect(held.timestamp).toBe(version === 'Service:2.0' ? 1n : undefined);
    expect(held.period).toBe(12n);
    expect(signsAt(client, 2)).toBe(true);
    clock.now = momentIn(20);
    expect(held.signingKey.period).toBe(10);
    expect(held.period).toBe(20n);
    expect(signsAt(client, 10)).toBe(true);
    // A clock that goes back cannot undo an evolution: there is no key for that period.
    clock.now = momentIn(19);
    expect(client.current()).toBeUndefined();
    expect(held.released).toBe(false);
    clock.now = momentIn(20);
    expect(signsAt(client, 10)).toBe(true);
  },
);

describe('a client', () => {
  test.each([
    ['not-yet', agentKey({ start: 13 })],
    ['ahead', agentKey({ start: 10, evolution: 3 })],
  ])('refuses a key of the future, %s, and asks again', async (reason, future) => {
    const { agent, client, clock, refusals } = await started();
    const service = await serve(agent);
    const gone = once(client, 'disconnected');
    expect(await service.push(future, 1n)).toBe('invalid-certificate');
    expect(refusals).toEqual([reason]);
    expect((await gone)[0].error).toMatchObject({ code: 'ERR_EVOLOCK_AGENT_EARLY_KEY' });
    expect(client.current()).toBeUndefined();
    clock.now = momentIn(13);
    const again = await serve(agent);
    expect(await again.push(future, 1n)).toBe('ok');
    expect(client.current()?.period).toBe(13n);
  });

  test('evolves the key when a period begins, without a use of it, and leaves no timer', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    const { allocator, client, clock } = await holding();
    clock.now = endOf(12) - 1;
    // The object that an iteration gave: no getter is read.
    const { signingKey } = client.current()!;
    // Each look, 10 seconds after the last one at most, plans the next one.
    vi.advanceTimersByTime(10_000);
    clock.now = endOf(12);
    expect(signingKey.period).toBe(0);
    vi.advanceTimersByTime(1);
    expect(signingKey.period).toBe(1);
    clock.now = momentIn(12 + 62);
    vi.advanceTimersByTime(10_000);
    expect(signingKey.released).toBe(true);
    expect(allocator.live).toBe(1); // the connection
    await client.close();
    expect(vi.getTimerCount()).toBe(0);
  });

  test('connects again to an agent that stops and starts again', async () => {
    const agent = new FakeAgent();
    const client = receiveKeys(agent.path, {
      ...configuration,
      now: () => new Date(momentIn(12)),
      retry: { delay: 0.001 },
    });
    onTestFinished(() => client.close());
    const [{ error, retryAfter }] = await once(client, 'disconnected');
    expect(error).toMatchObject({ systemCode: 'ENOENT' });
    expect(retryAfter).toBe(0.001);
    await agent.start();
    const first = await serve(agent);
    expect(await first.push(key, 1n)).toBe('ok');
    agent.stop();
    await first.end.end();
    await once(client, 'disconnected');
    // The key stays usable without an agent.
    expect(signsAt(client, 0)).toBe(true);
    await agent.start();
    const second = await serve(agent);
    expect(await second.push(key, 1n)).toBe('outdated');
    expect(await second.push(newer, 2n)).toBe('ok');
    expect(client.current()?.certificate).toEqual(newer.certificate);
  });

  test('gives up after its attempts, and wipes', async () => {
    const { agent, allocator, client, service } = await holding({
      retry: { attempts: 1, delay: 0 },
    });
    const held = client.current();
    const ends: unknown[] = [];
    client.on('disconnected', ({ error, retryAfter }) => ends.push([error, retryAfter]));
    expect(await service.drop(2n)).toBe('ok');
    const waiting = rejectionOf(client.ready());
    agent.stop();
    await service.end.end();
    const none = { code: 'ERR_EVOLOCK_IO_STREAM', systemCode: 'ENOENT' };
    expect(await waiting).toMatchObject(none);
    expect(await rejectionOf(client.ready())).toMatchObject(none);
    expect(ends).toMatchObject([
      [{ code: 'ERR_EVOLOCK_AGENT_GONE' }, 0],
      [none, undefined],
    ]);
    expect(held?.released).toBe(true);
    allocator.expectClean();
  });

  test('that is aborted wipes the key, and tells those who wait', async () => {
    const controller = new AbortController();
    const { allocator, client, clock } = await holding({ signal: controller.signal });
    const held = await client.ready();
    clock.now = momentIn(11);
    const waiting = rejectionOf(client.ready());
    controller.abort('enough');
    expect(await waiting).toMatchObject({ code: 'ERR_EVOLOCK_IO_ABORTED', cause: 'enough' });
    expect(held.released).toBe(true);
    allocator.expectClean();
  });

  test('that is closed during a pause ends at once', async () => {
    const agent = new FakeAgent();
    const client = receiveKeys(agent.path, {
      ...configuration,
      retry: { delay: 2_000_000 },
    });
    await once(client, 'disconnected');
    await client[Symbol.asyncDispose]();
    const { code, message: words } = await rejectionOf(client.ready());
    expect([code, words]).toEqual(['ERR_EVOLOCK_IO_STREAM', 'the client is closed']);
  });

  test('takes the same key again after the application released everything', async () => {
    const { agent, client } = await holding();
    await releaseAll();
    expect(client.current()).toBeUndefined();
    const again = await serve(agent);
    expect(await again.push(key, 1n)).toBe('ok');
    expect(signsAt(client, 0)).toBe(true);
  });

  test('is not disturbed by a listener that throws', async () => {
    const { agent, client } = await started();
    const thrown = new Error('the listener');
    const uncaught = uncaughtError();
    client.on('key', () => {
      throw thrown;
    });
    const service = await serve(agent);
    expect(await service.push(key, 1n)).toBe('ok');
    expect(await uncaught).toBe(thrown);
    expect(signsAt(client, 0)).toBe(true);
  });
});

describe('a program that waits for the key', () => {
  test('has the first one, also when it comes later, and at once when it is held', async () => {
    const { agent, client } = await started();
    const waiting = [client.ready(), client.ready({ signal: new AbortController().signal })];
    const service = await serve(agent);
    expect(await service.push(key, 1n)).toBe('ok');
    const [held] = await Promise.all(waiting);
    expect(held?.signingKey.period).toBe(0);
    for (const each of [...waiting, client.ready()]) expect(await each).toBe(client.current());
  });

  test('waits over drops and connections', async () => {
    const { agent, client } = await started();
    for (const counter of [0, 1]) {
      const waiting = client.ready();
      const service = await serve(agent);
      const each = agentKey({ seed: counter, start: 12, counter });
      expect(await service.push(each, BigInt(2 * counter + 1))).toBe('ok');
      expect((await waiting).certificate.sequenceNumber).toBe(BigInt(counter));
      expect(await service.drop(BigInt(2 * counter + 2))).toBe('ok');
      await service.end.end();
    }
  });

  test('can stop waiting, and the client goes on', async () => {
    const { agent, client } = await started();
    const controller = new AbortController();
    const waiting = rejectionOf(client.ready({ signal: controller.signal }));
    controller.abort('enough');
    for (const each of [waiting, rejectionOf(client.ready({ signal: controller.signal }))])
      expect(await each).toMatchObject({ code: 'ERR_EVOLOCK_IO_ABORTED', cause: 'enough' });
    expect(await (await serve(agent)).push(key, 1n)).toBe('ok');
    // The key is there: nothing is waited for.
    expect(await client.ready({ signal: controller.signal })).toBe(client.current());
  });

  test('has it when a step of the clock is believed', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    let elapsed = 0;
    const { client, clock } = await holding({ monotonic: () => elapsed });
    clock.now = momentIn(15);
    const waiting = client.ready();
    elapsed += 60_000;
    vi.advanceTimersByTime(60_000);
    expect((await waiting).period).toBe(15n);
  });
});

describe.each(serviceVersions)('a connection of %s', (version) => {
  const held = agentKey({ start: 10, evolution: 2 });
  const push = pushOf(held, version, 5n);
  const head = push.length - 724;
  // Within the head, the signing key, the evolution and the certificate, and between them.
  const cuts = [1, head - 1, head, head + 1, head + 607, head + 608, head + 611, head + 612];

  test('that ends or stops within a message leaves no key', async () => {
    for (const cut of [...cuts.filter((each) => each > 0), push.length - 1]) {
      const { agent, end } = await ending();
      const { end: peer } = await serve(agent, [version]);
      await peer.write(push.subarray(0, cut));
      await peer.end();
      expect(await end()).toMatchObject({ code: 'ERR_EVOLOCK_AGENT_GONE' });
    }
    for (const cut of [head + 1, head + 607, head + 608, push.length - 1]) {
      const { agent, end } = await ending({ timeout: 0.05 });
      const peer = await agent.connection();
      await peer.write(joined(offer.encode([version]), identifierOf(version)));
      await peer.write(push.subarray(0, cut));
      expect(await end()).toMatchObject({ code: 'ERR_EVOLOCK_IO_TIMEOUT' });
    }
  });

  test('continues after a key that contradicts itself, its certificate or its evolution', async () => {
    const { agent, end, refusals } = await ending();
    const service = await serve(agent, [version]);
    // The last bytes are the verification keys below the root.
    const bytes = held.bytes.map((byte, at) => (at === 607 ? byte ^ 1 : byte));
    const { certificate } = agentKey({ seed: 8 });
    const wrong = [{ bytes }, { certificate }, { evolution: 4 }, { evolution: 0xffff_ffff }];
    for (const change of wrong) {
      expect(await service.push({ ...held, ...change })).toBe('invalid-certificate');
    }
    const faults = ['inconsistent-key', 'other-key', 'wrong-evolution', 'wrong-evolution'];
    expect(refusals).toEqual(faults);
    // Two messages at once: the answers come in order.
    await service.end.write(joined(push, pushOf({ ...held, certificate }, version)));
    const answers = [await result32.read(service.end), await result32.read(service.end)];
    expect(answers).toEqual(['ok', 'invalid-certificate']);
    await service.end.end();
    expect(await end()).toMatchObject({ code: 'ERR_EVOLOCK_AGENT_GONE' });
  });

  test('ends when there is no locked memory for a key', async () => {
    const { agent, allocator, end } = await ending();
    const { end: peer } = await serve(agent, [version]);
    await peer.write(push.subarray(0, head + 1));
    allocator.failFrom(0);
    await peer.write(push.subarray(head + 1));
    expect(await end()).toMatchObject({ code: 'ERR_EVOLOCK_ALLOCATION_REFUSED' });
  });

  test.each([0, 700])(
    'that is aborted after %i bytes of a message leaves no key',
    async (count) => {
      const controller = new AbortController();
      const { agent, allocator, client } = await started({ signal: controller.signal });
      const { end: peer } = await serve(agent, [version]);
      await peer.write(push.subarray(0, count));
      // The tail is missing: the client waits for it whenever the abort comes.
      controller.abort('enough');
      const aborted = { code: 'ERR_EVOLOCK_IO_ABORTED', cause: 'enough' };
      expect(await rejectionOf(client.ready())).toMatchObject(aborted);
      allocator.expectClean();
    },
  );
});

test('a session whose handler throws ends with that error, and releases the key', async () => {
  const agent = await fakeAgent();
  const allocator = recorder();
  const failure = new Error('no');
  const fail = () => {
    throw failure;
  };
  const handlers = { connected: () => undefined, receive: fail, receiveDrop: fail, faulty: fail };
  const ended = rejectionOf(serviceSession(agent.path, handlers, { allocator, timeout: 10_000 }));
  const { end } = await serve(agent);
  await end.write(pushOf(key, 'Service:2.0'));
  expect(await ended).toBe(failure);
  expect(await end.readAll()).toHaveLength(0);
  allocator.expectClean();
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
    const { agent, end } = await ending();
    const peer = await agent.connection();
    await peer.write(bytes);
    expect(await end()).toMatchObject({ code: 'ERR_EVOLOCK_AGENT_PROTOCOL', problem });
    expect(await peer.readAll()).toEqual(sent);
  });

  test.each([0, 3, 50, 101])('has a time limit (after %i bytes)', async (count) => {
    const { agent, end } = await ending({ timeout: 0.05 });
    const peer = await agent.connection();
    const bytes = joined(offer.encode(serviceVersions), identifierOf('Service:2.0'));
    await peer.write(bytes.subarray(0, count));
    expect(await end()).toMatchObject({ code: 'ERR_EVOLOCK_IO_TIMEOUT' });
  });
});
