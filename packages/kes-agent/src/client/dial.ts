/**
 * Connects to the control socket or the sign socket of an agent: connections with public bytes only.
 */
import { once } from 'node:events';
import { connect } from 'node:net';
import { checkOptions, wrongType } from '@evolock/direct-serialise/arguments';
import { IoAbortedError, IoTimeoutError, StreamError } from '@evolock/direct-serialise-io';
import { ProtocolError } from '../errors.js';
import { Channel } from '../sockets/channel.js';
import { checkOwner } from '../sockets/owner.js';
import type { ByteSource } from '../wire/bytes.js';
import { chooseVersion, encodeChoice, readOffer } from '../wire/handshake.js';
import { checkTimeout, Deadline } from './deadline.js';
import { BackOff, withRetry, type RetryOptions } from './retry.js';

/** Options of clients of the control and the sign socket. */
export interface ClientOptions {
  /** Ends the operation on abort. */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds for connecting, and for each request with its answer; 10,000 when absent. */
  readonly timeout?: number | undefined;
  /** When to try to connect again; not at all when absent. A request is never repeated. */
  readonly retry?: RetryOptions | undefined;
}

/** Checked options, and where to connect. */
export class Dial {
  readonly #path: string;
  readonly #retry: RetryOptions | undefined;
  readonly signal: AbortSignal | undefined;
  readonly timeout: number;

  constructor(path: string, options: ClientOptions | undefined) {
    if (typeof path !== 'string') throw wrongType('path', 'a string', path);
    const { signal, timeout, retry } = checkOptions(options);
    if (signal !== undefined && !(signal instanceof AbortSignal))
      throw wrongType('signal', 'an AbortSignal', signal);
    // Throws for wrong options. Each connection has pauses of its own.
    new BackOff(retry, 0);
    this.#path = path;
    this.#retry = retry;
    this.signal = signal;
    this.timeout = checkTimeout(timeout);
  }

  /** Connects, with several attempts if wanted. */
  async connect(): Promise<Channel> {
    return withRetry(() => this.#connectOnce(), new BackOff(this.#retry, 0), this.signal);
  }

  /** Does something with one time limit for all reads. An error ends the connection. */
  async inTime<Value>(
    channel: Channel,
    work: (source: ByteSource) => Promise<Value>,
  ): Promise<Value> {
    const { signal } = this;
    const deadline = new Deadline(this.timeout);
    try {
      return await work({ read: (size) => channel.read(size, { timeout: deadline.left, signal }) });
    } catch (error) {
      channel.destroy();
      throw deadline.errorOf(error);
    }
  }

  async #connectOnce(): Promise<Channel> {
    const { timeout, signal } = this;
    checkOwner(this.#path);
    const limit = AbortSignal.timeout(timeout);
    const socket = connect({ path: this.#path });
    try {
      await once(socket, 'connect', {
        signal: AbortSignal.any(signal === undefined ? [limit] : [limit, signal]),
      });
      return new Channel(socket, { timeout });
    } catch (error) {
      // The socket may report an error later.
      socket.on('error', () => undefined).destroy();
      if (signal?.aborted === true) throw new IoAbortedError(signal.reason);
      if (limit.aborted) throw new IoTimeoutError(timeout);
      throw new StreamError(`${this.#path}: connecting failed`, error);
    }
  }
}

/**
 * Chooses the newest common version of an offer. The choice is not sent.
 *
 * @param channel - Gets the answer that no version suits.
 */
export async function chooseOn<Version extends string>(
  channel: Channel,
  source: ByteSource,
  versions: readonly Version[],
): Promise<Version> {
  const version = chooseVersion(await readOffer(source), versions);
  if (version !== undefined) return version;
  await channel.write(encodeChoice(undefined));
  throw new ProtocolError('no-common-version');
}
