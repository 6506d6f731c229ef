/** The recorded connections of the reference: read and written byte for byte, and repeated by our clients against a recorded agent. */
import { kesParameters, slot } from '@evolock/cardano-headers';
import { parseCertificate } from '@evolock/cardano-headers/certificates';
import { parseVerificationKey } from '@evolock/cardano-kes';
import { choice, identifier, offer, result16, result32, type Codec } from '../src/wire/codec.js';
import {
  command,
  controlVersions,
  info,
  maybeKey,
  type AgentInfo,
  type ControlCommand,
  type ControlVersion,
} from '../src/wire/control.js';
import { serviceVersions, type ServiceVersion } from '../src/wire/service.js';
import {
  bytesOf,
  expectMessage,
  inTurn,
  Pieces,
  recordingsOf,
  serviceMessage,
  type Recorded,
  type Recording,
} from './support/wire.js';
import { describe, expect, test } from 'vitest';
import { ControlClient } from '../src/client/control-client.js';
import { receiveKeys } from '../src/client/service-client.js';
import { fakeAgent, type AgentEnd } from './support/fake-agent.js';
import { recorder } from './support/pool.js';

const service = recordingsOf('service');
const control = recordingsOf('control');

function titled({ connections }: Recording): (readonly [string, Recorded])[] {
  return connections.map((one, at) => [`${at}: ${one.version}, ${one.what}`, one]);
}

function sentBy(side: 'agent' | 'client', { messages }: Recorded): Uint8Array {
  return bytesOf(...messages.filter(({ from }) => from === side).map(({ hex = '' }) => hex));
}

test.each(titled(service))('the service protocol: %s', async (_title, recorded) => {
  const version = recorded.version as ServiceVersion;
  const answers = recorded.messages.filter(({ from }) => from === 'client').length - 1;
  const messages = Array.from({ length: answers }, () => serviceMessage(version));
  const agent = inTurn(offer, identifier(version), ...messages);
  const [offered] = await expectMessage(agent, sentBy('agent', recorded));
  expect(offered).toEqual(serviceVersions);

  const client = inTurn(choice(serviceVersions), ...messages.map(() => result32));
  const [chosen, ...results] = await expectMessage(client, sentBy('client', recorded));
  expect(chosen).toBe(version);
  expect(results.every((result) => result === 'ok' || result === 'outdated')).toBe(true);
});

const answers: Record<ControlCommand['command'], (version: ControlVersion) => Codec<unknown>> = {
  generate: () => maybeKey,
  export: () => maybeKey,
  'drop-staged': () => maybeKey,
  install: () => result16,
  drop: () => result16,
  info,
};

/** The command of a recording; `undefined` when the client closed after the handshake. */
async function commandIn(recorded: Recorded): Promise<ControlCommand | undefined> {
  const bytes = sentBy('client', recorded);
  if (bytes.length === 33) return undefined;
  return command(recorded.version as ControlVersion).read(new Pieces(bytes.subarray(33 + 32)));
}

test.each(titled(control))('the control protocol: %s', async (_title, recorded) => {
  const version = recorded.version as ControlVersion;
  const given = await commandIn(recorded);
  const agent =
    given === undefined ? inTurn(offer) : inTurn(offer, answers[given.command](version));
  const [offered] = await expectMessage(agent, sentBy('agent', recorded));
  expect(offered).toEqual(recorded.offered === 'one' ? [version] : controlVersions);

  const asked = given === undefined ? [] : [identifier(version), command(version)];
  const client = inTurn(choice(controlVersions), ...asked);
  const [chosen] = await expectMessage(client, sentBy('client', recorded));
  expect(chosen).toBe(version);
});

const hasNone = control.connections.length === 0;

test.skipIf(hasNone)('info has what the agent was given', async () => {
  const infoOf = async (what: string): Promise<AgentInfo> => {
    const recorded = control.connections.find((one) => one.what === what)!;
    return info('Control:3.0').read(new Pieces(bytesOf(recorded.messages[2]!.hex!)));
  };
  const { certificate } = parseCertificate(JSON.stringify(control.certificates[0]));
  const { startPeriod, sequenceNumber, hotVerificationKey, signature } = certificate;
  const later = await infoOf('info two periods later, evolution 2');
  expect(later).toMatchObject({
    installed: {
      ...{ evolution: 2, startPeriod, counter: sequenceNumber },
      ...{ verificationKey: hotVerificationKey, signature },
    },
    ...{ staged: undefined, period: 5n, peers: [] },
  });
  expect(later.program).toMatch(/^1\.3\.0\.0-dev/);
  expect(later.periodEnd! - later.periodStart!).toBe(8n);
  expect(later.now >= later.periodStart! && later.now < later.periodEnd!).toBe(true);
  expect((await infoOf('info after the drop')).installed).toBeUndefined();
  expect((await infoOf('info, staged key')).staged).toHaveLength(32);
});

/**
 * Plays the agent. It offers one version: the recorded agents offered more, and the recorded clients had one each.
 *
 * @returns What the client sent, message by message.
 */
async function play(
  end: AgentEnd,
  { messages, version }: Recorded,
  piece?: number,
  before: (pushes: number) => void = () => undefined,
): Promise<string[]> {
  const sent: string[] = [];
  let pushes = 0;
  for (const { from, hex } of messages) {
    const bytes = bytesOf(hex ?? '');
    if (from === 'client') sent.push(Buffer.from(await end.read(bytes.length)).toString('hex'));
    else {
      if (bytes.length > 600) before((pushes += 1));
      await end.write(sent.length === 0 ? offer.encode([version]) : bytes, piece);
    }
  }
  return sent;
}

function clientMessages({ messages }: Recorded): string[] {
  return messages.flatMap(({ from, hex }) => (from === 'client' ? [hex ?? ''] : []));
}

/** The answer of our client where a recorded client answered `ok`: to the repeated push of the first key. */
const OUTDATED = '00000001';

describe.each(service.connections)('a recorded service socket: $what', (recorded) => {
  test.each([undefined, 1, 97])('in pieces of %s bytes', async (piece) => {
    const { genesis, coldVerificationKeyFile } = control;
    const start = Date.parse(genesis.systemStart);
    const slotMilliseconds = genesis.slotLength * 1_000;
    const parameters = kesParameters({
      slotsPerKesPeriod: genesis.slotsPerKESPeriod,
      maxKesEvolutions: 62,
      anchor: { slot: slot(0), unixMilliseconds: start, slotMilliseconds },
    });
    let period = 3;
    const agent = await fakeAgent();
    const allocator = recorder();
    const now = (): number => start + period * 8_000;
    const { verificationKey: coldVerificationKey } = parseVerificationKey(
      'cold',
      JSON.stringify(coldVerificationKeyFile),
    );
    const clocks = { now: () => new Date(now()), monotonic: now };
    const options = { coldVerificationKey, parameters, allocator, ...clocks };
    const client = receiveKeys(agent.path, options);
    const counters: bigint[] = [];
    client.on('key', ({ certificate }) => counters.push(certificate.sequenceNumber));
    // The third push is the next key, whose certificate begins in period 5.
    const sent = await play(await agent.connection(), recorded, piece, (pushes) => {
      if (pushes === 3) period = 5;
    });
    const expected = clientMessages(recorded);
    expected[2] = OUTDATED;
    expect(sent).toEqual(expected);
    expect(counters).toEqual([0n, 1n]);
    // The sessions of version 2.0 end with a drop.
    expect(client.current() === undefined).toBe(recorded.version === 'Service:2.0');
    await client.close();
    allocator.expectClean();
  });
});

/** Gives a command. A client that lacks it, the drop, closed after the handshake. */
function ask(client: ControlClient, given: ControlCommand | undefined): Promise<unknown> {
  switch (given?.command) {
    case 'generate':
      return client.generate();
    case 'export':
      return client.exportStaged();
    case 'drop-staged':
      return client.dropStaged();
    case 'info':
      return client.info();
    case 'install':
      return client.install(given.certificate);
    default:
      return client.drop();
  }
}

/** Sends the command of a recording, and checks that the client gives what was answered. */
async function repeat(client: ControlClient, recorded: Recorded): Promise<void> {
  const given = await commandIn(recorded);
  const outcome = await ask(client, given).catch((error: unknown) => error);
  const answer = new Pieces(bytesOf(recorded.messages[2]?.hex ?? ''));
  const expected =
    given === undefined
      ? 'unsupported'
      : await answers[given.command](recorded.version as ControlVersion).read(answer);
  if (typeof expected !== 'string') expect(outcome).toEqual(expected);
  else if (expected === 'ok') expect(outcome).toBeUndefined();
  else expect(outcome).toMatchObject({ result: expected });
}

test.each(control.connections)('a recorded control socket: $version, $what', async (recorded) => {
  for (const piece of [undefined, 1]) {
    const agent = await fakeAgent();
    const playing = agent.connection().then(async (end) => {
      const sent = await play(end, recorded, piece);
      expect(await end.readAll()).toHaveLength(0);
      return sent;
    });
    const [sent] = await Promise.all([playing, repeat(new ControlClient(agent.path), recorded)]);
    expect(sent.join('')).toBe(clientMessages(recorded).join(''));
  }
});
