/** A node that answers and does not read fills the buffers of the kernel, until a push of the key does not end. */
import { once } from 'node:events';
import { writeSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { directDeserialiseBufChecked, sum6Kes } from '@evolock/kes-sum';
import { expect, onTestFinished, test } from 'vitest';
import { identifier, offer, u32 } from '../../src/wire/codec.js';
import {
  keyTail,
  messageHeads,
  serviceVersions,
  type ServiceVersion,
} from '../../src/wire/service.js';
import { drop, expectServes, info, installNew } from '../support/clients.js';
import { startAgent } from '../support/processes.js';
import { folder } from '../support/sockets.js';
import { choiceOf, Pieces } from '../support/wire.js';

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
    await new Promise<void>((resolve) => socket.write(choiceOf(version), () => resolve()));
    const answered = async (): Promise<void> => {
      socket.write(u32.encode(0));
      await agent.next('client-answered', { result: 'ok' });
    };
    let counter = 0;
    const installNext = (): Promise<void> =>
      installNew(control, { start: START, counter: counter++ });
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
  const source = new Pieces(bytes);
  await offer.read(source);
  await identifier(version).read(source);
  for (let counter = 0; counter < drops + keys; counter++) {
    expect((await messageHeads[version].read(source)).kind).toBe('key');
    const key = directDeserialiseBufChecked(await source.read(608), sum6Kes);
    const { evolution, certificate } = await keyTail.read(source);
    expect([key.period, evolution]).toEqual([0, 0]);
    expect(key.deriveVerificationKey()).toEqual(certificate.hotVerificationKey);
    expect(certificate.sequenceNumber).toBe(BigInt(counter));
    key.release();
    if (counter < drops) expect((await messageHeads[version].read(source)).kind).toBe('drop');
  }
  let written = 0;
  for (const [part, size] of partsOf(version)) {
    if (part === stuck) break;
    written += size;
  }
  expect(source.left).toBe(written);
}

// What the kernel takes for a client that does not read. Its accounting depends on the sizes of the writes alone.

/** A part of a push, which is written by itself. */
type PushPart = 'head' | 'key' | 'tail';

/** The sizes of the writes of a push, in their order. */
function partsOf(version: ServiceVersion): ReadonlyMap<PushPart, number> {
  const parts: readonly [PushPart, number][] = [
    ['head', 9],
    ['key', 608],
    ['tail', 116],
  ];
  return new Map(version === 'Service:2.0' ? parts : parts.slice(1));
}

const DROP = 9;
const IDENTIFIER = 32;

interface Filling {
  /** How often a key is pushed and dropped at first. */
  readonly drops: number;
  /** How many keys fit after that. */
  readonly keys: number;
  /** The part of the next key that does not fit. */
  readonly stuck: PushPart;
}

/** How to fill the buffers so that a push is stuck at a part. */
async function fillingFor(version: ServiceVersion, stuck: PushPart): Promise<Filling> {
  for (let drops = 0; drops < 30; drops++) {
    const filling = await fillingAfter(version, drops);
    if (filling.stuck === stuck) return filling;
  }
  throw new Error(`no filling is stuck at the ${stuck}`);
}

async function fillingAfter(version: ServiceVersion, drops: number): Promise<Filling> {
  const path = join(folder(), 'socket');
  const server = createServer().listen(path);
  await once(server, 'listening');
  const client = connect(path).pause();
  const [socket] = (await once(server, 'connection')) as [Socket];
  try {
    const fits = (size: number): boolean => isWritten(socket, size);
    const push = partsOf(version);
    const start = [offer.encode(serviceVersions).byteLength, IDENTIFIER];
    for (let drop = 0; drop < drops; drop++) start.push(...push.values(), DROP);
    if (!start.every(fits)) throw new Error('the handshake and the drops do not fit');
    for (let keys = 0; ; keys++) {
      for (const [stuck, size] of push) if (!fits(size)) return { drops, keys, stuck };
    }
  } finally {
    socket.destroy();
    client.destroy();
    server.close();
  }
}

function isWritten(socket: Socket, size: number): boolean {
  // The handle is no public interface; only its descriptor shows what the kernel takes.
  const { fd } = (socket as unknown as { _handle: { fd: number } })._handle;
  try {
    return writeSync(fd, new Uint8Array(size)) === size;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return false;
    throw error;
  }
}
