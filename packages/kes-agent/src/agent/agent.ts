import { dirname, resolve } from 'node:path';
import { periodOfDate, type KesParameters } from '@evolock/cardano-headers';
import { nativeHeaders } from '@evolock/cardano-kes';
import {
  checkFunction,
  checkInteger,
  checkOptions,
  checkSeconds,
  wrongType,
  wrongValue,
} from '@evolock/direct-serialise/arguments';
import { StreamError } from '@evolock/direct-serialise-io';
import { refuseClones } from '@evolock/kes-sum/unsound';
import { checkClocks, clockOptionNames, SECOND_LOOK, type ClockOptions } from '../clock.js';
import { checkPool, type PoolConfiguration } from '../rules.js';
import { listen, type Listener } from '../sockets/listener.js';
import type { Channel } from '../sockets/channel.js';
import { MAX_PEERS, type AgentInfo } from '../wire/control.js';
import { Bootstrap } from './bootstrap.js';
import { infoOf, serveControl } from './control-server.js';
import { noteTo, type Log, type Note } from './events.js';
import { KeyStore } from './key-store.js';
import { serveKeys } from './service-server.js';
import { runSession } from './session.js';
import { Allowance, serveSignatures } from './sign-server.js';

const { certificateVerdict } = nativeHeaders;

/** What a reload replaces. */
export interface AgentConfiguration {
  /** The cold verification key of the pool, 32 bytes. */
  readonly coldVerificationKey: Uint8Array;
  /** The network, with dates. */
  readonly parameters: KesParameters;
  /** Service sockets of other agents, from which this agent gets the key when it has none. */
  readonly bootstrap?: readonly string[] | undefined;
  /** The path of the service socket: it hands the key to nodes and to other agents. */
  readonly service: string;
  /** The path of the control socket: stage, install, drop. */
  readonly control: string;
  /** The path of the sign socket: signatures for clients that get no key. None when absent. */
  readonly sign?: string | undefined;
}

const configurationNames = [
  'coldVerificationKey',
  'parameters',
  'bootstrap',
  'service',
  'control',
  'sign',
] as const;

/** Limits of what clients may ask. */
export interface AgentLimits {
  /** The longest message of the sign socket, in bytes; 1 MiB when absent. */
  readonly messageSize?: number | undefined;
  /** Signatures a second for all clients of the sign socket; 100 when absent. */
  readonly signaturesPerSecond?: number | undefined;
  /** Clients of a socket at once; 64 when absent. One more takes the place of one that is idle. */
  readonly clients?: number | undefined;
  /** Seconds for each message; 10 when absent. */
  readonly timeout?: number | undefined;
  /**
   * Seconds until a second look confirms a clock that moved by more than one KES period while a key is installed; 60 when
   * absent.
   */
  readonly secondLook?: number | undefined;
}

/** Options of {@link Agent.start}. */
export interface AgentOptions extends AgentConfiguration, ClockOptions {
  /**
   * A group, by name or number, whose members may connect to the service socket and the sign socket; only the user of the
   * process when absent. The control socket is for that user always.
   */
  readonly socketGroup?: string | number | undefined;
  /**
   * Another group for the sign socket, whose members get signatures and no key; `socketGroup` when absent. The socket needs
   * a folder of its own then.
   */
  readonly signGroup?: string | number | undefined;
  /** Whether the sign socket signs the bodies of block headers, which makes blocks. */
  readonly signBlockHeaders?: boolean | undefined;
  readonly limits?: AgentLimits | undefined;
  readonly log?: Log | undefined;
}

const agentOptionNames = [
  ...configurationNames,
  ...clockOptionNames,
  'socketGroup',
  'signGroup',
  'signBlockHeaders',
  'limits',
  'log',
] as const;

/** How an agent is. */
export interface AgentStatus extends AgentInfo {
  /** Connections now, by socket. */
  readonly clients: Readonly<Record<Protocol, number>>;
}

interface CheckedConfiguration extends PoolConfiguration {
  readonly bootstrap: readonly string[];
  readonly sockets: readonly (readonly [protocol: Protocol, path: string])[];
}

/** The sockets of an agent. */
type Protocol = 'control' | 'service' | 'sign';

type Limits = { readonly [Name in keyof AgentLimits]-?: number };

/** An agent: it holds a KES signing key in locked memory, evolves it, and hands it to nodes over a socket. */
export class Agent implements AsyncDisposable {
  readonly #store: KeyStore;
  readonly #note: Note;
  readonly #now: () => number;
  readonly #limits: Limits;
  readonly #allowance: Allowance;
  readonly #bootstrap: Bootstrap;
  readonly #groups: Readonly<Record<Protocol, string | number | undefined>>;
  #listeners: ReadonlyMap<Protocol, Listener> = new Map();
  readonly #sessions = new Set<Promise<void>>();
  /** Resolves when no reload is at work. */
  #reloading: Promise<void> = Promise.resolve();
  #isStarted = false;
  #closing: Promise<void> | undefined;

  private constructor(options: AgentOptions, configuration: PoolConfiguration) {
    refuseClones(this);
    const { signBlockHeaders = false, socketGroup, signGroup } = options;
    const note = noteTo(options.log ?? (() => undefined));
    this.#limits = checkLimits(options.limits);
    this.#groups = {
      control: socketGroup,
      service: socketGroup,
      sign: signGroup ?? socketGroup,
    };
    this.#note = note;
    const { timeout, secondLook, signaturesPerSecond } = this.#limits;
    const clocks = checkClocks(options, secondLook);
    this.#now = clocks.now;
    this.#allowance = new Allowance(signaturesPerSecond, clocks.monotonic);
    this.#store = new KeyStore(configuration, { ...clocks, note, signBlockHeaders });
    this.#bootstrap = new Bootstrap({ store: this.#store, note, timeout });
  }

  /**
   * Starts an agent. Resolves when it listens.
   *
   * @throws {@link SocketError} `ERR_EVOLOCK_AGENT_SOCKET` when a socket cannot listen.
   */
  static async start(options: AgentOptions): Promise<Agent> {
    const checked = checkAgentOptions(options);
    const configuration = checkedConfiguration(checked);
    const agent = new Agent(checked, configuration);
    try {
      agent.#listeners = await agent.#listen(configuration.sockets);
      agent.#bootstrap.connectTo(configuration.bootstrap);
      agent.#isStarted = true;
    } catch (error) {
      await agent.close();
      throw error;
    }
    return agent;
  }

  /**
   * How the agent is: what it states on its control socket, and the number of connections of each socket. Reading this evolves
   * the key.
   */
  get status(): AgentStatus {
    const clients = { control: 0, service: 0, sign: 0 };
    for (const [protocol, listener] of this.#listeners) clients[protocol] = listener.clients;
    return { ...infoOf(this.#informing), clients };
  }

  /**
   * Replaces the configuration. The keys stay. A socket with another path listens there, and then its former path is closed
   * with its connections.
   *
   * While a key is installed, another cold key is refused, and a network with another current KES period: the key would
   * evolve or expire by it, which cannot be undone. After an error nothing has changed.
   *
   * @throws {@link SocketError} `ERR_EVOLOCK_AGENT_SOCKET` when a socket cannot listen.
   * @throws `StreamError` `ERR_EVOLOCK_IO_STREAM` after the agent was closed.
   */
  async reload(configuration: AgentConfiguration): Promise<void> {
    const checked = checkConfiguration(configuration);
    const reload = this.#reloading.then(() => this.#reload(checked));
    this.#reloading = reload.catch(() => undefined);
    await reload;
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

  async #reload(configuration: CheckedConfiguration): Promise<void> {
    this.#checkReload(configuration);
    const next = await this.#listen(configuration.sockets);
    const former = this.#listeners;
    try {
      // A key may have been installed meanwhile.
      this.#checkReload(configuration);
    } catch (error) {
      await this.#leave(next, former);
      throw error;
    }
    this.#listeners = next;
    this.#store.key.configure(configuration);
    this.#bootstrap.connectTo(configuration.bootstrap);
    this.#note('notice', 'reloaded', 'the configuration is read again');
    await this.#leave(former, next);
  }

  #checkReload({ parameters, coldVerificationKey }: PoolConfiguration): void {
    if (this.#closing !== undefined) throw new StreamError('the agent is closed');
    const held = this.#store.key.held();
    if (held === undefined) return;
    if (!certificateVerdict(held.certificate, coldVerificationKey).valid) {
      throw wrongValue(
        'coldVerificationKey',
        'the cold key of the installed key, which has to be dropped before the agent serves another pool',
        'the cold key of another pool',
      );
    }
    const period = this.#store.key.period();
    const next = periodOfDate(parameters, new Date(this.#store.key.time));
    if (next === period) return;
    throw wrongValue(
      'parameters',
      `a network in the KES period ${inWords(period)}, because a key is installed`,
      `one in the KES period ${inWords(next)}`,
    );
  }

  async #close(): Promise<void> {
    const wiped = this.#store.close();
    await this.#reloading;
    await Promise.all([
      wiped,
      this.#bootstrap.close(),
      ...[...this.#listeners.values()].map((each) => each.close()),
    ]);
    await Promise.all(this.#sessions);
    if (this.#isStarted) this.#note('notice', 'closed', 'all keys are wiped');
  }

  /** Listens at these paths. A listener that is at its path already stays. */
  async #listen(
    sockets: CheckedConfiguration['sockets'],
  ): Promise<ReadonlyMap<Protocol, Listener>> {
    this.#checkFolders(sockets);
    const listeners = new Map<Protocol, Listener>();
    try {
      for (const [protocol, path] of sockets) {
        const present = this.#listeners.get(protocol);
        const stays = present?.path === resolve(path);
        listeners.set(protocol, stays ? present : await this.#open(protocol, path));
      }
      return listeners;
    } catch (error) {
      await this.#leave(listeners, this.#listeners);
      throw error;
    }
  }

  /** A folder lets in the members of one group. */
  #checkFolders(sockets: CheckedConfiguration['sockets']): void {
    const { sign: group, service } = this.#groups;
    const folders = sockets.map(([, path]) => dirname(resolve(path)));
    const [, , sign] = folders;
    if (sign === undefined || group === service || folders.indexOf(sign) === 2) return;
    throw wrongValue('sign', 'a path in a folder of its own, because it has its own group', sign);
  }

  /** Closes the listeners that are not among those that stay. */
  async #leave(
    listeners: ReadonlyMap<Protocol, Listener>,
    staying: ReadonlyMap<Protocol, Listener>,
  ): Promise<void> {
    for (const [protocol, listener] of listeners) {
      const { path } = listener;
      if (staying.get(protocol) === listener) continue;
      await listener.close();
      this.#note('notice', 'not-listening', `${protocol} socket: left ${path}`, { protocol, path });
    }
  }

  async #serve(protocol: Protocol, channel: Channel, served: () => void): Promise<void> {
    const { messageSize, timeout } = this.#limits;
    const shared = { store: this.#store, note: this.#note, timeout, served };
    if (protocol === 'service') return serveKeys(channel, shared);
    return protocol === 'sign'
      ? serveSignatures(channel, { ...shared, messageSize, allowance: this.#allowance })
      : serveControl(channel, { ...shared, ...this.#informing });
  }

  get #informing() {
    return { store: this.#store, now: this.#now, peers: () => this.#bootstrap.peers };
  }

  async #open(protocol: Protocol, path: string): Promise<Listener> {
    const note = this.#note;
    const { clients: maxClients, timeout } = this.#limits;
    const listener = await listen(path, {
      group: this.#groups[protocol],
      isPrivate: protocol === 'control',
      maxClients,
      onConnection: (client) => {
        const isClosing = (): boolean =>
          client.isReplaced ||
          this.#closing !== undefined ||
          this.#listeners.get(protocol) !== listener;
        const session = runSession(
          client.socket,
          { protocol, note, timeout, isClosing },
          (channel) => this.#serve(protocol, channel, client.served),
        );
        this.#sessions.add(session);
        void session.then(() => this.#sessions.delete(session));
      },
      onFull: () =>
        note(
          'warn',
          'too-many-clients',
          `the ${protocol} socket has ${String(maxClients)} clients: a new one takes the place of an idle one`,
          { protocol, clients: maxClients },
        ),
      onWarning: (warning) => note('warn', 'socket-warning', warning, { path }),
    });
    note('notice', 'listening', `${protocol} socket: ${path}`, { protocol, path });
    return listener;
  }
}

function inWords(period: bigint | undefined): string {
  return period === undefined ? 'before its first' : String(period);
}

function checkAgentOptions(options: AgentOptions): AgentOptions {
  const checked = checkOptions(options, agentOptionNames) as AgentOptions;
  checkGroup('socketGroup', checked.socketGroup);
  checkGroup('signGroup', checked.signGroup);
  if (checked.log !== undefined) checkFunction('log', checked.log);
  return checked;
}

/** The sockets, in the order in which they are opened. */
function checkSockets(options: AgentConfiguration): CheckedConfiguration['sockets'] {
  const { control, service, sign } = options;
  const sockets = [
    ['control', control],
    ['service', service],
    ...(sign === undefined ? [] : [['sign', sign] as const]),
  ] as const;
  const taken = new Set<string>();
  for (const [protocol, path] of sockets) {
    checkSocketPath(protocol, path);
    if (taken.has(resolve(path)))
      throw wrongValue(protocol, 'another path than the other sockets', path);
    taken.add(resolve(path));
  }
  return sockets;
}

function checkSocketPath(argument: string, value: unknown): void {
  if (typeof value !== 'string') throw wrongType(argument, 'a path', value);
  if (value === '' || value.includes('\0'))
    throw wrongValue(argument, 'the path of a file', 'none');
}

const MAX_GROUP = 2 ** 32 - 2;

function checkGroup(argument: string, value: unknown): void {
  if (typeof value === 'number') checkInteger(argument, value, 0, MAX_GROUP);
  else if (value !== undefined && typeof value !== 'string')
    throw wrongType(argument, 'a name or a number', value);
}

function checkConfiguration(value: AgentConfiguration): CheckedConfiguration {
  const given = checkOptions(value, configurationNames, 'configuration');
  return checkedConfiguration(given as AgentConfiguration);
}

function checkedConfiguration(configuration: AgentConfiguration): CheckedConfiguration {
  const { bootstrap = [] } = configuration;
  const sockets = checkSockets(configuration);
  return { ...checkPool(configuration), bootstrap: checkPeers(bootstrap), sockets };
}

function checkPeers(paths: readonly string[]): readonly string[] {
  if (!Array.isArray(paths)) throw wrongType('bootstrap', 'an array of paths', paths);
  // A copy, since the caller may change its own.
  const copy: readonly string[] = [...(paths as readonly string[])];
  for (const [index, path] of copy.entries()) checkSocketPath(`bootstrap[${index}]`, path);
  checkInteger('the length of bootstrap', copy.length, 0, MAX_PEERS);
  return copy;
}

const limitNames = [
  'messageSize',
  'signaturesPerSecond',
  'clients',
  'timeout',
  'secondLook',
] as const;

/** Times of the result are in milliseconds. */
function checkLimits(value: AgentLimits | undefined): Limits {
  const given = checkOptions(value, limitNames, 'limits');
  const { messageSize = 1_048_576, signaturesPerSecond = 100, clients = 64 } = given;
  const { timeout = 10, secondLook = SECOND_LOOK / 1000 } = given;
  return {
    messageSize: checkInteger('limits.messageSize', messageSize, 1, 2 ** 30),
    signaturesPerSecond: checkInteger(
      'limits.signaturesPerSecond',
      signaturesPerSecond,
      1,
      1_000_000,
    ),
    clients: checkInteger('limits.clients', clients, 1, 65_535),
    timeout: checkSeconds('limits.timeout', timeout),
    secondLook: checkSeconds('limits.secondLook', secondLook, 0),
  };
}
