import { once } from 'node:events';
import { releaseAll } from '@evolock/mlocked-bytes/release-all';
import { sum6Kes } from '@evolock/kes-sum';
import { codeOf, rejectionOf, wrongly } from '@evolock/test-support';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import {
  receiveKeys,
  type ReceiveKeysOptions,
  type ServiceClient,
} from '../../src/client/service-client.js';
import { serviceVersions } from '../../src/wire/service.js';
import { uncaughtError } from '../support/clients.js';
import { FakeAgent, fakeAgent, serve } from '../support/fake-agent.js';
import { agentKey, configuration, momentIn, network, recorder } from '../support/pool.js';

const message = Uint8Array.of(1, 2, 3);

/** A client of a fake agent in period 12, its clock, its events, and its memory. */
async function started(options: Partial<ReceiveKeysOptions> = {}) {
  const agent = await fakeAgent();
  const allocator = recorder();
  const clock = { now: momentIn(12) };
  const client = receiveKeys(agent.path, {
    ...configuration,
    allocator,
    now: () => clock.now,
    monotonic: () => clock.now,
    retry: { delay: 0 },
    ...options,
  });
  onTestFinished(async () => {
    await client.close();
    allocator.expectClean();
  });
  return { agent, allocator, clock, client, refusals: refusalsOf(client) };
}

function refusalsOf(client: ServiceClient): string[] {
  const reasons: string[] = [];
  client.on('refused', ({ reason }) => reasons.push(reason));
  return reasons;
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

describe.each(serviceVersions)('a client of %s', (version) => {
  const early = agentKey({ start: 10, evolution: 1 });

  test('holds the key of the agent at the current period', async () => {
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
  });

  test('answers outdated to the same key again, also after another connection', async () => {
    const { agent, client, clock, refusals } = await started();
    const service = await serve(agent, [version]);
    expect(await service.push(early, 1n)).toBe('ok');
    expect(await service.push(early, 1n)).toBe('outdated');
    clock.now = momentIn(15);
    await service.end.end();
    const again = await serve(agent, [version]);
    expect(await again.push(early, 1n)).toBe('outdated');
    expect(signsAt(client, 5)).toBe(true);
    expect(refusals).toEqual(['outdated', 'outdated']);
    const former = client.current()?.signingKey;
    expect(await again.push(newer, 2n)).toBe('ok');
    expect(former?.released).toBe(true);
    expect(signsAt(client, 3)).toBe(true);
  });
});

describe('a client', () => {
  const good = agentKey({ start: 10, evolution: 2 });
  const { signature } = good.certificate;
  const changed = signature.map((byte, at) => (at === 0 ? byte ^ 1 : byte));

  // Of the certificate, and of the bytes: the others are tested with the holder and with a session.
  test.each([
    ['wrong-signature', { certificate: { ...good.certificate, signature: changed } }],
    ['wrong-evolution', { evolution: 1 }],
  ])('refuses a key, %s, and continues', async (reason, change) => {
    const { agent, client, refusals } = await started();
    const service = await serve(agent);
    const wrong = { ...good, ...change };
    expect(await service.push(wrong, 1n)).toBe('invalid-certificate');
    expect(client.current()).toBeUndefined();
    expect(refusals).toEqual([reason]);
    expect(await service.push(good, 1n)).toBe('ok');
    expect(await service.push(wrong, 2n)).toBe('invalid-certificate');
    expect(signsAt(client, 2)).toBe(true);
  });

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

  test('evolves the key without a use of it', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    const { agent, allocator, client, clock } = await started();
    const service = await serve(agent);
    expect(await service.push(key, 1n)).toBe('ok');
    const { signingKey } = client.current()!;
    clock.now = momentIn(14);
    // The object that an iteration gave: no getter is read.
    expect(signingKey.period).toBe(0);
    vi.advanceTimersByTime(60_000);
    expect(signingKey.period).toBe(2);
    clock.now = momentIn(12 + 62);
    vi.advanceTimersByTime(60_000);
    expect(signingKey.released).toBe(true);
    expect(allocator.live).toBe(1); // the connection
  });

  test('connects again to an agent that stops and starts again', async () => {
    const agent = new FakeAgent();
    const client = receiveKeys(agent.path, {
      ...configuration,
      now: () => momentIn(12),
      retry: { delay: 1 },
    });
    onTestFinished(() => client.close());
    const [{ error, retryAfter }] = await once(client, 'disconnected');
    expect(error).toMatchObject({ systemCode: 'ENOENT' });
    expect(retryAfter).toBe(1);
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
    const { agent, allocator, client } = await started({ retry: { attempts: 1, delay: 0 } });
    const service = await serve(agent);
    expect(await service.push(key, 1n)).toBe('ok');
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
    const { agent, allocator, client, clock } = await started({ signal: controller.signal });
    const service = await serve(agent);
    expect(await service.push(key, 1n)).toBe('ok');
    const held = await client.ready();
    clock.now = momentIn(11);
    const waiting = rejectionOf(client.ready());
    controller.abort('enough');
    expect(await waiting).toMatchObject({ code: 'ERR_EVOLOCK_IO_ABORTED', cause: 'enough' });
    expect(held.released).toBe(true);
    allocator.expectClean();
  });

  test('that is closed has no timer', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    const { agent, client } = await started();
    const service = await serve(agent);
    expect(await service.push(key, 1n)).toBe('ok');
    await client.close();
    expect(vi.getTimerCount()).toBe(0);
  });

  test('that is closed during a pause ends at once', async () => {
    const agent = new FakeAgent();
    const client = receiveKeys(agent.path, {
      ...configuration,
      retry: { delay: 2_000_000_000 },
    });
    await once(client, 'disconnected');
    await client[Symbol.asyncDispose]();
    const { code, message: words } = await rejectionOf(client.ready());
    expect([code, words]).toEqual(['ERR_EVOLOCK_IO_STREAM', 'the client is closed']);
  });

  test('takes the same key again after the application released everything', async () => {
    const { agent, client } = await started();
    const service = await serve(agent);
    expect(await service.push(key, 1n)).toBe('ok');
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

  test('refuses wrong arguments', async () => {
    for (const wrong of [
      { coldVerificationKey: new Uint8Array(31) },
      { parameters: undefined },
      { parameters: { ...network, anchor: undefined } },
      { now: 1 },
      { monotonic: 1 },
      { timeout: 0 },
      { retry: { attempts: -1 } },
    ]) {
      const receive = () => receiveKeys('socket', wrongly({ ...configuration, ...wrong }));
      expect(codeOf(receive)).toMatch(/^ERR_EVOLOCK_ARGUMENT_/);
    }
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
    const counters: unknown[] = [];
    for (const counter of [0, 1, 2]) {
      const waiting = client.ready();
      const service = await serve(agent);
      const each = agentKey({ seed: counter, start: 12, counter });
      expect(await service.push(each, BigInt(2 * counter + 1))).toBe('ok');
      counters.push((await waiting).certificate.sequenceNumber);
      expect(await service.drop(BigInt(2 * counter + 2))).toBe('ok');
      await service.end.end();
    }
    expect(counters).toEqual([0n, 1n, 2n]);
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
    const wrong = rejectionOf(client.ready(wrongly({ signal: 1 })));
    expect((await wrong)['code']).toBe('ERR_EVOLOCK_ARGUMENT_TYPE');
  });

  test('has it when a step of the clock is believed', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    let elapsed = 0;
    const { agent, client, clock } = await started({ monotonic: () => elapsed });
    const service = await serve(agent);
    expect(await service.push(key, 1n)).toBe('ok');
    clock.now = momentIn(15);
    const waiting = client.ready();
    elapsed += 60_000;
    vi.advanceTimersByTime(60_000);
    expect((await waiting).period).toBe(15n);
  });
});
