/** Plain clients of the sockets of an agent: they speak the protocol, or do not. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { sum6Kes } from '@evolock/kes-sum';
import { expect, onTestFinished } from 'vitest';
import { ControlClient } from '../../src/client/control-client.js';
import { receiveKeys } from '../../src/client/service-client.js';
import { AgentRefusalError, type Result } from '../../src/errors.js';
import type { HeldKey } from '../../src/held-key.js';
import { Channel } from '../../src/sockets/channel.js';
import type { AgentInfo } from '../../src/wire/control.js';
import { identifier, offer } from '../../src/wire/codec.js';
import { signAnswer, signRequest, type SignAnswer } from '../../src/wire/sign.js';
import { configuration, momentIn, pool, type TestPool } from './pool.js';
import { choiceOf, identifierOf } from './wire.js';

export interface AgentPaths {
  readonly service: string;
  readonly control: string;
  readonly sign: string;
}

const PATIENT = 600_000;

/** A connection before the handshake. The caller destroys it. */
export async function connected(path: string): Promise<Channel> {
  const socket = connect(path);
  await once(socket, 'connect');
  return new Channel(socket, PATIENT);
}

/** A connection after the handshake of the control or the sign socket. The caller destroys it. */
export async function opened(path: string, version: string): Promise<Channel> {
  const channel = await connected(path);
  await offer.read(channel);
  await channel.write(choiceOf(version));
  await channel.write(identifierOf(version));
  return channel;
}

/** A connection after the handshake of the service socket. The caller destroys it. */
export async function receiving(path: string): Promise<Channel> {
  const channel = await connected(path);
  await offer.read(channel);
  await channel.write(choiceOf('Service:2.0'));
  await identifier('Service:2.0').read(channel);
  return channel;
}

const operator = (path: string): ControlClient => new ControlClient(path, { timeout: PATIENT });

export const stage = (path: string): Promise<Uint8Array> => operator(path).generate();

export const staged = (path: string): Promise<Uint8Array | undefined> =>
  operator(path).exportStaged();

export const install = (
  path: string,
  certificate: ReturnType<TestPool['certify']>,
): Promise<Result> => resultOf(operator(path).install(certificate));

export async function installNew(
  path: string,
  fields: { readonly counter?: number; readonly start?: number },
): Promise<void> {
  expect(await install(path, pool.certify(await stage(path), fields))).toBe('ok');
}

export const drop = (path: string): Promise<Result> => resultOf(operator(path).drop());

/** What the agent states about itself. It evolves its key for this. */
export const info = (path: string): Promise<AgentInfo> => operator(path).info();

async function resultOf(command: Promise<void>): Promise<Result> {
  try {
    await command;
    return 'ok';
  } catch (error) {
    if (error instanceof AgentRefusalError) return error.result;
    throw error;
  }
}

export async function requestSignature(path: string, message: Uint8Array): Promise<SignAnswer> {
  const channel = await opened(path, 'Sign:1.0');
  try {
    await channel.write(signRequest(Infinity).encode({ message, period: undefined }));
    return await signAnswer.read(channel);
  } finally {
    channel.destroy();
  }
}

/** A sign socket signs a message at this evolution, and the signature verifies. */
export async function expectSigns(path: string, evolution: number): Promise<void> {
  const message = new TextEncoder().encode(`message of evolution ${evolution}`);
  const answer = await requestSignature(path, message);
  if (answer.result !== 'signed') throw new Error(`the agent answered ${answer.result}`);
  const { certificate, signature } = answer;
  expect(answer.evolution).toBe(evolution);
  expect(sum6Kes.verify(certificate.hotVerificationKey, evolution, message, signature)).toBe(true);
}

/** The agent hands a service client its key, answers to `info`, and signs. */
export async function expectServes(
  { service, control, sign }: AgentPaths,
  period: number,
  { evolution, counter }: { readonly evolution: number; readonly counter: number },
): Promise<void> {
  const client = receiveKeys(service, {
    ...configuration,
    now: () => momentIn(period),
    retry: { delay: 10, exponential: false },
  });
  try {
    const [held] = (await once(client, 'key')) as [HeldKey];
    expect(held.signingKey.period).toBe(evolution);
    expect(held.certificate.sequenceNumber).toBe(BigInt(counter));
  } finally {
    await client.close();
  }
  expect((await info(control)).installed).toMatchObject({ evolution, counter: BigInt(counter) });
  await expectSigns(sign, evolution);
}

export class RudeClient {
  readonly socket: Socket;
  #received = 0;
  readonly #closed: Promise<void>;

  private constructor(socket: Socket) {
    this.socket = socket;
    // A reset by the agent is as good as an end.
    socket.on('error', () => undefined);
    socket.on('data', (part: Buffer) => (this.#received += part.byteLength));
    this.#closed = new Promise((resolve) => void socket.once('close', () => resolve()));
  }

  /** Connects. It may be refused: then it closes. */
  static async to(path: string): Promise<RudeClient> {
    const socket = connect({ path, allowHalfOpen: true });
    const client = new RudeClient(socket);
    await Promise.race([once(socket, 'connect').catch(() => undefined), client.#closed]);
    return client;
  }

  /** Sends bytes; resolves when the kernel has them, or the connection is closed. */
  async send(bytes: Uint8Array): Promise<void> {
    await new Promise<void>((resolve) => this.socket.write(bytes, () => resolve()));
  }

  /** Ends its own direction. The agent closes the other one, and the connection. */
  async end(): Promise<void> {
    this.socket.end();
    await this.#ended();
  }

  /** Resolves when the agent has closed the connection. */
  async #ended(): Promise<void> {
    if (!this.socket.readableEnded && !this.socket.destroyed) {
      await Promise.race([once(this.socket, 'end').catch(() => undefined), this.#closed]);
    }
    this.socket.destroy();
    await this.#closed;
  }

  async untilClosed(): Promise<number> {
    await this.#ended();
    return this.#received;
  }
}

/** The next error that nothing catches, which does not fail the test. */
export function uncaughtError(): Promise<unknown> {
  const others = process.listeners('uncaughtException');
  for (const other of others) process.off('uncaughtException', other);
  onTestFinished(() => {
    for (const other of others) process.on('uncaughtException', other);
  });
  return new Promise((resolve) => process.once('uncaughtException', resolve));
}
