/** A node that answers and does not read fills the buffers of the kernel, until a push of the key does not end. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { directDeserialiseBufChecked, sum6Kes } from '@evolock/kes-sum';
import { expect, onTestFinished, test } from 'vitest';
import { u32 } from '../../src/wire/bytes.js';
import { encodeChoice, readIdentifier, readOffer } from '../../src/wire/handshake.js';
import { readKeyTail, readMessageHead, type ServiceVersion } from '../../src/wire/service.js';
import { pool } from '../support/agent-key.js';
import {
  fillingFor,
  partsOf,
  type Filling,
  type PushPart,
} from '../support/clients/full-buffers.js';
import { drop, expectServes, info, installNew } from '../support/clients/plain-client.js';
import { startAgent } from '../support/processes/processes.js';
import { Pieces } from '../support/wire/pieces.js';

const START = 4;

const cases: readonly [ServiceVersion, PushPart][] = [
  ['Service:2.0', 'head'],
  ['Service:2.0', 'key'],
  ['Service:2.0', 'tail'],
  ['Service:1.0', 'tail'],
];

test.each(cases)(
  'a push of %s that is stuck at its %s when the key evolves is closed, and no client gets a torn key',
  async (version, stuck) => {
    // Only the patience of the agent ends the push.
    const agent = await startAgent({ period: START, limits: { timeout: 600_000 } });
    const { service, control } = agent.paths;
    const { descriptors } = await agent.stateWithoutClients();
    const filling = await fillingFor(version, stuck);

    const socket = connect(service).pause();
    onTestFinished(() => void socket.destroy());
    await once(socket, 'connect');
    await new Promise<void>((resolve) => socket.write(encodeChoice(version), () => resolve()));
    const answered = async (): Promise<void> => {
      socket.write(u32(0));
      await agent.next('client-answered', { result: 'ok' });
    };
    let counter = 0;
    const installNext = (): Promise<void> =>
      installNew(control, pool, { start: START, counter: counter++ });
    for (let drops = 0; drops < filling.drops; drops++) {
      await installNext();
      await answered();
      expect(await drop(control)).toBe('ok');
      await answered();
    }
    for (let keys = 0; keys < filling.keys; keys++) {
      await installNext();
      await answered();
    }
    // This push does not end. Its snapshot stays until the key evolves.
    await installNext();
    await agent.setPeriod(START + 1);
    expect((await info(control)).installed?.evolution).toBe(1);
    // This client waits until the stuck one is closed.
    await expectServes(agent.paths, START + 1, { evolution: 1, counter: counter - 1 });
    await expectWholeKeys(await allOf(socket), version, filling);
    expect((await agent.stateWithoutClients()).descriptors).toBe(descriptors);
  },
);

/** All bytes that have arrived, when the agent has closed the connection. */
async function allOf(socket: Socket): Promise<Buffer> {
  const parts: Buffer[] = [];
  socket.on('data', (part: Buffer) => parts.push(part));
  socket.resume();
  await once(socket, 'close');
  return Buffer.concat(parts);
}

/** The bytes are a handshake, drops, keys, each whole and with its own certificate, and the beginning of another key. */
async function expectWholeKeys(
  bytes: Buffer,
  version: ServiceVersion,
  { drops, keys, stuck }: Filling,
): Promise<void> {
  const source = new Pieces([bytes]);
  await readOffer(source);
  await readIdentifier(source, version);
  for (let counter = 0; counter < drops + keys; counter++) {
    expect((await readMessageHead(version, source)).kind).toBe('key');
    const key = directDeserialiseBufChecked(await source.read(608), sum6Kes);
    const { evolution, certificate } = await readKeyTail(source);
    expect([key.period, evolution]).toEqual([0, 0]);
    expect(key.deriveVerificationKey()).toEqual(certificate.hotVerificationKey);
    expect(certificate.sequenceNumber).toBe(BigInt(counter));
    key.release();
    if (counter < drops) expect((await readMessageHead(version, source)).kind).toBe('drop');
  }
  let written = 0;
  for (const [part, size] of partsOf(version)) {
    if (part === stuck) break;
    written += size;
  }
  expect(source.left).toBe(written);
}
