import { rejectionOf } from '@evolock/test-support';
import { describe, expect, test } from 'vitest';
import { ControlClient } from '../../src/client/control-client.js';
import { BackOff, type RetryOptions } from '../../src/client/dial.js';
import { joined, offer, result16 } from '../../src/wire/codec.js';
import { controlVersions, maybeKey } from '../../src/wire/control.js';
import { answerCommand, FakeAgent, fakeAgent } from '../support/fake-agent.js';
import { agentKey } from '../support/pool.js';
import { choiceOf, identifierOf } from '../support/wire.js';

const { certificate } = agentKey();
const verificationKey = new Uint8Array(certificate.hotVerificationKey);
const ok = result16.encode('ok');
const present = maybeKey.encode(verificationKey);
const absent = maybeKey.encode(undefined);

/** Asks an agent that gives this answer. Returns what became of it, and the command. */
async function asked(answer: Uint8Array, ask: (client: ControlClient) => Promise<unknown>) {
  const agent = await fakeAgent();
  const asking = ask(new ControlClient(agent.path)).catch((error: unknown) => error);
  const { end, given } = await answerCommand(agent, () => answer);
  const value = await asking;
  // The client closes after the answer, and sends nothing more.
  expect(await end.readAll()).toHaveLength(0);
  return { given, value };
}

/** A client that asks an agent which has offered nothing yet. */
async function waiting(options?: ConstructorParameters<typeof ControlClient>[1]) {
  const agent = await fakeAgent();
  const info = rejectionOf(new ControlClient(agent.path, options).info());
  return { agent, info, end: await agent.connection() };
}

describe('a control client', () => {
  test.each<[string, Uint8Array, (client: ControlClient) => Promise<unknown>, object, unknown]>([
    ['generates', present, (c) => c.generate(), { command: 'generate' }, verificationKey],
    ['exports', present, (c) => c.exportStaged(), { command: 'export' }, verificationKey],
    ['exports nothing', absent, (c) => c.exportStaged(), { command: 'export' }, undefined],
    ['unstages', absent, (c) => c.dropStaged(), { command: 'drop-staged' }, undefined],
    ['drops', ok, (c) => c.drop(), { command: 'drop' }, undefined],
    ['installs', ok, (c) => c.install(certificate), { command: 'install', certificate }, undefined],
  ])('%s', async (_what, answer, ask, given, value) => {
    expect(await asked(answer, ask)).toEqual({ given, value });
  });

  test('rejects with the result of a refusal, or when the staged key is not as it has to be', async () => {
    const results = [
      'outdated',
      'invalid-certificate',
      'no-key',
      'unsupported',
      'unknown',
    ] as const;
    for (const [answer, ask, result] of [
      ...results.map(
        (each) => [result16.encode(each), (c: ControlClient) => c.drop(), each] as const,
      ),
      [result16.encode('no-key'), (c: ControlClient) => c.install(certificate), 'no-key'],
      [absent, (c: ControlClient) => c.generate(), 'unknown'],
      [present, (c: ControlClient) => c.dropStaged(), 'unknown'],
    ] as const) {
      const { value } = await asked(answer, ask);
      expect(value).toMatchObject({ code: 'ERR_EVOLOCK_AGENT_REFUSED', result });
    }
  });

  test('refuses an answer that the protocol does not have', async () => {
    const { value } = await asked(Uint8Array.of(2), (client) => client.exportStaged());
    expect(value).toMatchObject({ code: 'ERR_EVOLOCK_AGENT_PROTOCOL', problem: 'wrong-value' });
  });

  test.each(['Control:1.0', 'Control:StandardCrypto:0.5'])(
    'does not send the drop of a key to %s',
    async (version) => {
      const agent = await fakeAgent();
      const rejected = rejectionOf(new ControlClient(agent.path).drop());
      const end = await agent.connection();
      await end.write(offer.encode([version]));
      expect(await end.readAll()).toEqual(choiceOf(version));
      expect(await rejected).toMatchObject({ result: 'unsupported' });
    },
  );

  test('chooses the newest version', async () => {
    const { end, info } = await waiting();
    await end.write(offer.encode(['Control:9.0', ...controlVersions.toReversed()]));
    const expected = joined(choiceOf('Control:3.0'), identifierOf('Control:3.0'));
    expect(await end.read(65)).toEqual(expected);
    await end.end();
    expect((await info)['code']).toBe('ERR_EVOLOCK_AGENT_GONE');
  });

  test.each([0, 20, 36])(
    'does not wait for an agent that is silent after %i bytes',
    async (count) => {
      const { end, info } = await waiting({ timeout: 0.05 });
      await end.write(offer.encode(['Control:3.0']).subarray(0, count));
      expect(await info).toMatchObject({ code: 'ERR_EVOLOCK_IO_TIMEOUT' });
    },
  );

  test('can be aborted', async () => {
    const controller = new AbortController();
    const { signal } = controller;
    const { agent, info } = await waiting({ signal });
    controller.abort('enough');
    const expected = { code: 'ERR_EVOLOCK_IO_ABORTED', cause: 'enough' };
    expect(await info).toMatchObject(expected);
    const later = rejectionOf(new ControlClient(agent.path, { signal }).info());
    expect(await later).toMatchObject(expected);
  });

  test('tries again to connect if it may', async () => {
    const agent = new FakeAgent();
    const once = await rejectionOf(new ControlClient(agent.path).info());
    expect(once).toMatchObject({ code: 'ERR_EVOLOCK_IO_STREAM', systemCode: 'ENOENT' });
    const retry = { attempts: 2, delay: 0.001 };
    const thrice = await rejectionOf(new ControlClient(agent.path, { retry }).info());
    expect(thrice['code']).toBe('ERR_EVOLOCK_IO_STREAM');
    const forever = { attempts: Infinity, delay: 0.001, exponential: false };
    const dropped = new ControlClient(agent.path, { retry: forever }).drop();
    await agent.start();
    await answerCommand(agent, () => ok);
    await dropped;
  });
});

test.each<[string, RetryOptions | undefined, number, readonly (number | undefined)[]]>([
  ['are doubled', undefined, Infinity, [100, 200, 400]],
  ['do not exceed the longest', { delay: 8 }, Infinity, [8_000, 10_000, 10_000]],
  ['may all be longer', { delay: 20 }, Infinity, [20_000, 20_000]],
  ['can be equal', { delay: 1, exponential: false }, Infinity, [1_000, 1_000, 1_000]],
  ['end after the attempts', { delay: 0.001, attempts: 2 }, 0, [1, 2, undefined]],
  ['are none', undefined, 0, [undefined]],
  ['are as many as there may be', { attempts: Infinity, delay: 0.001 }, 0, [1, 2]],
])(
  'the pauses between attempts %s, and begin again after a success',
  (_how, options, absent, expected) => {
    const backOff = new BackOff(options, absent);
    for (let round = 0; round < 2; round += 1) {
      expect(expected.map(() => backOff.next())).toEqual(expected);
      backOff.reset();
    }
  },
);
