import { once } from 'node:events';
import { connect, createServer, Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { MLockedBytes, pooledAllocator } from '@evolock/mlocked-bytes';
import { errorOf, RecordingAllocator, rejectionOf } from '@evolock/test-support';
import { expect, test } from 'vitest';
import { directSerialiseToSocket, LockedConnection } from '../../src/index.js';
import { listening, ordinary, socketPair } from '../support/connections.js';
import { contentOf, pattern } from '../support/values.js';

const content = pattern(32);
const type = MLockedBytes.type(32);

/** The error of taking over. Checks that nothing was allocated. */
function refusal(socket: unknown): Record<string, unknown> & Error {
  const allocator = new RecordingAllocator(pooledAllocator);
  const error = errorOf(() => LockedConnection.takeOver(socket as Socket, { allocator }));
  expect(allocator.allocations).toBe(0);
  return error;
}

test('a socket of a server without pauseOnConnect is accepted in the turn of the event', async () => {
  const { server, target } = await listening('tcp');
  const eager = createServer().listen({ port: 0, host: '127.0.0.1' });
  server.close();
  await once(eager, 'listening');
  const { port } = eager.address() as { port: number };
  const taken = new Promise<LockedConnection>((resolve) => {
    eager.on('connection', (socket) => resolve(LockedConnection.takeOver(socket)));
  });
  const peer = ordinary(connect({ ...target, port, host: '127.0.0.1' }));
  peer.end(content);
  const connection = await taken;
  expect(contentOf(await connection.receive(type))).toEqual(content);
  await connection.finish();
  eager.close();
  await once(eager, 'close');
});

test('the server counts the connection until it has closed', async () => {
  const { server, target } = await listening('unix');
  const accepted = once(server, 'connection') as Promise<[Socket]>;
  const peer = ordinary(connect(target));
  const [socket] = await accepted;
  const connection = LockedConnection.takeOver(socket);
  const count = () => new Promise((resolve) => server.getConnections((_, open) => resolve(open)));
  expect(await count()).toBe(1);
  const closed = once(socket, 'close');
  peer.end();
  await connection.finish();
  await closed;
  expect(await count()).toBe(0);
});

test('a socket that has read bytes is refused', async () => {
  const [socket, peer] = await socketPair('unix');
  peer.write(content);
  await once(socket, 'readable');
  const error = refusal(socket);
  expect(error['code']).toBe('ERR_EVOLOCK_ARGUMENT_VALUE');
  expect(error.message).toContain('32 bytes read into ordinary memory');
  expect(new Uint8Array(socket.read() as Buffer)).toEqual(content);
});

test('a socket that is connecting, writing, ended, closed or encrypted is refused', async () => {
  const { target } = await listening('unix');
  const connecting = ordinary(connect(target));
  expect(refusal(connecting)['code']).toBe('ERR_EVOLOCK_ARGUMENT_VALUE');
  const [writing, ended] = await socketPair('tcp');
  writing.cork();
  writing.write('something');
  expect(refusal(writing)['code']).toBe('ERR_EVOLOCK_ARGUMENT_VALUE');
  ended.end();
  expect(refusal(ended)['code']).toBe('ERR_EVOLOCK_ARGUMENT_VALUE');
  ended.destroy();
  expect(refusal(ended)['code']).toBe('ERR_EVOLOCK_IO_STREAM');
  expect(refusal(new Socket())['code']).toBe('ERR_EVOLOCK_IO_STREAM');
  expect(refusal(new TLSSocket(connecting))['code']).toBe('ERR_EVOLOCK_ARGUMENT_VALUE');
  for (const other of [undefined, null, {}, 'socket']) {
    expect(refusal(other)['code']).toBe('ERR_EVOLOCK_ARGUMENT_TYPE');
  }
});

test('without locked memory the socket is unchanged', async () => {
  const [socket, peer] = await socketPair('tcp');
  const allocator = new RecordingAllocator(pooledAllocator).failFrom(0);
  expect(errorOf(() => LockedConnection.takeOver(socket, { allocator })).message).toBe('no memory');
  peer.end(content);
  const [data] = (await once(socket, 'data')) as [Buffer];
  expect(new Uint8Array(data)).toEqual(content);
});

test('a socket that was taken over can be neither taken over again nor used to send', async () => {
  const [socket, peer] = await socketPair('tcp');
  const connection = LockedConnection.takeOver(socket);
  expect(refusal(socket)['code']).toBe('ERR_EVOLOCK_IO_STREAM');
  peer.destroy();
  await connection.close();
  const value = { directSerialise: (push: (block: Uint8Array) => void) => push(content) };
  const error = await rejectionOf(directSerialiseToSocket(socket, value));
  expect(error['code']).toBe('ERR_EVOLOCK_IO_STREAM');
});
