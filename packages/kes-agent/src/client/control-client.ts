/**
 * Commands to an agent over its control socket: one connection each.
 */
import { absolutePeriod, type OperationalCertificate } from '@evolock/cardano-kes';
import { checkBytes, wrongType, wrongValue } from '@evolock/direct-serialise/arguments';
import { AgentRefusalError } from '../errors.js';
import type { Channel } from '../sockets/channel.js';
import {
  COLD_SIGNATURE_SIZE,
  joined,
  VERIFICATION_KEY_SIZE,
  type ByteSource,
} from '../wire/bytes.js';
import {
  controlVersions,
  encodeCommand,
  hasCommand,
  readInfo,
  readMaybeKey,
  readResult16,
  type AgentInfo,
  type ControlCommand,
  type ControlVersion,
} from '../wire/control.js';
import { encodeChoice, encodeIdentifier } from '../wire/handshake.js';
import { chooseOn, Dial, type ClientOptions } from './dial.js';

/** Reads the answer to a command. */
type ReadAnswer<Answer> = (source: ByteSource, version: ControlVersion) => Promise<Answer>;

/**
 * Commands to an agent. Each opens a connection of its own, and closes it after the answer. A command that the agent refuses,
 * or that its version of the protocol does not have, rejects with {@link AgentRefusalError}.
 *
 * @example
 * ```ts
 * import { ControlClient } from '@evolock/kes-agent';
 *
 * const control = new ControlClient('no-agent.socket', { retry: { attempts: 2, delay: 1 } });
 * try {
 *   const verificationKey = await control.generate(); // to the air-gapped machine
 *   console.log(verificationKey, (await control.info()).period);
 * } catch (error) {
 *   console.log((error as { code: string }).code); // ERR_EVOLOCK_IO_STREAM: there is no agent
 * }
 * ```
 */
export class ControlClient {
  readonly #dial: Dial;

  /**
   * Connects with the first command.
   *
   * @param path - The control socket.
   * @param options - Limits.
   * @throws `ArgumentError` `ERR_EVOLOCK_ARGUMENT_TYPE`, `ERR_EVOLOCK_ARGUMENT_VALUE`.
   */
  constructor(path: string, options?: ClientOptions) {
    this.#dial = new Dial(path, options);
  }

  /**
   * Generates a staged key. A staged key that exists is replaced: look with {@link ControlClient.exportStaged} before.
   *
   * @returns The verification key, 32 bytes.
   * @throws {@link AgentRefusalError} `ERR_EVOLOCK_AGENT_REFUSED`, and the errors of the connection.
   */
  async generate(): Promise<Uint8Array> {
    const verificationKey = await this.#ask({ command: 'generate' }, readMaybeKey);
    if (verificationKey === undefined) throw new AgentRefusalError('unknown');
    return verificationKey;
  }

  /**
   * The verification key of the staged key.
   *
   * @returns 32 bytes; `undefined` when no key is staged.
   * @throws The errors of the connection.
   */
  async exportStaged(): Promise<Uint8Array | undefined> {
    return this.#ask({ command: 'export' }, readMaybeKey);
  }

  /**
   * Drops the staged key, if there is one.
   *
   * @throws {@link AgentRefusalError} `ERR_EVOLOCK_AGENT_REFUSED`, and the errors of the connection.
   */
  async dropStaged(): Promise<void> {
    const left = await this.#ask({ command: 'drop-staged' }, readMaybeKey);
    if (left !== undefined) throw new AgentRefusalError('unknown');
  }

  /**
   * Installs the staged key with its certificate.
   *
   * @param certificate - The certificate of the staged key.
   * @throws {@link AgentRefusalError} `ERR_EVOLOCK_AGENT_REFUSED`, and the errors of the connection.
   * @throws `ArgumentError` `ERR_EVOLOCK_ARGUMENT_TYPE`, `ERR_EVOLOCK_ARGUMENT_VALUE`.
   */
  async install(certificate: OperationalCertificate): Promise<void> {
    const command = { command: 'install', certificate: checkCertificate(certificate) } as const;
    expectOk(await this.#ask(command, readResult16));
  }

  /**
   * Drops the installed key: the agent and its clients wipe it.
   *
   * @throws {@link AgentRefusalError} `ERR_EVOLOCK_AGENT_REFUSED`, and the errors of the connection.
   */
  async drop(): Promise<void> {
    expectOk(await this.#ask({ command: 'drop' }, readResult16));
  }

  /**
   * What the agent holds, its clock and its peers.
   *
   * @throws The errors of the connection.
   */
  async info(): Promise<AgentInfo> {
    return this.#ask({ command: 'info' }, (source, version) => readInfo(version, source));
  }

  async #ask<Answer>(command: ControlCommand, read: ReadAnswer<Answer>): Promise<Answer> {
    const channel = await this.#dial.connect();
    try {
      return await this.#dial.inTime(channel, (source) => exchange(channel, source, command, read));
    } finally {
      channel.destroy();
      await channel.closed;
    }
  }
}

async function exchange<Answer>(
  channel: Channel,
  source: ByteSource,
  command: ControlCommand,
  read: ReadAnswer<Answer>,
): Promise<Answer> {
  const version = await chooseOn(channel, source, controlVersions);
  const choice = encodeChoice(version);
  if (!hasCommand(version, command.command)) {
    await channel.write(choice);
    throw new AgentRefusalError('unsupported');
  }
  await channel.write(joined(choice, encodeIdentifier(version), encodeCommand(command)));
  return read(source, version);
}

function expectOk(result: Awaited<ReturnType<typeof readResult16>>): void {
  if (result !== 'ok') throw new AgentRefusalError(result);
}

function checkCertificate(value: OperationalCertificate): OperationalCertificate {
  if (typeof value !== 'object' || (value as unknown) === null)
    throw wrongType('certificate', 'an object with the fields of a certificate', value);
  const { hotVerificationKey, sequenceNumber, startPeriod, signature } = value;
  return {
    hotVerificationKey: checkBytes('hotVerificationKey', hotVerificationKey, VERIFICATION_KEY_SIZE),
    sequenceNumber: checkUnsigned64('sequenceNumber', sequenceNumber),
    startPeriod: absolutePeriod(checkUnsigned64('startPeriod', startPeriod)),
    signature: checkBytes('signature', signature, COLD_SIGNATURE_SIZE),
  };
}

function checkUnsigned64(argument: string, value: unknown): bigint {
  const expected = 'a bigint from 0 to 2^64 - 1';
  if (typeof value !== 'bigint') throw wrongType(argument, expected, value);
  if (BigInt.asUintN(64, value) !== value) throw wrongValue(argument, expected, String(value));
  return value;
}
