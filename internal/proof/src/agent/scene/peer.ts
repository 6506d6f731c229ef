import { once } from 'node:events';
import { chmodSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import type { OperationalCertificate } from '@evolock/cardano-kes';
import { Incoming } from './incoming.js';
import { dropOf, headOf, identifier, RESULT, tailOf, u32 } from './service-bytes.js';

/** A signing key as it is sent. */
export interface SentKey {
  /** 608 bytes. */
  readonly bytes: Uint8Array;
  readonly evolution: number;
  readonly certificate: OperationalCertificate;
  /** Microseconds since 1970. */
  readonly timestamp: bigint;
}

const VERSION = 'Service:2.0';
const EVERYBODY_MAY_CONNECT = 0o666;

/** An agent in the scanning process: the scanned agent gets keys from it. */
export class Peer {
  readonly #server: Server;
  readonly #sockets: Socket[] = [];
  readonly #connection: Promise<Connection>;

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

  /** Sends a key, and returns the number of the answer. */
  async push({ bytes, evolution, certificate, timestamp }: SentKey): Promise<number> {
    const { socket, incoming } = await this.#connection;
    socket.write(Buffer.concat([headOf(timestamp), bytes, tailOf(evolution, certificate)]));
    return (await incoming.read(RESULT)).readUInt32BE();
  }

  /** Sends a drop, and returns the number of the answer. */
  async pushDrop(timestamp: bigint): Promise<number> {
    const { socket, incoming } = await this.#connection;
    socket.write(dropOf(timestamp));
    return (await incoming.read(RESULT)).readUInt32BE();
  }

  /** Ends everything. */
  close(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }
}

interface Connection {
  readonly socket: Socket;
  readonly incoming: Incoming;
}

async function greet(socket: Socket): Promise<Connection> {
  const incoming = new Incoming();
  socket.on('data', (bytes: Buffer) => incoming.add(bytes));
  socket.on('close', () => incoming.end());
  socket.on('error', () => undefined);
  const version = identifier(VERSION);
  socket.write(Buffer.concat([u32(1), version]));
  await incoming.read(1 + version.length);
  socket.write(version);
  return { socket, incoming };
}
