/** An agent that a test plays, byte for byte or message for message. */
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Result } from '../../src/errors.js';
import { choice, identifier, offer, result32, type ByteSource } from '../../src/wire/codec.js';
import {
  command,
  controlVersions,
  type ControlCommand,
  type ControlVersion,
} from '../../src/wire/control.js';
import { messageHeads, serviceVersions, type ServiceVersion } from '../../src/wire/service.js';
import { pushOf, type AgentKey } from './pool.js';
import { folder } from './sockets.js';

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

  constructor() {
    this.path = join(folder(), 'socket');
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

export function fakeAgent(): Promise<FakeAgent> {
  return new FakeAgent().start();
}

export class ServiceEnd {
  readonly end: AgentEnd;
  readonly version: ServiceVersion;

  constructor(end: AgentEnd, version: ServiceVersion) {
    this.end = end;
    this.version = version;
  }

  async push(key: AgentKey, timestamp?: bigint): Promise<Result> {
    await this.end.write(pushOf(key, this.version, timestamp));
    return result32.read(this.end);
  }

  async drop(timestamp: bigint): Promise<Result> {
    await this.end.write(messageHeads[this.version].encode({ kind: 'drop', timestamp }));
    return result32.read(this.end);
  }
}

/** Accepts the next connection of a service client, up to its first message. */
export async function serve(
  agent: FakeAgent,
  versions: readonly ServiceVersion[] = serviceVersions,
): Promise<ServiceEnd> {
  const end = await agent.connection();
  await end.write(offer.encode(versions));
  const version = await choice(versions).read(end);
  if (version === undefined) throw new Error('the client chose no version');
  await end.write(identifier(version).encode(version));
  return new ServiceEnd(end, version);
}

/** Reads the command of the next connection, which it answers. */
export async function answerCommand(
  agent: FakeAgent,
  answer: (given: ControlCommand, version: ControlVersion) => Uint8Array,
  versions: readonly ControlVersion[] = controlVersions,
): Promise<{ readonly end: AgentEnd; readonly given: ControlCommand }> {
  const end = await agent.connection();
  await end.write(offer.encode(versions));
  const version = await choice(versions).read(end);
  if (version === undefined) throw new Error('the client chose no version');
  await identifier(version).read(end);
  const given = await command(version).read(end);
  if (given === undefined) throw new Error('the client sent an unknown command');
  await end.write(answer(given, version));
  return { end, given };
}
