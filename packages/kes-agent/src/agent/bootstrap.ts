/** The agents from whose service sockets this agent gets keys and drops. */
import { BackOff, withRetry } from '../client/dial.js';
import { serviceSession, type Verdict } from '../client/service-session.js';
import { AgentGoneError, type Result } from '../errors.js';
import type { OfferedKey } from '../held-key.js';
import type { Peer } from '../wire/control.js';
import { reasonOf, type LogLevel } from './events.js';
import type { Serving } from './session.js';

/** What the connections to peers share. */
type BootstrapOptions = Pick<Serving, 'store' | 'note' | 'timeout'>;

/** One connection to each peer, made again whenever it ends. */
export class Bootstrap {
  readonly #options: BootstrapOptions;
  #links: readonly Link[] = [];
  /** Resolves when the connections to former peers are closed. */
  #left: Promise<unknown> = Promise.resolve();

  constructor(options: BootstrapOptions) {
    this.#options = options;
  }

  /** The peers and the state of their connections. */
  get peers(): readonly Peer[] {
    return this.#links.map(({ address, status }) => ({ address, status }));
  }

  /** Connects to each of these peers, and leaves the others. */
  connectTo(paths: readonly string[]): void {
    const before = this.#links;
    this.#links = [...new Set(paths)].map(
      (path) => before.find(({ address }) => address === path) ?? new Link(path, this.#options),
    );
    const left = before.filter((link) => !this.#links.includes(link));
    this.#left = Promise.all([this.#left, ...left.map((link) => link.close())]);
  }

  /** Leaves all peers. */
  async close(): Promise<void> {
    this.connectTo([]);
    await this.#left;
  }
}

class Link {
  readonly address: string;
  status: Peer['status'] = 'connecting';
  readonly #options: BootstrapOptions;
  readonly #backOff = new BackOff(undefined, Infinity);
  readonly #closing = new AbortController();
  readonly #done: Promise<unknown>;

  constructor(address: string, options: BootstrapOptions) {
    this.address = address;
    this.#options = options;
    const { signal } = this.#closing;
    this.#done = withRetry(() => this.#session(), {
      backOff: this.#backOff,
      signal,
      failed: (error) => this.#lost(error),
      // Only the abort of `close` ends it.
    }).catch(() => undefined);
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#done;
  }

  async #session(): Promise<never> {
    const { store, timeout } = this.#options;
    const { signal } = this.#closing;
    await serviceSession(
      this.address,
      {
        connected: (version) => this.#connected(version),
        receive: (key) => this.#receive(key),
        receiveDrop: (timestamp) => {
          const isOwn = timestamp === store.key.droppedAt;
          return this.#answered('drop', store.receiveDrop(timestamp), isOwn);
        },
        faulty: (fault) => this.#note('error', 'peer-key-faulty', `sent a wrong key: ${fault}`),
      },
      { signal, timeout },
    );
    throw new AgentGoneError();
  }

  #lost(error: unknown): void {
    const isNews = this.status !== 'down';
    this.status = 'down';
    this.#note(isNews ? 'warn' : 'debug', 'peer-lost', `is not connected: ${reasonOf(error)}`);
  }

  #connected(version: string): void {
    this.status = 'up';
    this.#note('notice', 'peer-connected', `is connected, ${version}`);
  }

  #receive(key: OfferedKey): Verdict {
    const { store } = this.#options;
    const isOwn = store.key.isLast(key);
    const result = this.#answered('key', store.receive(key), isOwn);
    // The peer sends a key once. The next connection asks for it again: the clocks may differ.
    return result === 'invalid-certificate'
      ? { result, error: new Error('its key is refused') }
      : result;
  }

  /** What is known here already, as a peer of which this agent is one sends it back, is no news. */
  #answered(what: string, result: Result, isOwn: boolean): Result {
    if (result === 'ok' || result === 'outdated') this.#backOff.reset();
    const isNews = result !== 'outdated' || !isOwn;
    this.#note(isNews ? 'info' : 'debug', 'peer-answered', `sent a ${what}: ${result}`);
    return result;
  }

  #note(level: LogLevel, name: string, words: string): void {
    const { address } = this;
    this.#options.note(level, name, `the peer ${address} ${words}`, { address });
  }
}
