/**
 * The peer and the clients of a scanned agent, in the scanning process. They speak by the codecs of the agent, which its tests
 * compare with recordings of another implementation.
 */
import { once } from 'node:events';
import { chmodSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import type { OperationalCertificate } from '@evolock/cardano-headers';
import { Channel } from '../../../../packages/kes-agent/src/sockets/channel.js';
import {
  choice,
  identifier,
  joined,
  offer,
  result32,
} from '../../../../packages/kes-agent/src/wire/codec.js';
import { keyTail, messageHeads } from '../../../../packages/kes-agent/src/wire/service.js';

/** More milliseconds than any scan of the stopped process takes. */
export const TIMEOUT = 600_000;

/** Bytes. */
const SIGNING_KEY = 608;

/** A version with drops, and one in which each message is a key. */
const PEER_VERSION = 'Service:2.0';
const CLIENT_VERSION = 'Service:1.0';

/** What follows the signing key in a push of a key at its first period. */
export function tailOf(certificate: OperationalCertificate): Uint8Array {
  return keyTail.encode({ evolution: 0, certificate });
}

const EVERYBODY_MAY_CONNECT = 0o666;

/** An agent in the scanning process: the scanned agent gets keys from it. */
export class Peer {
  readonly #sockets: Socket[] = [];
  readonly #server = createServer((socket) => this.#sockets.push(socket));
  readonly #channel: Promise<Channel>;

  /** Listens for one connection of an agent. The agent makes another when this one ends, which stays silent. */
  constructor(path: string) {
    this.#channel = once(this.#server, 'connection').then(([socket]) => greet(socket as Socket));
    // Awaited by the first message. A process that fails before has its own error.
    this.#channel.catch(() => undefined);
    this.#server.listen(path, () => chmodSync(path, EVERYBODY_MAY_CONNECT));
  }

  /** Sends a key and its tail, or a drop, and returns the answer. The timestamp is in microseconds since 1970. */
  async send(kind: 'key' | 'drop', timestamp: bigint, ...rest: readonly Uint8Array[]) {
    const channel = await this.#channel;
    const head = messageHeads[PEER_VERSION].encode({ kind, timestamp });
    await channel.write(joined(head, ...rest));
    return await result32.read(channel);
  }

  /** Ends everything. */
  close(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }
}

async function greet(socket: Socket): Promise<Channel> {
  const channel = new Channel(socket, TIMEOUT);
  await channel.write(offer.encode([PEER_VERSION]));
  await choice([PEER_VERSION]).read(channel);
  await channel.write(identifier(PEER_VERSION).encode(PEER_VERSION));
  return channel;
}

/** A client of the service socket, in the scanning process. */
export class Client {
  readonly #channel: Channel;

  private constructor(socket: Socket) {
    this.#channel = new Channel(socket, TIMEOUT);
  }

  /** Connects, and agrees on a version. */
  static async connect(path: string): Promise<Client> {
    const socket = connect(path);
    await once(socket, 'connect');
    const client = new Client(socket);
    await offer.read(client.#channel);
    await client.#channel.write(choice([CLIENT_VERSION]).encode(CLIENT_VERSION));
    await identifier(CLIENT_VERSION).read(client.#channel);
    return client;
  }

  /** Receives the next key, 608 bytes, and accepts it. */
  async receive(): Promise<Uint8Array> {
    const key = await this.#channel.read(SIGNING_KEY);
    await keyTail.read(this.#channel);
    await this.#channel.write(result32.encode('ok'));
    return key;
  }

  /** Reads nothing from the kernel, until it receives to a tail. */
  pause(): void {
    handleOf(this.#channel.socket).readStop();
  }

  /** Receives everything up to a key whose tail is known, and accepts it. */
  async receiveTo(tail: Uint8Array): Promise<void> {
    handleOf(this.#channel.socket).readStart();
    for (let last = Buffer.alloc(0); !last.equals(tail);) {
      await this.#channel.ended();
      const bytes = await this.#channel.read(this.#channel.socket.readableLength);
      last = Buffer.concat([last, bytes]).subarray(-tail.length);
    }
    await this.#channel.write(result32.encode('ok'));
  }

  /** Ends the connection. */
  close(): void {
    this.#channel.destroy();
  }
}

/** The handle of a socket in Node.js. Its stream reads ahead, even when it is paused. */
function handleOf(socket: Socket) {
  return (socket as unknown as { _handle: Record<'readStart' | 'readStop', () => void> })._handle;
}
