import { spawn, spawnSync } from 'node:child_process';
import { once as event } from 'node:events';
import { chmodSync, closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import type { Pull } from '@evolock/direct-serialise';
import {
  directDeserialiseFromDescriptor,
  directSerialiseToChild,
  directSerialiseToDescriptor,
  directSerialiseToSocket,
  LockedConnection,
} from '@evolock/direct-serialise-io';
import { sum6Kes, type KesSigningKey } from '@evolock/kes-sum';
import { keyAt, released, type Expectation } from '../secrets/expectation.js';
import { keyOf, knownKey } from './kes.js';
import { layer, once, type Operation, type Peer, type Subject } from './operation.js';

const PERIOD = 37;
const live = keyAt({ depth: 6, period: PERIOD, visited: [0, PERIOD - 1] });

/** The name of the file, pipe or socket in the folder of a process. */
export const MEETING_PLACE = 'meeting-place';

const placeOf = ({ folder }: Subject) => join(folder, MEETING_PLACE);

/** An operation that gets an evolved key and a path. */
const withKey =
  (operation = layer('transports')) =>
  (
    name: string,
    expects: Expectation,
    run: (key: KesSigningKey, place: string) => unknown,
  ): Operation =>
    operation(name, expects, (subject) => {
      const key = keyOf(sum6Kes, subject);
      key.updateTo(PERIOD);
      return run(key, placeOf(subject));
    });

const sending = withKey();
const sendingOnce = withKey(layer('transports', once));

/** Operations with the other end in the scanning process. */
const toPeer = (peer: (sends: boolean) => Peer) =>
  withKey(layer('transports', { ...once, peer: peer(false) }));
const fromPeer = (peer: (sends: boolean) => Peer) =>
  layer('transports', { ...once, peer: peer(true) });

/** A pipe, which a program at the other end reads or writes. */
const pipePeer = (sends: boolean): Peer => ({
  sends,
  meet(place, root) {
    spawnSync('mkfifo', ['-m', '666', place]);
    const script = sends ? 'exec cat > "$0"' : 'exec cat "$0"';
    const cat = spawn('sh', ['-c', script, place], { stdio: ['pipe', 'ignore', 'inherit'] });
    cat.stdin.on('error', () => undefined).end(knownKey(root, PERIOD).bytes);
    return () => cat.kill('SIGKILL');
  },
});

const EVERYBODY_MAY_CONNECT = 0o666;

/** A server, which reads everything, or writes the key first. */
const socketPeer = (sends: boolean): Peer => ({
  sends,
  meet(place, root) {
    const server = createServer((socket) => {
      socket.on('error', () => undefined).resume();
      if (sends) socket.write(knownKey(root, PERIOD).bytes);
    });
    server.listen(place, () => chmodSync(place, EVERYBODY_MAY_CONNECT));
    return () => server.close();
  },
});

/** A Unix socket to another process, and what is done with the key and the connection in the end. */
const overSocket = (
  ending: string,
  expects: Expectation,
  end: (key: KesSigningKey, connection: LockedConnection) => unknown,
): Operation[] => [
  toPeer(socketPeer)(`a Unix socket${ending}, sender`, expects, async (key, path) => {
    const connection = await LockedConnection.connect({ path });
    await connection.send(key);
    return end(key, connection);
  }),
  fromPeer(socketPeer)(`a Unix socket${ending}, receiver`, expects, async (subject) => {
    const connection = await LockedConnection.connect({ path: placeOf(subject) });
    return end(await connection.receive(sum6Kes), connection);
  }),
];

/** Both ends of a Unix socket. */
async function socketsAt(path: string): Promise<[sender: Socket, receiver: Socket]> {
  const server = createServer({ pauseOnConnect: true }).listen(path);
  const sender = connect({ path });
  const [[receiver]] = (await Promise.all([
    event(server, 'connection'),
    event(sender, 'connect'),
  ])) as [[Socket], unknown];
  server.close();
  return [sender, receiver];
}

/** Fills the kernel buffers directly. The queue of the stream stays empty, so the key is the next to be sent. */
export function fill(socket: Socket): void {
  const { fd } = (socket as unknown as { _handle: { fd: number } })._handle;
  const zeros = new Uint8Array(PIECE);
  try {
    for (;;) writeSync(fd, zeros);
  } catch {
    // The kernel buffers are full.
  }
}

/**
 * Stages a key that cannot be written, because the kernel buffers are full and the receiver does not read. When the sending is
 * ended, the key is released.
 */
const blockedSend =
  (end?: (controller: AbortController, receiver: Socket) => void) =>
  async (key: KesSigningKey, place: string): Promise<unknown> => {
    const [sender, receiver] = await socketsAt(place);
    fill(sender);
    const controller = new AbortController();
    const { signal } = controller;
    const sent = directSerialiseToSocket(sender, key, { signal }).catch((error: unknown) => error);
    await pause(50);
    if (end === undefined) return { key, sender, receiver, sent };
    end(controller, receiver);
    const error = await sent;
    key.release();
    return { sender, receiver, error };
  };

/** More bytes than the kernel buffers of an unread socket hold, and the size of one read. */
const A_LOT = 512 * 1_024;
const PIECE = 16_384;

const ignored = {
  size: PIECE,
  directDeserialise(pull: Pull): void {
    pull(new Uint8Array(PIECE));
  },
};

/** A thread that receives a key, and releases everything when it is asked to stop. */
const STOPPED_THREAD = `(async () => {
  const { parentPort, workerData } = require('node:worker_threads');
  const [{ LockedConnection }, { sum6Kes }, { releaseAll }] = await Promise.all(
    workerData.modules.map((module) => import(module)),
  );
  const connection = await LockedConnection.connect({ path: workerData.path });
  globalThis.key = await connection.receive(sum6Kes);
  parentPort.once('message', () => void releaseAll());
  parentPort.postMessage('received');
})()`;

/** What the guide says of stopping a worker. It has a test of its own. */
const workerOperation = layer('transports', { ...once, aside: true, peer: socketPeer(true) })(
  'a worker that is asked to stop',
  released(live),
  async (subject) => {
    const modules = ['direct-serialise-io', 'kes-sum', 'mlocked-bytes/release-all'].map((name) =>
      import.meta.resolve(`@evolock/${name}`),
    );
    const workerData = { modules, path: placeOf(subject) };
    const worker = new Worker(STOPPED_THREAD, { eval: true, workerData });
    await event(worker, 'message');
    const ended = event(worker, 'exit');
    worker.postMessage('stop');
    await ended;
  },
);

/** Every transport. Where a peer is needed, it is in the scanning process. */
export const transportOperations: readonly Operation[] = [
  sending('a file descriptor, written and read', live, (key, place) => {
    const writing = openSync(place, 'w', 0o600);
    directSerialiseToDescriptor(writing, key);
    closeSync(writing);
    const reading = openSync(place, 'r');
    const read = directDeserialiseFromDescriptor(reading, sum6Kes);
    closeSync(reading);
    rmSync(place);
    return [key, read];
  }),
  sending('the pipe to a child process', live, async (key) => {
    const child = spawn('cat', { stdio: ['pipe', 'ignore', 'ignore'] });
    await directSerialiseToChild(child, 0, key);
    child.stdin.end();
    await event(child, 'exit');
    return key;
  }),
  // The staged key is not yet written when the sender continues.
  sending('a Unix socket that is full, both ends', live, async (key, place) => {
    const [sender, socket] = await socketsAt(place);
    const receiver = LockedConnection.takeOver(socket);
    sender.write(new Uint8Array(A_LOT));
    const sent = directSerialiseToSocket(sender, key);
    for (let left = A_LOT; left > 0; left -= PIECE) await receiver.receive(ignored);
    const read = await receiver.receive(sum6Kes);
    await sent;
    sender.destroy();
    await receiver.close();
    return [key, read];
  }),
  sendingOnce('a Unix socket that stays full', live, blockedSend()),
  sendingOnce(
    'a Unix socket that stays full, given up, all released',
    released(live),
    blockedSend((controller) => controller.abort()),
  ),
  sendingOnce(
    'a Unix socket that breaks, all released',
    released(live),
    blockedSend((_controller, receiver) => receiver.destroy()),
  ),
  toPeer(pipePeer)('a pipe, sender', live, (key, place) => {
    const pipe = openSync(place, 'w');
    directSerialiseToDescriptor(pipe, key);
    closeSync(pipe);
    return key;
  }),
  fromPeer(pipePeer)('a pipe, receiver', live, (subject) => {
    const pipe = openSync(placeOf(subject), 'r');
    const key = directDeserialiseFromDescriptor(pipe, sum6Kes);
    closeSync(pipe);
    return key;
  }),
  ...overSocket('', live, (...values) => values),
  ...overSocket(', only the key released', released(live), (key, connection) => {
    key.release();
    return connection;
  }),
  ...overSocket(', all released', released(live), (key, connection) => {
    key.release();
    return connection.finish();
  }),
  workerOperation,
];
