/** An agent that a test plays, byte for byte or message for message. */
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Result } from '../../src/errors.js';
import { Channel } from '../../src/sockets/channel.js';
import { choice, identifier, joined, offer, result32 } from '../../src/wire/codec.js';
import {
  command,
  controlVersions,
  type ControlCommand,
  type ControlVersion,
} from '../../src/wire/control.js';
import { messageHeads, serviceVersions, type ServiceVersion } from '../../src/wire/service.js';
import { pushOf, type AgentKey } from './pool.js';
import { folder } from './sockets.js';

/** Longer than any test. */
const NEVER = 600_000;

/** The agent's end of a connection: a script reads and writes what it wants. */
export class AgentEnd extends Channel {
  constructor(socket: Socket) {
    super(socket, NEVER);
  }

  /** All bytes that the client still sends, until it ends or breaks the connection. */
  async readAll(): Promise<Uint8Array> {
    const parts: Uint8Array[] = [];
    while (!(await this.ended().catch(() => true)))
      parts.push(await this.read(this.socket.readableLength));
    return joined(...parts);
  }

  /** Sends, in pieces of at most `piece` bytes, each in a write of its own. The client closes meanwhile in some tests. */
  override async write(bytes: Uint8Array, piece = bytes.length): Promise<void> {
    for (let start = 0; start < bytes.length; start += piece)
      await super.write(bytes.subarray(start, start + piece)).catch(() => undefined);
  }

  async end(): Promise<void> {
    this.socket.end();
    // It closes when it has read everything.
    await this.readAll();
    await this.closed;
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
