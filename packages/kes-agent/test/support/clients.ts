/** Plain clients of the sockets of an agent: they speak the protocol, or do not. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { nativeHeaders } from '@evolock/cardano-kes';
import { sum6Kes } from '@evolock/kes-sum';
import { expect, onTestFinished } from 'vitest';
import { ControlClient } from '../../src/client/control-client.js';
import { receiveKeys } from '../../src/client/service-client.js';
import { AgentRefusalError, type Result } from '../../src/errors.js';
import type { HeldKey } from '../../src/held-key.js';
import { Channel } from '../../src/sockets/channel.js';
import type { AgentInfo } from '../../src/wire/control.js';
import { identifier, offer } from '../../src/wire/codec.js';
import {
  signAnswer,
  signRequest,
  type AgentSignature,
  type SignAnswer,
} from '../../src/wire/sign.js';
import { configuration, momentIn, pool } from './pool.js';
import { choiceOf, identifierOf } from './wire.js';

const { certificateVerdict } = nativeHeaders;

export interface AgentPaths {
  readonly service: string;
  readonly control: string;
  readonly sign: string;
}

/** Seconds. */
const PATIENT = 600;

/** A connection before the handshake. It is destroyed after the test. */
export async function connected(path: string): Promise<Channel> {
  const socket = connect(path);
  await once(socket, 'connect');
  const channel = new Channel(socket, 1000 * PATIENT);
  onTestFinished(() => channel.destroy());
  return channel;
}

/** A connection after the handshake. It is destroyed after the test. */
export async function opened(path: string, version: string): Promise<Channel> {
  const channel = await connected(path);
  await offer.read(channel);
  await channel.write(choiceOf(version));
  if (version.startsWith('Service')) await identifier(version).read(channel);
  else await channel.write(identifierOf(version));
  return channel;
}

const operator = (path: string): ControlClient => new ControlClient(path, { timeout: PATIENT });

export const stage = (path: string): Promise<Uint8Array> => operator(path).generate();

export async function installNew(
  path: string,
  fields: { readonly counter?: number; readonly start?: number },
): Promise<void> {
  await operator(path).install(pool.certify(await stage(path), fields));
}

export async function drop(path: string): Promise<Result> {
  try {
    await operator(path).drop();
    return 'ok';
  } catch (error) {
    if (error instanceof AgentRefusalError) return error.result;
    throw error;
  }
}

/** What the agent states about itself. It evolves its key for this. */
export const info = (path: string): Promise<AgentInfo> => operator(path).info();

export async function requestSignature(path: string, message: Uint8Array): Promise<SignAnswer> {
  const channel = await opened(path, 'Sign:1.0');
  try {
    await channel.write(signRequest(Infinity).encode({ message, period: undefined }));
    return await signAnswer.read(channel);
  } finally {
    channel.destroy();
  }
}

type Signed = Omit<AgentSignature, 'coldVerificationKey'>;

/** A signature is at this evolution, with the key of this counter, and everything verifies. */
export async function expectSigned(
  sign: (message: Uint8Array) => Promise<Signed>,
  evolution: number,
  counter?: number,
): Promise<void> {
  const message = new TextEncoder().encode(`message of evolution ${evolution}`);
  const { signature, certificate, ...stated } = await sign(message);
  const { hotVerificationKey, sequenceNumber, startPeriod } = certificate;
  expect(stated).toMatchObject({ evolution, period: startPeriod + BigInt(evolution) });
  expect(sequenceNumber).toBe(BigInt(counter ?? sequenceNumber));
  expect(certificateVerdict(certificate, pool.coldVerificationKey).valid).toBe(true);
  expect(sum6Kes.verify(hotVerificationKey, evolution, message, signature)).toBe(true);
}

/** A sign socket signs a message at this evolution, and the signature verifies. */
export async function expectSigns(path: string, evolution: number): Promise<void> {
  await expectSigned(async (message) => {
    const answer = await requestSignature(path, message);
    if (answer.result !== 'signed') throw new Error(`the agent answered ${answer.result}`);
    return answer;
  }, evolution);
}

/** The agent hands a service client its key, answers to `info`, and signs. */
export async function expectServes(
  { service, control, sign }: AgentPaths,
  period: number,
  { evolution, counter }: { readonly evolution: number; readonly counter: number },
): Promise<void> {
  const now = (): number => momentIn(period);
  const client = receiveKeys(service, {
    ...configuration,
    now: () => new Date(now()),
    monotonic: now,
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

/** A client to which it makes no difference when the agent closes its connection. */
export class RudeClient {
  readonly socket: Socket;

  private constructor(socket: Socket) {
    this.socket = socket;
    // A reset by the agent is as good as an end.
    socket.on('error', () => undefined);
    socket.resume();
  }

  static async to(path: string): Promise<RudeClient> {
    const client = new RudeClient(connect({ path, allowHalfOpen: true }));
    await once(client.socket, 'connect');
    return client;
  }

  /** Sends bytes; resolves when the kernel has them, or the connection is closed. */
  async send(bytes: Uint8Array): Promise<void> {
    await new Promise<void>((resolve) => this.socket.write(bytes, () => resolve()));
  }

  /** Resolves when the agent has closed the connection. */
  async untilClosed(): Promise<void> {
    const { socket } = this;
    if (!socket.readableEnded && !socket.destroyed) {
      await new Promise((resolve) => void socket.once('end', resolve).once('close', resolve));
    }
    socket.destroy();
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
