import type { Socket } from 'node:net';
import { resolve } from 'node:path';
import { hasDates, type KesParameters } from '@evolock/cardano-kes';
import {
  checkBytes,
  checkFunction,
  checkInteger,
  checkOptions,
  wrongType,
  wrongValue,
} from '@evolock/direct-serialise/arguments';
import { StreamError } from '@evolock/direct-serialise-io';
import { periodAt } from '../rules.js';
import { listen, type Listener, type ListenOptions } from '../sockets/listener.js';
import type { Channel } from '../sockets/channel.js';
import { MAX_PEERS } from '../wire/control.js';
import { Bootstrap } from './bootstrap.js';
import { serveControl } from './control-server.js';
import { event, reasonOf, type Log } from './events.js';
import { KeyStore, type StoreConfiguration } from './key-store.js';
import { Schedule } from './schedule.js';
import { serveKeys } from './service-server.js';
import { runSession } from './session.js';
import { serveSignatures } from './sign-server.js';

/** What a reload replaces. */
export interface AgentConfiguration {
  /** The cold verification key of the pool, 32 bytes. */
  readonly coldVerificationKey: Uint8Array;
  /** The network, with dates. */
  readonly parameters: KesParameters;
  /** Service sockets of other agents, from which this agent gets the key when it has none. */
  readonly bootstrap?: readonly string[] | undefined;
}

/** Limits of what clients may ask. */
export interface AgentLimits {
  /** The longest message of the sign socket, in bytes; 1 MiB when absent. */
  readonly messageSize?: number | undefined;
  /** Signatures a second and client; 100 when absent. */
  readonly signaturesPerSecond?: number | undefined;
  /** Clients of a socket at once; 64 when absent. */
  readonly clients?: number | undefined;
  /** Milliseconds for each message; 10,000 when absent. */
  readonly timeout?: number | undefined;
}

/** Options of {@link Agent.start}. */
export interface AgentOptions extends AgentConfiguration {
  /** The path of the service socket: it hands the key to nodes and to other agents. */
  readonly service: string;
  /** The path of the control socket: stage, install, drop. */
  readonly control: string;
  /** The path of the sign socket: signatures for clients that get no key. None when absent. */
  readonly sign?: string | undefined;
  /**
   * A group, by name or number, whose members may connect to the service socket and the sign socket; only the user of the
   * process when absent. The control socket is for that user always.
   */
  readonly socketGroup?: string | number | undefined;
  /** Whether the sign socket signs the bodies of block headers, which makes blocks. */
  readonly signBlockHeaders?: boolean | undefined;
  readonly limits?: AgentLimits | undefined;
  /** The clock, in milliseconds since 1970; `Date.now` when absent. */
  readonly now?: (() => number) | undefined;
  /** Takes the events. */
  readonly log?: Log | undefined;
}

/** A checked configuration. */
interface CheckedConfiguration extends StoreConfiguration {
  readonly bootstrap: readonly string[];
}

/** Checked limits. */
interface Limits {
  readonly messageSize: number;
  readonly signaturesPerSecond: number;
  readonly clients: number;
  readonly timeout: number;
}

/**
 * An agent: it holds a KES signing key in locked memory, evolves it, and hands it to nodes over a socket.
 *
 * @example
 * ```ts
 * import { mkdtempSync } from 'node:fs';
 * import { tmpdir } from 'node:os';
 * import { join } from 'node:path';
 * import { mainnet } from '@evolock/cardano-kes';
 * import { Agent } from '@evolock/kes-agent';
 *
 * const folder = mkdtempSync(join(tmpdir(), 'agent-'));
 * const agent = await Agent.start({
 *   service: join(folder, 'service.socket'),
 *   control: join(folder, 'control.socket'),
 *   coldVerificationKey: new Uint8Array(32),
 *   parameters: mainnet,
 * });
 * await agent.close();
 * ```
 */
export class Agent implements AsyncDisposable {
  readonly #store: KeyStore;
  readonly #log: Log;
  readonly #now: () => number;
  readonly #limits: Limits;
  readonly #schedule: Schedule;
  readonly #bootstrap: Bootstrap;
  readonly #listeners: Listener[] = [];
  readonly #sessions = new Set<Promise<void>>();
  #isStarted = false;
  #closing: Promise<void> | undefined;

  private constructor(options: AgentOptions, configuration: StoreConfiguration) {
    const { now = Date.now, signBlockHeaders = false } = options;
    const log = apart(options.log ?? (() => undefined));
    this.#limits = checkLimits(options.limits);
    this.#log = log;
    this.#now = now;
    this.#store = new KeyStore(configuration, { now, log, signBlockHeaders });
    this.#schedule = new Schedule({
      now,
      parameters: () => this.#store.configuration.parameters,
      look: () => this.#look(),
    });
    const { timeout } = this.#limits;
    this.#bootstrap = new Bootstrap({ store: this.#store, log, timeout });
  }

  /**
   * Starts an agent. Resolves when it listens.
   *
   * @throws {@link SocketError} `ERR_EVOLOCK_AGENT_SOCKET` when a socket cannot listen.
   * @throws `ArgumentError` `ERR_EVOLOCK_ARGUMENT_TYPE`, `ERR_EVOLOCK_ARGUMENT_VALUE`.
   */
  static async start(options: AgentOptions): Promise<Agent> {
    const checked = checkAgentOptions(options);
    const configuration = checkConfiguration(checked);
    const agent = new Agent(checked, configuration);
    try {
      await agent.#listen(checked, configuration.bootstrap);
    } catch (error) {
      await agent.close();
      throw error;
    }
    return agent;
  }

  /**
   * Replaces the configuration. The keys stay: while a key is installed, a network with another current KES period is
   * refused, because the key would evolve or expire by it, which cannot be undone.
   *
   * @throws `ArgumentError` `ERR_EVOLOCK_ARGUMENT_TYPE`, `ERR_EVOLOCK_ARGUMENT_VALUE`; nothing has changed then.
   * @throws `StreamError` `ERR_EVOLOCK_IO_STREAM` after the agent was closed.
   */
  reload(configuration: AgentConfiguration): void {
    if (this.#closing !== undefined) throw new StreamError('the agent is closed');
    const checked = checkConfiguration(configuration);
    this.#checkPeriod(checked);
    this.#store.configure(checked);
    this.#bootstrap.connectTo(checked.bootstrap);
    this.#log(event('notice', 'reloaded', 'the configuration is read again'));
    this.#look();
  }

  /** Closes the sockets and all connections, and wipes all keys. */
  async close(): Promise<void> {
    this.#closing ??= this.#close();
    await this.#closing;
  }

  /** Calls `close`, for `await using`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #checkPeriod({ parameters }: StoreConfiguration): void {
    if (this.#store.current() === undefined) return;
    const period = this.#store.period();
    const next = periodAt(parameters, this.#now());
    if (next === period) return;
    throw wrongValue(
      'parameters',
      `a network in the KES period ${inWords(period)}, because a key is installed`,
      `one in the KES period ${inWords(next)}`,
    );
  }

  async #close(): Promise<void> {
    this.#schedule.stop();
    const wiped = this.#store.close();
    await Promise.all([
      wiped,
      this.#bootstrap.close(),
      ...this.#listeners.map((each) => each.close()),
    ]);
    await Promise.all(this.#sessions);
    if (this.#isStarted) this.#log(event('notice', 'closed', 'all keys are wiped'));
  }

  async #listen(options: AgentOptions, bootstrap: readonly string[]): Promise<void> {
    const { service, control, sign, socketGroup, now = Date.now } = options;
    const store = this.#store;
    const log = this.#log;
    const { messageSize, signaturesPerSecond, timeout } = this.#limits;
    const access = { group: socketGroup };
    await this.#open('control', control, { ...access, isPrivate: true }, (channel) =>
      serveControl(channel, { store, log, now, timeout, peers: () => this.#bootstrap.peers }),
    );
    await this.#open('service', service, access, (channel) =>
      serveKeys(channel, { store, log, timeout }),
    );
    if (sign !== undefined) {
      await this.#open('sign', sign, access, (channel) =>
        serveSignatures(channel, { store, log, messageSize, signaturesPerSecond, timeout }),
      );
    }
    this.#bootstrap.connectTo(bootstrap);
    this.#isStarted = true;
  }

  async #open(
    protocol: string,
    path: string,
    access: Pick<ListenOptions, 'group' | 'isPrivate'>,
    serve: (channel: Channel) => Promise<void>,
  ): Promise<void> {
    const log = this.#log;
    const { clients: maxClients, timeout } = this.#limits;
    const options: ListenOptions = {
      ...access,
      maxClients,
      onConnection: (socket: Socket) => {
        const isClosing = (): boolean => this.#closing !== undefined;
        const session = runSession(socket, { protocol, log, timeout, isClosing }, serve);
        this.#sessions.add(session);
        void session.then(() => this.#sessions.delete(session));
      },
      onRefused: () =>
        log(
          event(
            'warn',
            'too-many-clients',
            `the ${protocol} socket has ${String(maxClients)} clients: more are refused`,
            { protocol, clients: maxClients },
          ),
        ),
      onWarning: (warning) => log(event('warn', 'socket-warning', warning, { path })),
    };
    this.#listeners.push(await listen(path, options));
    log(event('notice', 'listening', `${protocol} socket: ${path}`, { protocol, path }));
  }

  /** Evolves the key. An error, as of a clock before the start of the network, is logged. */
  #look(): void {
    try {
      this.#store.advance();
    } catch (error) {
      this.#log(event('error', 'clock', `the key cannot be evolved: ${reasonOf(error)}`));
    }
  }
}

/** An error of the log is thrown after the current turn: it does not stop a command half-way. */
function apart(log: Log): Log {
  return (event) => {
    try {
      log(event);
    } catch (error) {
      queueMicrotask(() => {
        throw error;
      });
    }
  };
}

function inWords(period: bigint | undefined): string {
  return period === undefined ? 'before its first' : String(period);
}

function checkAgentOptions(options: AgentOptions): AgentOptions {
  const checked = checkOptions(options) as AgentOptions;
  checkSocketPath('service', checked.service);
  checkSocketPath('control', checked.control);
  if (checked.sign !== undefined) checkSocketPath('sign', checked.sign);
  checkDifferent(checked);
  for (const name of ['now', 'log'] as const) {
    if (checked[name] !== undefined) checkFunction(name, checked[name]);
  }
  return checked;
}

function checkDifferent({ service, control, sign }: AgentOptions): void {
  const [first, second, third] = [control, service, sign ?? ''].map((path) => resolve(path));
  if (second === first)
    throw wrongValue('service', 'another path than the control socket', service);
  if (sign !== undefined && (third === first || third === second)) {
    throw wrongValue('sign', 'another path than the other sockets', sign);
  }
}

function checkSocketPath(argument: string, value: unknown): void {
  if (typeof value !== 'string') throw wrongType(argument, 'a path', value);
}

function checkConfiguration(value: AgentConfiguration): CheckedConfiguration {
  const {
    coldVerificationKey,
    parameters,
    bootstrap = [],
  } = checkOptions(value) as AgentConfiguration;
  if (!hasDates(parameters)) {
    throw wrongValue('parameters', 'a network with dates', 'one whose slots have no dates');
  }
  const peers = checkPeers(bootstrap);
  return {
    coldVerificationKey: new Uint8Array(checkBytes('coldVerificationKey', coldVerificationKey, 32)),
    parameters,
    bootstrap: peers,
  };
}

function checkPeers(value: unknown): readonly string[] {
  if (!Array.isArray(value)) throw wrongType('bootstrap', 'an array of paths', value);
  const paths: readonly unknown[] = value;
  for (const path of paths) checkSocketPath('bootstrap', path);
  if (paths.length > MAX_PEERS) {
    throw wrongValue('bootstrap', `at most ${String(MAX_PEERS)} paths`, String(paths.length));
  }
  // Each was checked. A copy, since the caller may change its own.
  return [...paths] as readonly string[];
}

const MAX_MESSAGE_SIZE = 2 ** 30;

function checkLimits(value: AgentLimits | undefined): Limits {
  const {
    messageSize = 1_048_576,
    signaturesPerSecond = 100,
    clients = 64,
    timeout = 10_000,
  } = checkOptions<AgentLimits>(value);
  return {
    messageSize: checkInteger('messageSize', messageSize, 1, MAX_MESSAGE_SIZE),
    signaturesPerSecond: checkInteger('signaturesPerSecond', signaturesPerSecond, 1, 1_000_000),
    clients: checkInteger('clients', clients, 1, 65_535),
    timeout: checkInteger('timeout', timeout, 1, 2 ** 31 - 1),
  };
}
