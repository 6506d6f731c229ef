/** No object that an application can print shows a secret, at no moment of a transfer. */
import { randomBytes } from 'node:crypto';
import { once, type EventEmitter } from 'node:events';
import { connect, type Socket } from 'node:net';
import { MLockedBytes } from '@evolock/mlocked-bytes';
import { rejectionOf } from '@evolock/test-support';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import {
  directSerialiseToSocket,
  LockedConnection,
  MAX_IO_SIZE,
  type SendOptions,
} from '../../src/index.js';
import {
  listening,
  ordinary,
  origins,
  socketPair,
  transports,
  type Origin,
  type Transport,
} from '../support/connections.js';
import { everything, recordResources, shows } from '../support/reachable.js';
import { inBlocks, lockedCopy } from '../support/values.js';

const SIZE = 64;
let secret: Uint8Array;
let resources: unknown[];
/** The secrets found, and where. */
let seen: string[];
/** The places that were searched. */
let looked: string[];

beforeEach(() => {
  secret = new Uint8Array(randomBytes(SIZE));
  resources = recordResources();
  seen = [];
  looked = [];
});

/** Searches for the secret in everything that can be printed. */
function look(where: string, ...values: unknown[]): void {
  looked.push(where);
  if (shows(secret, ...everything(resources, ...values))) seen.push(where);
}

const EVENTS = ['lookup', 'connect', 'ready', 'drain', 'timeout', 'end', 'error', 'close'] as const;

/** Searches at each event of a socket, and in its arguments. */
function lookAtEvents(socket: EventEmitter): void {
  for (const event of EVENTS) {
    socket.on(event, (...values: unknown[]) => look(event, socket, values));
  }
}

/** Fills the buffers of the kernel and of the stream with public bytes. */
function block(socket: Socket): void {
  while (socket.write(Buffer.alloc(65_536)));
}

/** Some turns of the event loop, with a search in each. */
async function searchForAWhile(where: string, ...values: unknown[]): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) {
    await new Promise(setImmediate);
    look(where, ...values);
  }
}

/** A connection without an allocator of the test, which would show its memory, and its other end. */
async function connectionPair(
  transport: Transport,
  origin: Origin,
): Promise<[LockedConnection, Socket]> {
  const { server, target } = await listening(transport);
  const accepted = once(server, 'connection') as Promise<[Socket]>;
  const peer = origin === 'connected' ? undefined : ordinary(connect(target));
  const connected = peer === undefined ? await LockedConnection.connect(target) : undefined;
  const [socket] = await accepted;
  const connection = connected ?? LockedConnection.takeOver(socket);
  onTestFinished(() => connection.close());
  return [connection, peer ?? ordinary(socket)];
}

/** A value larger than the buffers of the kernel, each part of which is the secret. */
function largeValue() {
  const content = new Uint8Array(MAX_IO_SIZE);
  for (let offset = 0; offset < MAX_IO_SIZE; offset += SIZE) content.set(secret, offset);
  return inBlocks(content, [MAX_IO_SIZE]);
}

/** New owners of locked memory, with another secret, which is searched for from then on. */
function newOwners(): void {
  secret = new Uint8Array(randomBytes(SIZE));
  for (let count = 0; count < 200; count += 1) {
    for (const size of [SIZE, 1_024]) {
      const bytes = MLockedBytes.newZeroed(size);
      bytes.withBytes((view) => view.set(secret));
      onTestFinished(() => bytes.release());
    }
  }
}

const ends: Record<string, (socket: Socket, controller: AbortController) => void> = {
  'the program destroys it': (socket) => void socket.destroy(),
  'the program destroys it with an error': (socket) => void socket.destroy(new Error('enough')),
  'its signal is aborted': (_socket, controller) => controller.abort('enough'),
  'its time is over': () => undefined,
};
/** How a program ends a send. */
const endings = Object.keys(ends);

function limitsOf(ending: string, { signal }: AbortController): SendOptions {
  return { signal: ending === 'its time is over' ? AbortSignal.timeout(30) : signal };
}

describe.each(transports)('over %s no object shows the secret', (transport) => {
  test('before, while and after a socket connects, and while its peer does not read', async () => {
    const { server, target } = await listening(transport);
    const accepted = once(server, 'connection') as Promise<[Socket]>;
    const connecting = ordinary(connect(target));
    lookAtEvents(connecting);
    const first = directSerialiseToSocket(connecting, lockedCopy(secret));
    look('connecting', connecting, first);
    await first;
    look('sent', connecting, ordinary((await accepted)[0]));
    expect(looked).toContain('connect');

    const [socket, peer] = await socketPair(transport);
    lookAtEvents(socket);
    block(socket);
    const value = largeValue();
    const sent = directSerialiseToSocket(socket, value);
    await searchForAWhile('blocked', socket, sent);
    peer.resume();
    // The kernel has a part of the value when the peer has read once.
    await once(peer, 'data');
    peer.pause();
    await searchForAWhile('within the value', socket);
    peer.resume();
    await sent;
    look('sent', socket);
    expect(seen).toEqual([]);
  });

  test.each(endings)(
    'when a socket connects, is blocked or within a value, and %s',
    async (ending) => {
      for (const stage of ['connecting', 'blocked', 'within the value']) {
        const { target } = await listening(transport);
        const socket = ordinary(connect(target));
        lookAtEvents(socket);
        // The time-out occurs while the socket waits, also if it connects quickly.
        if (stage === 'connecting' && ending === 'its time is over') socket.cork();
        if (stage !== 'connecting') await once(socket, 'connect');
        if (stage === 'blocked') block(socket);
        const controller = new AbortController();
        const value = largeValue();
        const options = limitsOf(ending, controller);
        const sent = rejectionOf(
          (async () => {
            // More than the buffers of the kernel take.
            for (;;) await directSerialiseToSocket(socket, value, options);
          })(),
        );
        if (stage !== 'connecting') await searchForAWhile(stage, socket);
        ends[ending]?.(socket, controller);
        look('ended', socket);
        const error = await sent;
        look('rejected', socket, error);
        newOwners();
        await searchForAWhile('next owner', socket, error);
      }
      expect(looked).toContain('close');
      expect(seen).toEqual([]);
    },
  );

  test.each(origins)(
    'while a connection (%s) receives, has surplus bytes, and is closed',
    async (origin) => {
      const [connection, peer] = await connectionPair(transport, origin);
      const received = connection.receive(MLockedBytes.type(SIZE));
      peer.write(secret.subarray(0, SIZE - 1));
      await searchForAWhile('within the value', connection);
      // Not a Buffer of the pool, which each other Buffer of the pool can reach.
      const rest = new Uint8Array(1 + 2 * SIZE);
      [secret.subarray(SIZE - 1), secret, secret].reduce((at, part) => {
        rest.set(part, at);
        return at + part.byteLength;
      }, 0);
      peer.write(rest);
      rest.fill(0);
      (await received).release();
      await searchForAWhile('after the value', connection);
      const open = everything();
      await connection.close();
      look('closed', connection, open);
      newOwners();
      await searchForAWhile('next owner', connection, open);
      expect(seen).toEqual([]);
    },
  );
});
