import { errorOf, rejectionOf, wrongly } from '@evolock/test-support';
import { externalVectors } from '@evolock/test-vectors';
import { describe, expect, test } from 'vitest';
import { ControlClient } from '../../src/client/control-client.js';
import { SignClient } from '../../src/client/sign-client.js';
import { joined } from '../../src/wire/bytes.js';
import {
  controlVersions,
  encodeMaybeKey,
  encodeResult16,
  readCommand,
  readInfo,
  readMaybeKey,
  readResult16,
  type ControlCommand,
  type ControlVersion,
} from '../../src/wire/control.js';
import { encodeIdentifier, encodeOffer, readIdentifier } from '../../src/wire/handshake.js';
import type { Result } from '../../src/wire/result.js';
import { agentKey } from '../support/agent-key.js';
import { FakeAgent, fakeAgent, type AgentEnd } from '../support/fake-agent/fake-agent.js';
import { whole } from '../support/wire/pieces.js';
import {
  bytesOf,
  offeringOnly,
  type ControlRecording,
  type Recorded,
} from '../support/wire/recordings.js';

const { certificate } = agentKey();
const verificationKey = certificate.hotVerificationKey;

/** Answers the next command. */
async function answering(
  agent: FakeAgent,
  answer: Uint8Array,
  version: ControlVersion = 'Control:3.0',
): Promise<ControlCommand | undefined> {
  const end = await agent.connection();
  await end.write(encodeOffer([version]));
  await end.read(33);
  await readIdentifier(end, version);
  const command = await readCommand(version, end);
  await end.write(answer);
  expect(await end.readAll()).toHaveLength(0);
  return command;
}

/** A client whose only agent gives an answer to one command. */
async function asked<Value>(
  answer: Uint8Array,
  ask: (client: ControlClient) => Promise<Value>,
): Promise<{ value: Value; command: ControlCommand | undefined }> {
  const agent = await fakeAgent();
  const [command, value] = await Promise.all([
    answering(agent, answer),
    ask(new ControlClient(agent.path)),
  ]);
  return { command, value };
}

describe('a control client', () => {
  test('generates', async () => {
    const { command, value } = await asked(encodeMaybeKey(verificationKey), (c) => c.generate());
    expect(command).toEqual({ command: 'generate' });
    expect(value).toEqual(new Uint8Array(verificationKey));
  });

  test.each([verificationKey, undefined])('exports the staged key', async (key) => {
    const { command, value } = await asked(encodeMaybeKey(key), (c) => c.exportStaged());
    expect(command).toEqual({ command: 'export' });
    expect(value).toEqual(key === undefined ? undefined : new Uint8Array(key));
  });

  test('drops the staged key', async () => {
    const { command } = await asked(encodeMaybeKey(undefined), (c) => c.dropStaged());
    expect(command).toEqual({ command: 'drop-staged' });
  });

  test('installs', async () => {
    const { command } = await asked(encodeResult16('ok'), (c) => c.install(certificate));
    expect(command).toEqual({ command: 'install', certificate });
  });

  test('drops', async () => {
    const { command } = await asked(encodeResult16('ok'), (c) => c.drop());
    expect(command).toEqual({ command: 'drop' });
  });

  test.each<Result>(['outdated', 'invalid-certificate', 'no-key', 'unsupported', 'unknown'])(
    'rejects with the result %s',
    async (result) => {
      for (const ask of [
        (client: ControlClient) => client.install(certificate),
        (client: ControlClient) => client.drop(),
      ]) {
        const { value } = await asked(encodeResult16(result), (client) => rejectionOf(ask(client)));
        expect(value).toMatchObject({ code: 'ERR_EVOLOCK_AGENT_REFUSED', result });
      }
    },
  );

  test('rejects when no key was generated, or the staged key is still there', async () => {
    const none = await asked(encodeMaybeKey(undefined), (c) => rejectionOf(c.generate()));
    const left = await asked(encodeMaybeKey(verificationKey), (c) => rejectionOf(c.dropStaged()));
    for (const { value } of [none, left]) {
      expect(value).toMatchObject({ code: 'ERR_EVOLOCK_AGENT_REFUSED', result: 'unknown' });
    }
  });

  test.each(['Control:1.0', 'Control:StandardCrypto:0.5'] as const)(
    'does not send the drop of a key to %s',
    async (version) => {
      const agent = await fakeAgent();
      const refused = rejectionOf(new ControlClient(agent.path).drop());
      const end = await agent.connection();
      await end.write(encodeOffer([version]));
      expect(await end.readAll()).toEqual(joined(Uint8Array.of(1), encodeIdentifier(version)));
      expect(await refused).toMatchObject({ result: 'unsupported' });
    },
  );

  test('chooses the newest version', async () => {
    const agent = await fakeAgent();
    const info = rejectionOf(new ControlClient(agent.path).info());
    const end = await agent.connection();
    await end.write(encodeOffer(['Control:9.0', ...controlVersions.toReversed()]));
    expect(await end.read(33)).toEqual(joined(Uint8Array.of(1), encodeIdentifier('Control:3.0')));
    await end.end();
    expect((await info)['code']).toBe('ERR_EVOLOCK_IO_CLOSED_EARLY');
  });

  test('sends that no version is common', async () => {
    const agent = await fakeAgent();
    const info = rejectionOf(new ControlClient(agent.path).info());
    const end = await agent.connection();
    await end.write(encodeOffer(['Service:2.0']));
    expect(await end.readAll()).toEqual(Uint8Array.of(0));
    expect(await info).toMatchObject({ problem: 'no-common-version' });
  });

  test('refuses an answer that the protocol does not have', async () => {
    const { value } = await asked(Uint8Array.of(2), (c) => rejectionOf(c.exportStaged()));
    expect(value).toMatchObject({ code: 'ERR_EVOLOCK_AGENT_PROTOCOL', problem: 'wrong-value' });
  });

  test.each([0, 20, 36])(
    'does not wait for an agent that is silent after %i bytes',
    async (count) => {
      const agent = await fakeAgent();
      const info = rejectionOf(new ControlClient(agent.path, { timeout: 50 }).info());
      const end = await agent.connection();
      await end.write(encodeOffer(['Control:3.0']).subarray(0, count));
      expect(await info).toMatchObject({ code: 'ERR_EVOLOCK_IO_TIMEOUT', timeout: 50 });
    },
  );

  test('can be aborted', async () => {
    const agent = await fakeAgent();
    const controller = new AbortController();
    const client = new ControlClient(agent.path, { signal: controller.signal });
    const info = rejectionOf(client.info());
    await agent.connection();
    controller.abort('enough');
    const expected = { code: 'ERR_EVOLOCK_IO_ABORTED', cause: 'enough' };
    expect(await info).toMatchObject(expected);
    expect(await rejectionOf(client.info())).toMatchObject(expected);
  });

  test('tries again to connect if it may', async () => {
    const agent = new FakeAgent();
    const once = await rejectionOf(new ControlClient(agent.path).info());
    expect(once).toMatchObject({ code: 'ERR_EVOLOCK_IO_STREAM', systemCode: 'ENOENT' });
    const retry = { attempts: 2, delay: 1 };
    const thrice = await rejectionOf(new ControlClient(agent.path, { retry }).info());
    expect(thrice['code']).toBe('ERR_EVOLOCK_IO_STREAM');
    const forever = { attempts: Infinity, delay: 1, exponential: false };
    const dropped = new ControlClient(agent.path, { retry: forever }).drop();
    await agent.start();
    await answering(agent, encodeResult16('ok'));
    await dropped;
  });

  test('takes no option from Object.prototype, and a sign client none either', async () => {
    const { path } = new FakeAgent();
    const polluted = Object.prototype as { timeout?: number; attempts?: number };
    // Numbers that an option cannot have.
    polluted.timeout = 0.5;
    polluted.attempts = 0.5;
    let asked: readonly Promise<unknown>[];
    try {
      asked = [
        new ControlClient(path, { retry: {} }).info(),
        SignClient.connect(path, { retry: {} }),
      ];
    } finally {
      delete polluted.timeout;
      delete polluted.attempts;
    }
    for (const each of asked) {
      expect(await rejectionOf(each)).toMatchObject({ systemCode: 'ENOENT' });
    }
  });

  test('refuses wrong arguments', async () => {
    const wrong: [unknown, unknown][] = [
      [1, undefined],
      ['socket', { timeout: 0 }],
      ['socket', { retry: { delay: -1 } }],
      ['socket', { signal: 1 }],
    ];
    for (const [path, options] of wrong) {
      const made = () => new ControlClient(wrongly(path), wrongly(options));
      expect(errorOf(made)['code']).toMatch(/^ERR_EVOLOCK_ARGUMENT_/);
    }
    const client = new ControlClient('socket');
    for (const change of [
      { hotVerificationKey: new Uint8Array(31) },
      { sequenceNumber: 1 },
      { startPeriod: -1n },
      { signature: undefined },
    ]) {
      const refused = client.install(wrongly({ ...certificate, ...change }));
      expect((await rejectionOf(refused))['code']).toMatch(/^ERR_EVOLOCK_ARGUMENT_/);
    }
    const refused = client.install(wrongly(null));
    expect((await rejectionOf(refused))['code']).toBe('ERR_EVOLOCK_ARGUMENT_TYPE');
  });
});

const recordings = externalVectors('kes-agent/control.json');

/** Plays a recorded agent. Returns what the client sends. */
async function play(
  end: AgentEnd,
  { messages, version }: Recorded,
  piece?: number,
): Promise<string> {
  const [, , answer] = messages;
  await end.write(offeringOnly(version), piece);
  const request = bytesOf(messages[1]?.hex);
  const sent = await end.read(request.length);
  if (answer?.hex !== undefined) await end.write(bytesOf(answer.hex), piece);
  return Buffer.from(joined(sent, await end.readAll())).toString('hex');
}

/** Sends the command of a recording, and checks that the client gives what was answered. */
async function repeat(client: ControlClient, { version, messages }: Recorded): Promise<void> {
  // After the choice. A client that lacks the command sends no more.
  const request = whole(bytesOf(messages[1]?.hex).subarray(33));
  const answer = whole(bytesOf(messages[2]?.hex));
  const protocol = version as ControlVersion;
  if (request.left === 0) {
    expect(await rejectionOf(client.drop())).toMatchObject({ result: 'unsupported' });
    return;
  }
  await readIdentifier(request, version);
  const command = await readCommand(protocol, request);
  switch (command?.command) {
    case 'generate':
      return expect(await client.generate()).toEqual(await readMaybeKey(answer));
    case 'export':
      return expect(await client.exportStaged()).toEqual(await readMaybeKey(answer));
    case 'drop-staged':
      return client.dropStaged();
    case 'info':
      return expect(await client.info()).toEqual(await readInfo(protocol, answer));
    default: {
      const asking =
        command?.command === 'install' ? client.install(command.certificate) : client.drop();
      const result = await readResult16(answer);
      if (result === 'ok') await asking;
      else expect(await rejectionOf(asking)).toMatchObject({ result });
    }
  }
}

describe.skipIf(!recordings.available)('a recorded agent', () => {
  const { connections } = (
    recordings.available ? recordings.data : { connections: [] }
  ) as ControlRecording;

  test.each(connections)('$version: $what', async (recorded) => {
    for (const piece of [undefined, 1]) {
      const agent = await fakeAgent();
      const [sent] = await Promise.all([
        agent.connection().then((end) => play(end, recorded, piece)),
        repeat(new ControlClient(agent.path), recorded),
      ]);
      expect(sent).toBe(recorded.messages[1]?.hex);
    }
  });
});
