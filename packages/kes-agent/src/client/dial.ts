/**
 * Connects to the control socket or the sign socket of an agent: connections with public bytes only.
 */
import { once } from 'node:events';
import { connect } from 'node:net';
import { checkInteger, checkOptions, wrongType } from '@evolock/direct-serialise/arguments';
import { IoAbortedError, IoTimeoutError, StreamError } from '@evolock/direct-serialise-io';
import { AgentProtocolError } from '../errors.js';
import { Channel } from '../sockets/channel.js';
import { Exchange } from '../sockets/exchange.js';
import { checkOwner } from '../sockets/owner.js';
import { choice, offer } from '../wire/handshake.js';
import { BackOff, withRetry, type RetryOptions } from './retry.js';

/** Options of clients of the control and the sign socket. */
export interface ClientOptions {
  /** Ends the operation on abort. */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds for connecting, and for each request with its answer; 10,000 when absent. */
  readonly timeout?: number | undefined;
  /** When to try to connect again; not at all when absent. */
  readonly retry?: RetryOptions | undefined;
}

/** The time limit when the caller states none, in milliseconds. */
const DEFAULT_TIMEOUT = 10_000;

/** Checks a time limit. */
export function checkTimeout(timeout: number | undefined): number {
  return checkInteger('timeout', timeout ?? DEFAULT_TIMEOUT, 1, 2_147_483_647);
}

/** Checks the signal of an operation. */
export function checkSignal(signal: unknown): AbortSignal | undefined {
  if (signal === undefined || signal instanceof AbortSignal) return signal;
  throw wrongType('signal', 'an AbortSignal', signal);
}

/** Aborted with any of these. */
export function anyOf(...signals: readonly (AbortSignal | undefined)[]): AbortSignal {
  return AbortSignal.any(signals.flatMap((signal) => checkSignal(signal) ?? []));
}

/** Checked options, and where to connect. */
export class Dial {
  readonly #path: string;
  readonly #retry: RetryOptions | undefined;
  readonly #signal: AbortSignal | undefined;
  readonly #timeout: number;

  constructor(path: string, options: ClientOptions | undefined) {
    if (typeof path !== 'string') throw wrongType('path', 'a string', path);
    const { signal, timeout, retry } = checkOptions(options);
    // Throws for wrong options. Each connection has pauses of its own.
    new BackOff(retry, 0);
    this.#path = path;
    this.#retry = retry;
    this.#signal = checkSignal(signal);
    this.#timeout = checkTimeout(timeout);
  }

  /** Connects, with several attempts if wanted. */
  async connect(): Promise<Channel> {
    const backOff = new BackOff(this.#retry, 0);
    return withRetry(() => this.#connectOnce(), { backOff, signal: this.#signal });
  }

  /** Begins an exchange over a connection. */
  exchange(channel: Channel): Exchange {
    return new Exchange(channel, this.#timeout, { signal: this.#signal });
  }

  async #connectOnce(): Promise<Channel> {
    const timeout = this.#timeout;
    const signal = this.#signal;
    checkOwner(this.#path);
    const limit = AbortSignal.timeout(timeout);
    const socket = connect({ path: this.#path });
    try {
      await once(socket, 'connect', {
        signal: anyOf(limit, signal),
      });
      return new Channel(socket, timeout);
    } catch (error) {
      // The socket may report an error later.
      socket.on('error', () => undefined).destroy();
      if (signal?.aborted === true) throw new IoAbortedError(signal.reason);
      if (limit.aborted) throw new IoTimeoutError(timeout);
      throw new StreamError(`${this.#path}: connecting failed`, error);
    }
  }
}

/** The newest common version of an offer. The choice is not sent, unless no version suits. */
export async function chosenVersion<Version extends string>(
  exchange: Exchange,
  versions: readonly Version[],
): Promise<Version> {
  const offered = await offer.read(exchange);
  const chosen = versions.find((version) => offered.includes(version));
  if (chosen !== undefined) return chosen;
  await exchange.write(choice(versions).encode(undefined));
  throw new AgentProtocolError('no-common-version');
}
