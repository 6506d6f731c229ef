/** A node that answers and does not read fills the buffers of the kernel, until a push of the key does not end. */
import { once } from 'node:events';
import { writeSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { directDeserialiseBufChecked, sum6Kes } from '@evolock/kes-sum';
import { expect, onTestFinished, test } from 'vitest';
import { pool } from '../support/agent-key.js';
import { folder } from '../support/folder.js';
import { Pieces } from '../support/pieces.js';
import { expectServes, info, installNew } from '../support/plain-client.js';
import { startAgent } from '../support/processes.js';
import { u32 } from '../../src/wire/bytes.js';
import { encodeChoice, encodeOffer, readIdentifier, readOffer } from '../../src/wire/handshake.js';
import {
  readKeyTail,
  readMessageHead,
  serviceVersions,
  type ServiceVersion,
} from '../../src/wire/service.js';

const START = 4;

/** The sizes of the writes of a push. */
const writes: Readonly<Record<ServiceVersion, readonly number[]>> = {
  'Service:2.0': [9, 608, 116],
  'Service:1.0': [608, 116],
  'Service:StandardCrypto:0.4': [608, 116],
};

/** How many pushes the kernel takes for a client that does not read. Its accounting depends on the sizes of the writes alone. */
async function capacityOf(version: ServiceVersion): Promise<number> {
  const path = join(folder(), 'socket');
  const server = createServer().listen(path);
  await once(server, 'listening');
  const client = connect(path).pause();
  try {
    const [socket] = (await once(server, 'connection')) as [Socket];
    const fd = descriptorOf(socket);
    const fits = (size: number): boolean => {
      try {
        return writeSync(fd, new Uint8Array(size)) === size;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return false;
        throw error;
      }
    };
    const handshake = [encodeOffer(serviceVersions).byteLength, 32];
    expect(handshake.every(fits)).toBe(true);
    let pushes = 0;
    while (writes[version].every(fits)) pushes += 1;
    socket.destroy();
    return pushes;
  } finally {
    client.destroy();
    server.close();
  }
}

function descriptorOf(socket: Socket): number {
  // The handle is no public interface; the test needs its descriptor.
  return (socket as unknown as { _handle: { fd: number } })._handle.fd;
}

/** All bytes that have arrived, when the agent has closed the connection. */
async function allOf(socket: Socket): Promise<Buffer> {
  const parts: Buffer[] = [];
  socket.on('data', (part: Buffer) => parts.push(part));
  socket.resume();
  await once(socket, 'close');
  return Buffer.concat(parts);
}

test.each(serviceVersions)(
  'when the key evolves, a push of %s that does not end is closed, and no client gets a torn key',
  async (version) => {
    const agent = await startAgent({ period: START, limits: { timeout: 600_000 } });
    const { service, control } = agent.paths;
    const before = await agent.stateWithoutClients();
    const capacity = await capacityOf(version);
    expect(capacity).toBeGreaterThan(10);

    const socket = connect(service).pause();
    onTestFinished(() => void socket.destroy());
    await once(socket, 'connect');
    await new Promise<void>((resolve) => socket.write(encodeChoice(version), () => resolve()));
    for (let counter = 0; counter < capacity; counter++) {
      await installNew(control, pool, { start: START, counter });
      socket.write(u32(0));
      await agent.next('client-answered', { result: 'ok' });
    }
    // This push does not end. Its snapshot stays until the key evolves.
    await installNew(control, pool, { start: START, counter: capacity });
    await agent.setPeriod(START + 1);
    expect((await info(control)).installed?.evolution).toBe(1);
    // This client waits until the stuck one is closed.
    await expectServes(agent.paths, START + 1, { evolution: 1, counter: capacity });
    await agent.next('client-closed', { protocol: 'service' });

    const received = await allOf(socket);
    await expectWholeKeys(received, version, capacity);
    // Every snapshot is wiped. The staged and the current key have slots of the same regions.
    const after = await agent.stateWithoutClients();
    expect(after.descriptors).toBe(before.descriptors);
  },
);

/** The bytes are a handshake, so many keys, each whole and with its own certificate, and a part of another one. */
async function expectWholeKeys(
  bytes: Buffer,
  version: ServiceVersion,
  count: number,
): Promise<void> {
  const source = new Pieces([bytes]);
  await readOffer(source);
  await readIdentifier(source, version);
  for (let counter = 0; counter < count; counter++) {
    await readMessageHead(version, source);
    const key = directDeserialiseBufChecked(await source.read(608), sum6Kes);
    const { evolution, certificate } = await readKeyTail(source);
    expect(key.period).toBe(0);
    expect(evolution).toBe(0);
    expect(key.deriveVerificationKey()).toEqual(certificate.hotVerificationKey);
    expect(certificate.sequenceNumber).toBe(BigInt(counter));
    key.release();
  }
  const size = writes[version].reduce((sum, each) => sum + each);
  expect(source.left).toBeLessThan(size);
}
