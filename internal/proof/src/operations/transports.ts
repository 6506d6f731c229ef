import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import type { Pull } from '@evolock/direct-serialise';
import {
  directDeserialiseFromDescriptor,
  directDeserialiseFromFile,
  directSerialiseToChild,
  directSerialiseToDescriptor,
  directSerialiseToFile,
  directSerialiseToSocket,
  LockedConnection,
} from '@evolock/direct-serialise-io';
import { sum6Kes, type KesSigningKey } from '@evolock/kes-sum';
import { keyAt, released, type Expectation } from '../expectation.js';
import type { Operation, Subject } from '../operation.js';
import { keyOf } from './kes.js';

const PERIOD = 37;
const size = sum6Kes.signingKeySize;
const live = keyAt({ depth: 6, period: PERIOD, visited: [0, PERIOD - 1] });

/** Where the two sides of a transport meet, in the folder that they share. */
export const MEETING_PLACE = 'meeting-place';

const placeOf = ({ folder }: Subject): string => join(folder, MEETING_PLACE);

function evolvedKey(subject: Subject): KesSigningKey {
  const key = keyOf(sum6Kes, subject);
  key.updateTo(PERIOD);
  return key;
}

function operation(
  name: string,
  expects: Expectation,
  run: (subject: Subject) => unknown,
): Operation {
  return { layer: 'transports', name, expects, run };
}

/** Files, and the pipe to a child: one process. */
export const transportOperations: readonly Operation[] = [
  operation('a file descriptor, written and read', live, (subject) => {
    const key = evolvedKey(subject);
    const path = join(subject.folder, 'descriptor');
    const writing = openSync(path, 'w', 0o600);
    directSerialiseToDescriptor(writing, size, key);
    closeSync(writing);
    const reading = openSync(path, 'r');
    const read = directDeserialiseFromDescriptor(reading, size, sum6Kes, { last: true });
    closeSync(reading);
    rmSync(path);
    return [key, read];
  }),
  operation('a new file, written and read', live, (subject) => {
    const key = evolvedKey(subject);
    const path = join(subject.folder, 'key');
    directSerialiseToFile(path, size, key);
    const read = directDeserialiseFromFile(path, size, sum6Kes);
    rmSync(path);
    return [key, read];
  }),
  operation('the pipe to a child process', live, async (subject) => {
    const key = evolvedKey(subject);
    const child = spawn('cat', { stdio: ['pipe', 'ignore', 'ignore'] });
    await directSerialiseToChild(child, 0, size, key);
    child.stdin.end();
    await once(child, 'exit');
    return key;
  }),
  operation('a Unix socket that is full, both ends', live, throughAFullSocket),
  { ...operation('a Unix socket that stays full', live, blockedSend), once: true },
  {
    ...operation('a Unix socket that stays full, given up, all released', released(live), giveUp),
    once: true,
  },
  {
    ...operation('a Unix socket that breaks, all released', released(live), breakOff),
    once: true,
  },
];

interface BlockedSend {
  readonly key: KesSigningKey;
  readonly sender: Socket;
  readonly receiver: Socket;
  readonly sent: Promise<unknown>;
  readonly controller: AbortController;
}

/** A key is staged and cannot be written: the buffers of the kernel are full, and the other end does not read. */
async function blockedSend(subject: Subject): Promise<BlockedSend> {
  const key = evolvedKey(subject);
  const path = placeOf(subject);
  const server = createServer({ pauseOnConnect: true }).listen(path);
  const sender = connect({ path });
  const [[receiver]] = (await Promise.all([
    once(server, 'connection'),
    once(sender, 'connect'),
  ])) as [[Socket], unknown];
  server.close();
  fill(sender);
  const controller = new AbortController();
  const { signal } = controller;
  const sent = directSerialiseToSocket(sender, size, key, { signal }).catch(
    (error: unknown) => error,
  );
  await new Promise((resolve) => setTimeout(resolve, 50));
  return { key, sender, receiver, sent, controller };
}

/** Behind the stream, which stays empty: the key has its turn at once. */
function fill(socket: Socket): void {
  const { fd } = (socket as unknown as { _handle: { fd: number } })._handle;
  const zeros = new Uint8Array(PIECE);
  try {
    for (;;) writeSync(fd, zeros);
  } catch {
    // Full.
  }
}

async function giveUp(subject: Subject): Promise<unknown> {
  const { key, controller, sent, ...sockets } = await blockedSend(subject);
  controller.abort();
  const error = await sent;
  key.release();
  return [sockets, error];
}

async function breakOff(subject: Subject): Promise<unknown> {
  const { key, sent, ...sockets } = await blockedSend(subject);
  sockets.receiver.destroy();
  const error = await sent;
  key.release();
  return [sockets, error];
}

/** More than a kernel takes for a socket that nobody reads, and the pieces in which it is read. */
const A_LOT = 512 * 1_024;
const PIECE = 16_384;

const ignored = {
  directDeserialise(pull: Pull): void {
    pull(new Uint8Array(PIECE));
  },
};

/** Both ends in one process: what is staged is still to be written when the sender goes on. */
async function throughAFullSocket(subject: Subject): Promise<KesSigningKey[]> {
  const key = evolvedKey(subject);
  const path = placeOf(subject);
  const server = createServer({ pauseOnConnect: true }).listen(path);
  const sender = connect({ path });
  const [socket] = (await once(server, 'connection')) as [Socket];
  const receiver = LockedConnection.takeOver(socket);
  sender.write(new Uint8Array(A_LOT));
  const sent = directSerialiseToSocket(sender, size, key);
  for (let left = A_LOT; left > 0; left -= PIECE) await receiver.receive(PIECE, ignored);
  const read = await receiver.receive(size, sum6Kes);
  await sent;
  sender.destroy();
  await receiver.destroy();
  server.close();
  return [key, read];
}

/** A transport between two processes, both of which are scanned. */
export interface Transport {
  readonly sender: Operation;
  /** Knows nothing of the secret but what it receives. */
  readonly receiver: Operation;
  /** What makes the meeting place before both, if none of them does. */
  readonly prepare?: 'pipe';
}

function transport(
  name: string,
  expects: Expectation,
  sends: (subject: Subject) => unknown,
  receives: (subject: Subject) => unknown,
): Transport {
  return {
    sender: { ...operation(`${name}, sender`, expects, sends), once: true },
    receiver: { ...operation(`${name}, receiver`, expects, receives), once: true },
  };
}

function writePipe(subject: Subject): KesSigningKey {
  const key = evolvedKey(subject);
  const pipe = openSync(placeOf(subject), 'w');
  directSerialiseToDescriptor(pipe, size, key);
  closeSync(pipe);
  return key;
}

function readPipe(subject: Subject): KesSigningKey {
  const pipe = openSync(placeOf(subject), 'r');
  const key = directDeserialiseFromDescriptor(pipe, size, sum6Kes, { last: true });
  closeSync(pipe);
  return key;
}

async function sendOverSocket(subject: Subject): Promise<[KesSigningKey, LockedConnection]> {
  const key = evolvedKey(subject);
  const connection = await LockedConnection.connect({ path: placeOf(subject) });
  await connection.send(size, key);
  return [key, connection];
}

async function receiveOverSocket(subject: Subject): Promise<[KesSigningKey, LockedConnection]> {
  const server = createServer({ pauseOnConnect: true }).listen(placeOf(subject));
  const [socket] = (await once(server, 'connection')) as [Socket];
  const connection = LockedConnection.takeOver(socket);
  const key = await connection.receive(size, sum6Kes);
  server.close();
  return [key, connection];
}

/** A pipe and a Unix socket, with the key alive on both sides and with everything released. */
export const transports: readonly Transport[] = [
  { ...transport('a pipe', live, writePipe, readPipe), prepare: 'pipe' },
  transport('a Unix socket', live, sendOverSocket, receiveOverSocket),
  transport(
    'a Unix socket, only the key released',
    released(live),
    async (subject) => {
      const [key, connection] = await sendOverSocket(subject);
      key.release();
      return connection;
    },
    async (subject) => {
      const [key, connection] = await receiveOverSocket(subject);
      key.release();
      return connection;
    },
  ),
  transport(
    'a Unix socket, all released',
    released(live),
    async (subject) => {
      const [key, connection] = await sendOverSocket(subject);
      key.release();
      await connection.close();
    },
    async (subject) => {
      const [key, connection] = await receiveOverSocket(subject);
      key.release();
      await connection.close();
    },
  ),
];
