import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { ByteSource } from '../../../src/wire/bytes.js';
import { folder } from '../sockets.js';

/** The agent's end of a connection: a script reads and writes what it wants. */
export class AgentEnd implements ByteSource {
  readonly socket: Socket;
  #received = Buffer.alloc(0);
  #ended = false;
  #look: () => void = () => {};

  constructor(socket: Socket) {
    this.socket = socket;
    socket.on('data', (part: Buffer) => {
      this.#received = Buffer.concat([this.#received, part]);
      this.#look();
    });
    for (const name of ['end', 'close'] as const) {
      socket.on(name, () => {
        this.#ended = true;
        this.#look();
      });
    }
    // The client closes the connection in many tests.
    socket.on('error', () => {});
  }

  /** Exactly these bytes of the client; rejects when it ends before. */
  async read(size: number): Promise<Uint8Array> {
    while (this.#received.length < size) {
      if (this.#ended) throw new Error(`the client ended after ${this.#received.length} bytes`);
      await new Promise<void>((resolve) => (this.#look = resolve));
    }
    const part = new Uint8Array(this.#received.subarray(0, size));
    this.#received = this.#received.subarray(size);
    return part;
  }

  /** All bytes that the client still sends, until it ends. */
  async readAll(): Promise<Uint8Array> {
    while (!this.#ended) await new Promise<void>((resolve) => (this.#look = resolve));
    return this.read(this.#received.length);
  }

  /** Sends, in pieces of at most `piece` bytes, each in a write of its own. */
  async write(bytes: Uint8Array, piece = bytes.length): Promise<void> {
    for (let start = 0; start < bytes.length; start += piece) {
      const part = bytes.subarray(start, start + piece);
      await new Promise<void>((resolve) => this.socket.write(part, () => resolve()));
    }
  }

  /** Ends the connection. */
  async end(): Promise<void> {
    this.socket.end();
    if (!this.socket.destroyed) await once(this.socket, 'close');
  }
}

/** An agent that a test plays, on a socket in a folder of its own. */
export class FakeAgent {
  readonly path: string;
  #server: Server | undefined;
  readonly #ends: AgentEnd[] = [];
  readonly #waiting: ((end: AgentEnd) => void)[] = [];

  constructor(name = 'socket') {
    this.path = join(folder(), name);
    onTestFinished(() => this.stop());
  }

  async start(): Promise<this> {
    const server = createServer((socket) => {
      socket.setNoDelay(true);
      const end = new AgentEnd(socket);
      const waiting = this.#waiting.shift();
      if (waiting === undefined) this.#ends.push(end);
      else waiting(end);
    });
    this.#server = server;
    server.listen(this.path);
    await once(server, 'listening');
    return this;
  }

  /** The next connection. */
  async connection(): Promise<AgentEnd> {
    return this.#ends.shift() ?? new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Stops listening. Connections that no test took are destroyed. */
  stop(): void {
    this.#server?.close();
    this.#server = undefined;
    for (const { socket } of this.#ends.splice(0)) socket.destroy();
  }
}

/** An agent that listens. */
export function fakeAgent(name?: string): Promise<FakeAgent> {
  return new FakeAgent(name).start();
}
