/** The key between two sockets: from locked memory to locked memory, whole or not at all. */
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { directSerialiseBufChecked } from '@evolock/direct-serialise';
import { sum6Kes, type KesSigningKey } from '@evolock/kes-sum';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { withReceivedKey } from '../../src/demo/key-receiver.js';
import { sendKey } from '../../src/demo/key-sender.js';
import { WatchedAllocator } from '../../src/demo/watched-allocator.js';
import { seedOf } from '../support/own-header.js';

let folder: string;
let path: string;
let server: Server;
let key: KesSigningKey;
let allocator: WatchedAllocator;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'evolock-test-'));
  path = join(folder, 'key.sock');
  server = createServer({ allowHalfOpen: true }).listen(path);
  await once(server, 'listening');
  key = sum6Kes.generateKey(seedOf(9));
  while (key.period < 20) key.update();
  allocator = new WatchedAllocator();
});

afterEach(() => {
  key.release();
  server.close();
  rmSync(folder, { recursive: true });
});

/** What arrives at the other end when the server does something with its connection. */
async function receiveFrom(
  serve: (socket: Socket) => unknown,
  signal = AbortSignal.timeout(10_000),
): Promise<{ period: number; signature: Uint8Array }> {
  server.once('connection', (socket) => {
    socket.on('error', () => undefined);
    serve(socket);
  });
  let arrived: { period: number; signature: Uint8Array } | undefined;
  await withReceivedKey({ path, signal, allocator }, async (received) => {
    arrived = { period: received.period, signature: received.sign(new Uint8Array()) };
  });
  return arrived!;
}

/** A test key's bytes, in ordinary memory. */
function serialised(): Uint8Array {
  const bytes = new Uint8Array(sum6Kes.signingKeySize);
  directSerialiseBufChecked(bytes, key);
  return bytes;
}

function expectNothingLeft(): void {
  expect(allocator.liveSlots).toBe(0);
  expect(allocator.isZero).toBe(true);
}

it('arrives whole, and no memory holds it afterwards', async () => {
  const sending = new WatchedAllocator();
  const arrived = await receiveFrom((socket) => sendKey(key, socket, sending));
  expect(arrived).toEqual({ period: 20, signature: key.sign(new Uint8Array()) });
  expectNothingLeft();
  expect(sending).toMatchObject({ liveSlots: 0, isZero: true, handedOut: 1 });
});

it('arrives in pieces', async () => {
  const bytes = serialised();
  const arrived = await receiveFrom(async (socket) => {
    for (let start = 0; start < bytes.length; start += 50) {
      await new Promise((resolve) => socket.write(bytes.subarray(start, start + 50), resolve));
      await new Promise((resolve) => setImmediate(resolve));
    }
    socket.end();
  });
  expect(arrived.period).toBe(20);
  expectNothingLeft();
});

it.each([
  ['nothing', (socket: Socket) => socket.end(), { problem: 'HAND_OVER_FAILED' }],
  [
    'too little',
    (socket: Socket) => socket.end(serialised().subarray(1)),
    { problem: 'HAND_OVER_FAILED' },
  ],
  [
    'too much',
    (socket: Socket) => {
      const bytes = serialised();
      socket.end(Buffer.concat([bytes, bytes.subarray(0, 1)]));
    },
    { problem: 'HAND_OVER_FAILED' },
  ],
  [
    'a damaged key',
    (socket: Socket) => socket.end(serialised().fill(7, 600)),
    { code: 'ERR_EVOLOCK_KES_INCONSISTENT_KEY' },
  ],
  ['a broken connection', (socket: Socket) => socket.destroy(), { problem: 'HAND_OVER_FAILED' }],
])('is refused when %s comes', async (_what, serve, properties) => {
  await expect(receiveFrom(serve)).rejects.toMatchObject(properties);
  expectNothingLeft();
});

it('is not waited for without end', async () => {
  const signal = AbortSignal.timeout(50);
  await expect(receiveFrom(() => undefined, signal)).rejects.toMatchObject({ code: 'ABORT_ERR' });
  expectNothingLeft();
});

it('has nowhere to come from', async () => {
  server.close();
  await expect(receiveFrom(() => undefined)).rejects.toMatchObject({ code: /ENOENT|ECONNREFUSED/ });
  expectNothingLeft();
});

it('leaves no copy behind when it cannot be sent', async () => {
  const sending = new WatchedAllocator();
  const [socket] = await connected();
  socket.destroy();
  await expect(sendKey(key, socket, sending)).rejects.toThrow();
  expect(sending).toMatchObject({ liveSlots: 0, isZero: true, handedOut: 1 });
});

function connected(): Promise<[Socket]> {
  const connection = once(server, 'connection') as Promise<[Socket]>;
  connect(path).on('error', () => undefined);
  return connection;
}
