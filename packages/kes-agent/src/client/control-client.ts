/** Commands to an agent over its control socket: one connection each. */
import type { OperationalCertificate } from '@evolock/cardano-headers';
import { checkCertificate } from '@evolock/cardano-headers/files';
import { AgentRefusalError, type Result } from '../errors.js';
import type { Exchange } from '../sockets/channel.js';
import { choice, identifier, joined, result16, type Codec } from '../wire/codec.js';
import {
  command,
  controlVersions,
  hasCommand,
  info,
  maybeKey,
  type AgentInfo,
  type ControlCommand,
  type ControlVersion,
} from '../wire/control.js';
import { chosenVersion, Dial, type ClientOptions } from './dial.js';

/**
 * Commands to an agent. Each opens a connection of its own, and closes it after the answer. No command is sent twice. One that
 * the agent refuses, or that its version of the protocol does not have, rejects with {@link AgentRefusalError}
 * `ERR_EVOLOCK_AGENT_REFUSED`.
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

  /** Connects with the first command. */
  constructor(path: string, options?: ClientOptions) {
    this.#dial = new Dial(path, options);
  }

  /**
   * Generates a staged key. A staged key that exists is replaced: look with {@link ControlClient.exportStaged} before.
   *
   * @returns The verification key, 32 bytes.
   */
  async generate(): Promise<Uint8Array> {
    const generated = await this.#ask({ command: 'generate' }, () => maybeKey);
    if (generated === undefined) throw new AgentRefusalError('unknown');
    return generated;
  }

  /**
   * The verification key of the staged key.
   *
   * @returns 32 bytes; `undefined` when no key is staged.
   */
  async exportStaged(): Promise<Uint8Array | undefined> {
    return this.#ask({ command: 'export' }, () => maybeKey);
  }

  /** Drops the staged key, if there is one. */
  async dropStaged(): Promise<void> {
    const left = await this.#ask({ command: 'drop-staged' }, () => maybeKey);
    if (left !== undefined) throw new AgentRefusalError('unknown');
  }

  /** Installs the staged key with its certificate. */
  async install(certificate: OperationalCertificate): Promise<void> {
    const checked = checkCertificate(certificate);
    expectOk(await this.#ask({ command: 'install', certificate: checked }, () => result16));
  }

  /** Drops the installed key: the agent and its clients wipe it. */
  async drop(): Promise<void> {
    expectOk(await this.#ask({ command: 'drop' }, () => result16));
  }

  /** What the agent holds, its clock and its peers. */
  async info(): Promise<AgentInfo> {
    return this.#ask({ command: 'info' }, info);
  }

  async #ask<Answer>(
    asked: ControlCommand,
    answer: (version: ControlVersion) => Codec<Answer>,
  ): Promise<Answer> {
    const channel = await this.#dial.connect();
    try {
      return await this.#dial.exchange(channel).run(async (exchange) => {
        const version = await ask(exchange, asked);
        return answer(version).read(exchange);
      });
    } finally {
      channel.destroy();
      await channel.closed;
    }
  }
}

async function ask(exchange: Exchange, asked: ControlCommand): Promise<ControlVersion> {
  const version = await chosenVersion(exchange, controlVersions);
  const chosen = choice(controlVersions).encode(version);
  if (!hasCommand(version, asked.command)) {
    await exchange.write(chosen);
    throw new AgentRefusalError('unsupported');
  }
  const repeated = identifier(version).encode(version);
  await exchange.write(joined(chosen, repeated, command(version).encode(asked)));
  return version;
}

function expectOk(result: Result): void {
  if (result !== 'ok') throw new AgentRefusalError(result);
}
