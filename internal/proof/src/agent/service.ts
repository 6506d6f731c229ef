/**
 * The peer and the clients of a scanned agent, in the scanning process. They speak by the codecs of the agent, which its tests
 * compare with recordings of another implementation.
 */
import { once } from 'node:events';
import { chmodSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import type { OperationalCertificate } from '@evolock/cardano-kes';
import {
  choice,
  identifier,
  joined,
  offer,
  result32,
  type ByteSource,
} from '../../../../packages/kes-agent/src/wire/codec.js';
import { keyTail, messageHeads } from '../../../../packages/kes-agent/src/wire/service.js';

/** Bytes. */
const SIGNING_KEY = 608;

/** A version with drops, and one in which each message is a key. */
const PEER_VERSION = 'Service:2.0';
const CLIENT_VERSION = 'Service:1.0';

/** What follows the signing key in a push of a key at its first period. */
export function tailOf(certificate: OperationalCertificate): Uint8Array {
  return keyTail.encode({ evolution: 0, certificate });
}

/** The bytes that a socket has received, read exactly. */
class Incoming implements ByteSource {
  #bytes = Buffer.alloc(0);
  #hasEnded = false;
  #look: () => void = () => undefined;

  constructor(socket: Socket) {
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.#hasEnded = true;
      this.#look();
    });
  }

  /** Adds bytes. */
  add(bytes: Uint8Array): void {
    this.#bytes = Buffer.concat([this.#bytes, bytes]);
    this.#look();
  }

  /** Waits for exactly this number of bytes. */
  async read(size: number): Promise<Uint8Array> {
    await this.#until((bytes) => bytes.length >= size);
    return this.#take(size);
  }

  /** Waits until all received bytes end with these. */
  async readTo(last: Uint8Array): Promise<Uint8Array> {
    await this.#until((bytes) => bytes.subarray(-last.length).equals(last));
    return this.#take(this.#bytes.length);
  }

  #take(size: number): Uint8Array {
    const taken = this.#bytes.subarray(0, size);
    this.#bytes = this.#bytes.subarray(size);
    return taken;
  }

  async #until(isThere: (bytes: Buffer) => boolean): Promise<void> {
    while (!isThere(this.#bytes)) {
      if (this.#hasEnded) throw new Error('the agent has closed the connection');
      await new Promise<void>((resolve) => (this.#look = resolve));
    }
  }
}

const EVERYBODY_MAY_CONNECT = 0o666;

/** An agent in the scanning process: the scanned agent gets keys from it. */
export class Peer {
  readonly #server: Server;
  readonly #sockets: Socket[] = [];
  readonly #connection: Promise<readonly [Socket, Incoming]>;

  private constructor(server: Server) {
    this.#server = server;
    server.on('connection', (socket) => this.#sockets.push(socket));
    this.#connection = once(server, 'connection').then(([socket]) => greet(socket as Socket));
    // Awaited by the first push. A process that fails before has its own error.
    this.#connection.catch(() => undefined);
  }

  /** Listens for one connection of an agent. The agent makes another when this one ends, which stays silent. */
  static async listen(path: string): Promise<Peer> {
    const server = createServer();
    const peer = new Peer(server);
    await once(server.listen(path), 'listening');
    chmodSync(path, EVERYBODY_MAY_CONNECT);
    return peer;
  }

  /** Sends a key at its first period, 608 bytes. Returns the answer. The timestamp is in microseconds since 1970. */
  push(key: Uint8Array, certificate: OperationalCertificate, timestamp: bigint) {
    const head = messageHeads[PEER_VERSION].encode({ kind: 'key', timestamp });
    return this.#send(joined(head, key, tailOf(certificate)));
  }

  /** Sends a drop, and returns the answer. */
  pushDrop(timestamp: bigint) {
    return this.#send(messageHeads[PEER_VERSION].encode({ kind: 'drop', timestamp }));
  }

  /** Ends everything. */
  close(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  async #send(message: Uint8Array) {
    const [socket, incoming] = await this.#connection;
    socket.write(message);
    return await result32.read(incoming);
  }
}

async function greet(socket: Socket): Promise<readonly [Socket, Incoming]> {
  const incoming = new Incoming(socket);
  socket.on('data', (bytes: Buffer) => incoming.add(bytes));
  socket.write(offer.encode([PEER_VERSION]));
  await choice([PEER_VERSION]).read(incoming);
  socket.write(identifier(PEER_VERSION).encode(PEER_VERSION));
  return [socket, incoming];
}

const PIECE = 65_536;

/** A client of the service socket in the scanning process. It reads from the kernel only when it is told to. */
export class Client {
  readonly #socket: Socket;
  readonly #incoming: Incoming;

  private constructor(path: string) {
    const callback = (size: number, bytes: Uint8Array): boolean => {
      this.#incoming.add(bytes.subarray(0, size));
      return true;
    };
    this.#socket = connect({ path, onread: { buffer: Buffer.alloc(PIECE), callback } });
    this.#incoming = new Incoming(this.#socket);
  }

  /** Connects, and agrees on a version. */
  static async connect(path: string): Promise<Client> {
    const client = new Client(path);
    await once(client.#socket, 'connect');
    await client.#read(async (incoming) => {
      await offer.read(incoming);
      client.#socket.write(choice([CLIENT_VERSION]).encode(CLIENT_VERSION));
      await identifier(CLIENT_VERSION).read(incoming);
    });
    return client;
  }

  /** Receives the next key, 608 bytes, and accepts it. */
  async receive(): Promise<Uint8Array> {
    const key = await this.#read(async (incoming) => {
      const bytes = await incoming.read(SIGNING_KEY);
      await keyTail.read(incoming);
      return bytes;
    });
    this.#accept();
    return key;
  }

  /** Receives everything up to a key whose tail is known, and accepts it. */
  async receiveTo(tail: Uint8Array): Promise<void> {
    await this.#read((incoming) => incoming.readTo(tail));
    this.#accept();
  }

  /** Ends the connection. */
  close(): void {
    this.#socket.destroy();
  }

  #accept(): void {
    this.#socket.write(result32.encode('ok'));
  }

  async #read<Result>(work: (incoming: Incoming) => Promise<Result>): Promise<Result> {
    this.#socket.resume();
    try {
      return await work(this.#incoming);
    } finally {
      this.#socket.pause();
    }
  }
}
