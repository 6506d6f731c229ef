/**
 * The service protocol, written without the package of the agent (see docs/KES_AGENT.md): its bytes, an agent that gives
 * keys, and a client that gets them. Both are in the scanning process.
 */
import { once } from 'node:events';
import { chmodSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import type { OperationalCertificate } from '@evolock/cardano-kes';

/** Sizes in bytes. */
const IDENTIFIER = 32;
const SIGNING_KEY = 608;
const RESULT = 4;
/** After the signing key: the evolution and the certificate. */
const TAIL = 4 + 112;

/** The result of an accepted message. */
export const OK = 0;

/** The result of a key that is refused. */
export const INVALID_CERTIFICATE = 2;

/** Numbers, big endian. */
const u32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};
const u64 = (value: bigint): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(value);
  return bytes;
};

/** The name of a version. */
function identifier(version: string): Buffer {
  return Buffer.alloc(IDENTIFIER).fill(version, 0, version.length, 'latin1');
}

/** What follows the signing key in a push. */
export function tailOf(evolution: number, certificate: OperationalCertificate): Buffer {
  return Buffer.concat([
    u32(evolution),
    certificate.hotVerificationKey,
    u64(certificate.sequenceNumber),
    u64(certificate.startPeriod),
    certificate.signature,
  ]);
}

/** What precedes the signing key in `Service:2.0`. */
function headOf(timestamp: bigint): Buffer {
  return Buffer.concat([Buffer.of(0), u64(timestamp)]);
}

/** A drop in `Service:2.0`. */
function dropOf(timestamp: bigint): Buffer {
  return Buffer.concat([Buffer.of(1), u64(timestamp)]);
}

/** The bytes that a socket has received, read exactly. */
class Incoming {
  #bytes = Buffer.alloc(0);
  #hasEnded = false;
  #look: () => void = () => undefined;

  /** Adds bytes. */
  add(bytes: Uint8Array): void {
    this.#bytes = Buffer.concat([this.#bytes, bytes]);
    this.#look();
  }

  /** Nothing will be added. */
  end(): void {
    this.#hasEnded = true;
    this.#look();
  }

  /** Waits for exactly this number of bytes. */
  async read(size: number): Promise<Buffer> {
    await this.#until((bytes) => bytes.length >= size);
    return this.#take(size);
  }

  /** Waits until all received bytes end with these. */
  async readTo(last: Uint8Array): Promise<Buffer> {
    await this.#until((bytes) => bytes.subarray(-last.length).equals(last));
    return this.#take(this.#bytes.length);
  }

  #take(size: number): Buffer {
    const taken = this.#bytes.subarray(0, size);
    this.#bytes = this.#bytes.subarray(size);
    return taken;
  }

  async #until(isThere: (bytes: Buffer) => boolean): Promise<void> {
    while (!isThere(this.#bytes)) {
      if (this.#hasEnded) throw new Error('the agent has closed the connection');
      await this.#next();
    }
  }

  #next(): Promise<void> {
    return new Promise((resolve) => (this.#look = resolve));
  }
}

/** A signing key as it is sent. */
interface SentKey {
  /** 608 bytes. */
  readonly bytes: Uint8Array;
  readonly evolution: number;
  readonly certificate: OperationalCertificate;
  /** Microseconds since 1970. */
  readonly timestamp: bigint;
}

/** A version with drops, and one in which each message is a key. */
const PEER_VERSION = 'Service:2.0';
const CLIENT_VERSION = 'Service:1.0';
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
  const version = identifier(PEER_VERSION);
  socket.write(Buffer.concat([u32(1), version]));
  await incoming.read(1 + version.length);
  socket.write(version);
  return { socket, incoming };
}

const PIECE = 65_536;

/** A client of the service socket in the scanning process. It reads from the kernel only when it is told to. */
export class Client {
  readonly #socket: Socket;
  readonly #incoming = new Incoming();

  private constructor(path: string) {
    const callback = (size: number, bytes: Uint8Array): boolean => {
      this.#incoming.add(bytes.subarray(0, size));
      return true;
    };
    this.#socket = connect({ path, onread: { buffer: Buffer.alloc(PIECE), callback } });
    this.#socket.on('close', () => this.#incoming.end());
    this.#socket.on('error', () => undefined);
  }

  /** Connects, and agrees on a version. */
  static async connect(path: string): Promise<Client> {
    const client = new Client(path);
    await once(client.#socket, 'connect');
    await client.#greet();
    return client;
  }

  /** Receives the next key, 608 bytes, and accepts it. */
  async receive(): Promise<Buffer> {
    const key = await this.#read((incoming) => incoming.read(SIGNING_KEY + TAIL));
    this.#accept();
    return key.subarray(0, SIGNING_KEY);
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

  async #greet(): Promise<void> {
    await this.#read(async (incoming) => {
      const count = (await incoming.read(4)).readUInt32BE();
      await incoming.read(count * IDENTIFIER);
      this.#socket.write(Buffer.concat([Buffer.of(1), identifier(CLIENT_VERSION)]));
      await incoming.read(IDENTIFIER);
    });
  }

  #accept(): void {
    this.#socket.write(u32(OK));
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
