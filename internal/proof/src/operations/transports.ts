import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
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
import { keyOf } from './kes.js';
import { layer, once as single, type Operation, type Subject } from './operation.js';

const PERIOD = 37;
const size = sum6Kes.signingKeySize;
const live = keyAt({ depth: 6, period: PERIOD, visited: [0, PERIOD - 1] });

/** The name of the pipe or socket in the folder that both sides of a transport share. */
export const MEETING_PLACE = 'meeting-place';

const placeOf = ({ folder }: Subject): string => join(folder, MEETING_PLACE);

function evolvedKey(subject: Subject): KesSigningKey {
  const key = keyOf(sum6Kes, subject);
  key.updateTo(PERIOD);
  return key;
}

const operation = layer('transports');

/** Transports of which one process is scanned. */
export const transportOperations: readonly Operation[] = [
  operation('a file descriptor, written and read', live, (subject) => {
    const key = evolvedKey(subject);
    const path = join(subject.folder, 'descriptor');
    const writing = openSync(path, 'w', 0o600);
    directSerialiseToDescriptor(writing, size, key);
    closeSync(writing);
    const reading = openSync(path, 'r');
    const read = directDeserialiseFromDescriptor(reading, size, sum6Kes);
    closeSync(reading);
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
  operation('a Unix socket that stays full', live, blockedSend, single),
  operation(
    'a Unix socket that stays full, given up, all released',
    released(live),
    blockedSendThat(({ controller }) => controller.abort()),
    single,
  ),
  operation(
    'a Unix socket that breaks, all released',
    released(live),
    blockedSendThat(({ receiver }) => receiver.destroy()),
    single,
  ),
];

interface BlockedSend {
  readonly key: KesSigningKey;
  readonly sender: Socket;
  readonly receiver: Socket;
  readonly sent: Promise<unknown>;
  readonly controller: AbortController;
}

/** Both ends of a Unix socket. */
async function socketsAt(path: string): Promise<[sender: Socket, receiver: Socket]> {
  const server = createServer({ pauseOnConnect: true }).listen(path);
  const sender = connect({ path });
  const [[receiver]] = (await Promise.all([
    once(server, 'connection'),
    once(sender, 'connect'),
  ])) as [[Socket], unknown];
  server.close();
  return [sender, receiver];
}

/** Stages a key that cannot be written, because the kernel buffers are full and the receiver does not read. */
async function blockedSend(subject: Subject): Promise<BlockedSend> {
  const key = evolvedKey(subject);
  const [sender, receiver] = await socketsAt(placeOf(subject));
  fill(sender);
  const controller = new AbortController();
  const { signal } = controller;
  const sent = directSerialiseToSocket(sender, size, key, { signal }).catch(
    (error: unknown) => error,
  );
  await new Promise((resolve) => setTimeout(resolve, 50));
  return { key, sender, receiver, sent, controller };
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

/** Such a send that is ended. The key is released. */
function blockedSendThat(end: (send: BlockedSend) => void): Operation['run'] {
  return async (subject) => {
    const send = await blockedSend(subject);
    end(send);
    const { key, sent, sender, receiver } = send;
    const error = await sent;
    key.release();
    return [sender, receiver, error];
  };
}

/** More bytes than the kernel buffers of an unread socket hold, and the size of one read. */
const A_LOT = 512 * 1_024;
const PIECE = 16_384;

const ignored = {
  directDeserialise(pull: Pull): void {
    pull(new Uint8Array(PIECE));
  },
};

/** Both ends in one process. The staged key is not yet written when the sender continues. */
async function throughAFullSocket(subject: Subject): Promise<KesSigningKey[]> {
  const key = evolvedKey(subject);
  const [sender, socket] = await socketsAt(placeOf(subject));
  const receiver = LockedConnection.takeOver(socket);
  sender.write(new Uint8Array(A_LOT));
  const sent = directSerialiseToSocket(sender, size, key);
  for (let left = A_LOT; left > 0; left -= PIECE) await receiver.receive(PIECE, ignored);
  const read = await receiver.receive(size, sum6Kes);
  await sent;
  sender.destroy();
  await receiver.destroy();
  return [key, read];
}

/** A transport between two processes. Both are scanned. */
export interface Transport {
  readonly sender: Operation;
  /** Gets the secret only through the transport. */
  readonly receiver: Operation;
  /** What is created before both sides start, when neither of them creates it. */
  readonly prepare?: 'pipe';
}

function transport(
  name: string,
  expects: Expectation,
  sends: (subject: Subject) => unknown,
  receives: (subject: Subject) => unknown,
): Transport {
  return {
    sender: operation(`${name}, sender`, expects, sends, { ...single, aside: true }),
    receiver: operation(`${name}, receiver`, expects, receives, { ...single, aside: true }),
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
  const key = directDeserialiseFromDescriptor(pipe, size, sum6Kes);
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

/** A Unix socket between two processes, and what both do with the key and the connection in the end. */
function overSocket(
  ending: string,
  expects: Expectation,
  end: (key: KesSigningKey, connection: LockedConnection) => unknown,
): Transport {
  return transport(
    `a Unix socket${ending}`,
    expects,
    async (subject) => end(...(await sendOverSocket(subject))),
    async (subject) => end(...(await receiveOverSocket(subject))),
  );
}

/** A pipe and a Unix socket, with live keys and with released keys on both sides. */
export const transports: readonly Transport[] = [
  { ...transport('a pipe', live, writePipe, readPipe), prepare: 'pipe' },
  overSocket('', live, (...values) => values),
  overSocket(', only the key released', released(live), (key, connection) => {
    key.release();
    return connection;
  }),
  overSocket(', all released', released(live), (key, connection) => {
    key.release();
    return connection.close();
  }),
];
