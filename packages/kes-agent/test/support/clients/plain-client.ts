/** A plain client of a socket of an agent: it speaks the protocol, or does not. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { sum6Kes } from '@evolock/kes-sum';
import { expect } from 'vitest';
import type { HeldKey } from '../../../src/client/key-keeper.js';
import { receiveKeys } from '../../../src/client/service-client.js';
import { Channel } from '../../../src/sockets/channel.js';
import type { ByteSource } from '../../../src/wire/bytes.js';
import {
  controlVersions,
  encodeCommand,
  readInfo,
  readMaybeKey,
  readResult16,
  type AgentInfo,
  type ControlCommand,
} from '../../../src/wire/control.js';
import { encodeChoice, encodeIdentifier, readOffer } from '../../../src/wire/handshake.js';
import type { Result } from '../../../src/wire/result.js';
import { encodeSignRequest, readSignAnswer, type SignAnswer } from '../../../src/wire/sign.js';
import { pool } from '../agent-key.js';
import { momentIn, network, type TestPool } from '../pool.js';
import type { AgentPaths } from '../processes/processes.js';

const PATIENT = { timeout: 600_000 };

/** A connection before the handshake. The caller destroys it. */
export async function connected(path: string): Promise<Channel> {
  const socket = connect(path);
  await once(socket, 'connect');
  return new Channel(socket, PATIENT);
}

/** A connection after the handshake of the control or the sign socket. The caller destroys it. */
export async function opened(path: string, version: string): Promise<Channel> {
  const channel = await connected(path);
  await readOffer(channel);
  await channel.write(encodeChoice(version));
  await channel.write(encodeIdentifier(version));
  return channel;
}

/** Sends a command to a control socket, and reads the answer. */
async function command<Answer>(
  path: string,
  request: ControlCommand,
  read: (source: ByteSource) => Promise<Answer>,
): Promise<Answer> {
  const channel = await opened(path, controlVersions[0]);
  try {
    await channel.write(encodeCommand(request));
    return await read(channel);
  } finally {
    channel.destroy();
  }
}

/** Stages a key. */
export async function stage(path: string): Promise<Uint8Array> {
  const verificationKey = await command(path, { command: 'generate' }, readMaybeKey);
  if (verificationKey === undefined) throw new Error('no key was staged');
  return verificationKey;
}

/** The staged key. */
export function staged(path: string): Promise<Uint8Array | undefined> {
  return command(path, { command: 'export' }, readMaybeKey);
}

/** Installs a certificate. */
export function install(
  path: string,
  certificate: ReturnType<TestPool['certify']>,
): Promise<Result> {
  return command(path, { command: 'install', certificate }, readResult16);
}

/** Stages a key, and installs it with a certificate. */
export async function installNew(
  path: string,
  pool: TestPool,
  fields: { readonly counter?: number; readonly start?: number },
): Promise<void> {
  expect(await install(path, pool.certify(await stage(path), fields))).toBe('ok');
}

/** Drops the key. */
export function drop(path: string): Promise<Result> {
  return command(path, { command: 'drop' }, readResult16);
}

/** What the agent tells of itself. It evolves its key for this. */
export function info(path: string): Promise<AgentInfo> {
  return command(path, { command: 'info' }, (source) => readInfo(controlVersions[0], source));
}

/** Asks a sign socket for a signature. */
export async function requestSignature(path: string, message: Uint8Array): Promise<SignAnswer> {
  const channel = await opened(path, 'Sign:1.0');
  try {
    await channel.write(encodeSignRequest({ message, period: undefined }));
    return await readSignAnswer(channel);
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
    coldVerificationKey: pool.coldVerificationKey,
    parameters: network,
    now: () => momentIn(period),
    retry: { delay: 10, longestDelay: 100 },
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
