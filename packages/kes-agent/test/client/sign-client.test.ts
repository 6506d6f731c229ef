import { absolutePeriod } from '@evolock/cardano-headers';
import { sum6Kes } from '@evolock/kes-sum';
import { rejectionOf } from '@evolock/test-support';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { SignClient, type SignClientOptions } from '../../src/client/sign-client.js';
import { joined, offer } from '../../src/wire/codec.js';
import { signAnswer, signRequest, type Signed, type SignRequest } from '../../src/wire/sign.js';
import { FakeAgent, fakeAgent, type AgentEnd } from '../support/fake-agent.js';
import { kesKeyOf, otherPool, pool } from '../support/pool.js';
import { choiceOf, identifierOf } from '../support/wire.js';

const message = new TextEncoder().encode('a message');
const start = 10;
const evolution = 3;

/** What an honest agent answers in period 13. */
function honest(request: SignRequest): Signed {
  using signingKey = kesKeyOf(7, evolution);
  return {
    result: 'signed',
    signature: signingKey.sign(request.message),
    period: absolutePeriod(start + evolution),
    evolution,
    certificate: pool.certify(signingKey.deriveVerificationKey(), { start }),
    coldVerificationKey: pool.coldVerificationKey,
  };
}

const anyRequest = signRequest(1_000_000);

/** The agent's end of the next connection, after the handshake. */
async function shaken(agent: FakeAgent): Promise<AgentEnd> {
  const end = await agent.connection();
  await end.write(offer.encode(['Sign:2.0', 'Sign:1.0']));
  expect(await end.read(65)).toEqual(joined(choiceOf('Sign:1.0'), identifierOf('Sign:1.0')));
  return end;
}

async function connected(options: SignClientOptions = {}) {
  const agent = await fakeAgent();
  const connecting = SignClient.connect(agent.path, options);
  const end = await shaken(agent);
  const client = await connecting;
  onTestFinished(() => client.close());
  return { agent, client, end };
}

async function answer(end: AgentEnd, make: (request: SignRequest) => Signed): Promise<SignRequest> {
  const request = await anyRequest.read(end);
  await end.write(signAnswer.encode(make(request)));
  return request;
}

async function expectSigns(client: SignClient, end: AgentEnd | Promise<AgentEnd>): Promise<void> {
  const signing = client.sign(message);
  await answer(await end, honest);
  expect((await signing).evolution).toBe(evolution);
}

/** The answer of another pool. */
const asOther = (good: Signed): Signed => ({
  ...good,
  certificate: otherPool.certify(good.certificate.hotVerificationKey, { start }),
  coldVerificationKey: otherPool.coldVerificationKey,
});

describe('a sign client', () => {
  test('returns a signature that verifies, with everything to verify it', async () => {
    const { client, end } = await connected({ coldVerificationKey: pool.coldVerificationKey });
    const signing = client.sign(message);
    expect(await answer(end, honest)).toEqual({ message, period: undefined });
    const { signature, certificate, ...rest } = await signing;
    expect(rest).toEqual({
      period: 13n,
      evolution,
      coldVerificationKey: new Uint8Array(pool.coldVerificationKey),
    });
    const { hotVerificationKey } = certificate;
    expect(sum6Kes.verify(hotVerificationKey, evolution, message, signature)).toBe(true);
  });

  test('signs several messages in turn, the empty one too, each as it was when it was given', async () => {
    const { client, end } = await connected();
    const messages = [Buffer.from(message), new Uint8Array(message), new Uint8Array()];
    const period = absolutePeriod(13);
    const signing = messages.map((each) => client.sign(each, { period }));
    for (const each of messages) each.fill(0);
    for (const each of [message, message, new Uint8Array()]) {
      expect(await answer(end, honest)).toEqual({ message: each, period: 13n });
    }
    for (const signed of await Promise.all(signing)) expect(signed.evolution).toBe(evolution);
  });

  test('rejects with the reason of a refusal, and stays usable', async () => {
    const { client, end } = await connected();
    for (const [result, stated] of [
      ['no-key', 13],
      ['wrong-period', 13],
      ['block-header', 13],
      ['too-long', 13],
      ['too-many', 13],
      ['clock', 0],
      ['malformed', 13],
    ] as const) {
      const refused = rejectionOf(client.sign(message));
      await anyRequest.read(end);
      await end.write(signAnswer.encode({ result, period: absolutePeriod(stated) }));
      expect(await refused).toMatchObject({
        code: 'ERR_EVOLOCK_AGENT_SIGN_REFUSED',
        reason: result,
        period: stated === 0 ? undefined : 13n,
      });
    }
    await expectSigns(client, end);
  });

  test.each<[string, (good: Signed, request: SignRequest) => Signed]>([
    ['other-pool', asOther],
    [
      'wrong-certificate',
      (good) => ({ ...asOther(good), coldVerificationKey: good.coldVerificationKey }),
    ],
    ['wrong-period', (good) => ({ ...good, period: absolutePeriod(14) })],
    ['wrong-evolution', (good) => ({ ...good, evolution: evolution + 1 })],
    ['wrong-signature', (good) => ({ ...good, signature: good.signature.slice().fill(1, 0, 1) })],
    ['wrong-signature', () => honest({ message: Uint8Array.of(1), period: undefined })],
  ])('refuses an answer (%s), and closes the connection', async (fault, change) => {
    const { agent, client, end } = await connected({
      coldVerificationKey: pool.coldVerificationKey,
    });
    const refused = rejectionOf(client.sign(message, { period: absolutePeriod(13) }));
    await answer(end, (request) => change(honest(request), request));
    expect(await refused).toMatchObject({ code: 'ERR_EVOLOCK_AGENT_WRONG_ANSWER', fault });
    expect(await end.readAll()).toHaveLength(0);
    await expectSigns(client, shaken(agent));
  });

  test('takes the answer of any pool, unless one is given', async () => {
    const { client, end } = await connected();
    const signing = client.sign(message);
    await answer(end, (request) => asOther(honest(request)));
    const { coldVerificationKey } = await signing;
    expect(coldVerificationKey).toEqual(new Uint8Array(otherPool.coldVerificationKey));
  });

  test('gets the refusal of a message that the agent does not read', async () => {
    const { client, end } = await connected();
    const refused = rejectionOf(client.sign(new Uint8Array(4_000_000)));
    await end.read(5);
    end.socket.pause();
    await end.write(signAnswer.encode({ result: 'too-long', period: absolutePeriod(13) }));
    expect(await refused).toMatchObject({ reason: 'too-long' });
  });

  test('does not wait for an agent that never answers', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    const { agent, client, end } = await connected();
    const refused = rejectionOf(client.sign(message));
    await anyRequest.read(end);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(await refused).toMatchObject({ code: 'ERR_EVOLOCK_IO_TIMEOUT' });
    await expectSigns(client, shaken(agent));
  });

  test('rejects waiting requests, and later ones, when it is closed or aborted', async () => {
    const controller = new AbortController();
    for (const stop of [(client: SignClient) => client.close(), () => controller.abort()]) {
      const { client, end } = await connected({ signal: controller.signal });
      const waiting = [client.sign(message), client.sign(message)].map(rejectionOf);
      await anyRequest.read(end);
      await stop(client);
      for (const each of [...waiting, rejectionOf(client.sign(message))])
        expect((await each)['code']).toBe('ERR_EVOLOCK_IO_ABORTED');
    }
  });

  test('that is closed before an attempt, or in the pause after it, ends at once', async () => {
    const retry = { attempts: 1, delay: 2_000_000 };
    const { agent, client, end } = await connected({ retry });
    agent.stop();
    await end.end();
    const signing = rejectionOf(client.sign(message));
    await client.close();
    expect((await signing)['code']).toBe('ERR_EVOLOCK_IO_ABORTED');
  });

  describe('whose agent restarts', () => {
    test('connects again with the next request, and with one that had no answer', async () => {
      const { agent, client, end } = await connected({
        retry: { attempts: Infinity, delay: 0.001 },
      });
      agent.stop();
      await end.end();
      const signing = client.sign(message);
      await agent.start();
      const second = await shaken(agent);
      await answer(second, honest);
      expect((await signing).evolution).toBe(evolution);
      const unanswered = client.sign(message);
      expect((await anyRequest.read(second)).message).toEqual(message);
      await second.end();
      await answer(await shaken(agent), honest);
      expect((await unanswered).evolution).toBe(evolution);
    });

    test('says that the agent went away while it is away, and connects when it is back', async () => {
      const { agent, client, end } = await connected();
      agent.stop();
      await end.end();
      for (const each of [client.sign(message), client.sign(message)]) {
        expect(await rejectionOf(each)).toMatchObject({
          code: 'ERR_EVOLOCK_AGENT_GONE',
          message: expect.stringMatching(/^the agent went away/),
          cause: { systemCode: 'ENOENT' },
        });
      }
      await agent.start();
      await expectSigns(client, shaken(agent));
    });

    test('makes a request twice at most, and another one again', async () => {
      const { agent, client, end } = await connected();
      const refused = rejectionOf(client.sign(message));
      await anyRequest.read(end);
      await end.end();
      const second = await shaken(agent);
      await anyRequest.read(second);
      await second.end();
      expect(await refused).toMatchObject({
        code: 'ERR_EVOLOCK_AGENT_GONE',
        cause: { code: 'ERR_EVOLOCK_IO_CLOSED_EARLY' },
      });
      await expectSigns(client, shaken(agent));
    });
  });

  test('without an agent, or a version, does not connect', async () => {
    const none = rejectionOf(SignClient.connect(new FakeAgent().path));
    expect((await none)['code']).toBe('ERR_EVOLOCK_IO_STREAM');
    const agent = await fakeAgent();
    const refused = rejectionOf(SignClient.connect(agent.path));
    const end = await agent.connection();
    await end.write(offer.encode(['Control:3.0']));
    expect(await end.readAll()).toEqual(Uint8Array.of(0));
    expect(await refused).toMatchObject({ problem: 'no-common-version' });
  });
});
