import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { pooledAllocator } from '@evolock/mlocked-bytes';
import { RecordingAllocator } from '@evolock/test-support';
import { onTestFinished } from 'vitest';
import { LockedConnection, type Target } from '../../src/index.js';
import { directory } from './files.js';

export const transports = ['unix', 'tcp'] as const;
export type Transport = (typeof transports)[number];

export const origins = ['connected', 'taken over'] as const;
export type Origin = (typeof origins)[number];

/** The two ways to make a locked connection. */
export const ways = transports.flatMap((transport) =>
  origins.map((origin) => ({ transport, origin, name: `${transport}, ${origin}` })),
);

export interface Listening {
  readonly server: Server;
  readonly target: Target;
}

/** A server that accepts without reading, closed after the test. */
export async function listening(transport: Transport): Promise<Listening> {
  const server = createServer({ pauseOnConnect: true, allowHalfOpen: true });
  onTestFinished(() => {
    server.close();
  });
  if (transport === 'unix') {
    const path = join(directory(), 'socket');
    server.listen(path);
    await once(server, 'listening');
    return { server, target: { path } };
  }
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, target: { host: '127.0.0.1', port: (server.address() as AddressInfo).port } };
}

/** An ordinary socket, destroyed after the test. */
export function ordinary(socket: Socket): Socket {
  // The other side resets the connection in many tests.
  socket.on('error', () => {});
  onTestFinished(() => {
    socket.destroy();
  });
  return socket;
}

/** The two ends of a connection, both ordinary sockets. */
export async function socketPair(transport: Transport): Promise<[client: Socket, server: Socket]> {
  const { server, target } = await listening(transport);
  const accepted = once(server, 'connection');
  const client = connect({ ...target, allowHalfOpen: true });
  const [[other]] = await Promise.all([accepted, once(client, 'connect')]);
  return [ordinary(client), ordinary(other as Socket)];
}

export interface Pair {
  readonly connection: LockedConnection;
  readonly peer: Socket;
  readonly allocator: RecordingAllocator;
}

/** A locked connection, and an ordinary socket at the other end. */
export async function connected({
  transport,
  origin,
}: {
  transport: Transport;
  origin: Origin;
}): Promise<Pair> {
  const { server, target } = await listening(transport);
  const allocator = new RecordingAllocator(pooledAllocator);
  const accepted = once(server, 'connection') as Promise<[Socket]>;
  if (origin === 'connected') {
    const connection = await LockedConnection.connect(target, { allocator });
    const [peer] = await accepted;
    return finishing({ connection, peer: ordinary(peer), allocator });
  }
  const peer = ordinary(connect({ ...target, allowHalfOpen: true }));
  const [socket] = await accepted;
  const connection = LockedConnection.takeOver(socket, { allocator });
  return finishing({ connection, peer, allocator });
}

function finishing(pair: Pair): Pair {
  onTestFinished(() => pair.connection.close());
  return pair;
}

/** All bytes that a peer sends until it ends. */
export async function receivedBy(socket: Socket): Promise<Uint8Array> {
  const parts: Buffer[] = [];
  socket.on('data', (part: Buffer) => parts.push(part));
  socket.resume();
  await once(socket, 'close');
  return new Uint8Array(Buffer.concat(parts));
}
