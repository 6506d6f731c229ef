/** Our clients against a recorded agent: the bytes that they send are those of the recorded clients. */
import { kesParameters, parseVerificationKey, slot } from '@evolock/cardano-kes';
import { rejectionOf } from '@evolock/test-support';
import { describe, expect, test } from 'vitest';
import { ControlClient } from '../../src/client/control-client.js';
import { receiveKeys } from '../../src/client/service-client.js';
import { result16 } from '../../src/wire/codec.js';
import { command, info, maybeKey, type ControlVersion } from '../../src/wire/control.js';
import { identifier, offer } from '../../src/wire/handshake.js';
import { fakeAgent, type AgentEnd } from '../support/fake-agent.js';
import { recorder } from '../support/pool.js';
import { bytesOf, Pieces, recordingsOf, type Recorded } from '../support/wire.js';

const service = recordingsOf('service');
const control = recordingsOf('control');

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
    const options = { coldVerificationKey, parameters, allocator, now, monotonic: now };
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

/** Sends the command of a recording, and checks that the client gives what was answered. */
async function repeat(client: ControlClient, { version, messages }: Recorded): Promise<void> {
  // After the choice. A client that lacks the command sends no more.
  const request = new Pieces(bytesOf(messages[1]?.hex ?? '').subarray(33));
  const answer = new Pieces(bytesOf(messages[2]?.hex ?? ''));
  const protocol = version as ControlVersion;
  if (request.left === 0) {
    expect(await rejectionOf(client.drop())).toMatchObject({ result: 'unsupported' });
    return;
  }
  await identifier(version).read(request);
  const given = await command(protocol).read(request);
  switch (given?.command) {
    case 'generate':
      return expect(await client.generate()).toEqual(await maybeKey.read(answer));
    case 'export':
      return expect(await client.exportStaged()).toEqual(await maybeKey.read(answer));
    case 'drop-staged':
      return client.dropStaged();
    case 'info':
      return expect(await client.info()).toEqual(await info(protocol).read(answer));
    default: {
      const isInstall = given?.command === 'install';
      const asking = isInstall ? client.install(given.certificate) : client.drop();
      const result = await result16.read(answer);
      if (result === 'ok') await asking;
      else expect(await rejectionOf(asking)).toMatchObject({ result });
    }
  }
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
