/**
 * Connects to the control socket or the sign socket of an agent, whose connections have public bytes only, and again when it
 * may. The pauses are those of the service client too.
 */
import { once } from 'node:events';
import { connect } from 'node:net';
import { IoAbortedError, IoTimeoutError, StreamError } from '@evolock/direct-serialise-io';
import { AgentProtocolError } from '../errors.js';
import { Channel, Exchange } from '../sockets/channel.js';
import { checkOwner } from '../sockets/owner.js';
import { choice, offer } from '../wire/codec.js';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  checkInteger,
  checkOptions,
  checkSeconds,
  wrongType,
} from '@evolock/direct-serialise/arguments';

/** When a client tries to connect again. */
export interface RetryOptions {
  /** Number of retries in a row: 0 or more, `Infinity` for ever. */
  readonly attempts?: number | undefined;
  /** The pause before the second attempt, in seconds; 0.1 when absent. No pause is longer than 10 or this. */
  readonly delay?: number | undefined;
  /** Whether each pause is twice as long as the one before; `true` when absent. */
  readonly exponential?: boolean | undefined;
}

const FIRST_DELAY = 0.1;
const LONGEST_DELAY = 10_000;

/** The pauses of one client, in milliseconds. */
export class BackOff {
  readonly #attempts: number;
  readonly #first: number;
  readonly #factor: number;
  readonly #longest: number;
  #tried = 0;
  #delay: number;

  constructor(options: RetryOptions | undefined, attemptsWhenAbsent: number) {
    const given = checkOptions(options, ['attempts', 'delay', 'exponential'], 'retry');
    const { attempts = attemptsWhenAbsent, delay = FIRST_DELAY, exponential = true } = given;
    this.#attempts =
      attempts === Infinity
        ? attempts
        : checkInteger('retry.attempts', attempts, 0, Number.MAX_SAFE_INTEGER);
    this.#first = checkSeconds('retry.delay', delay, 0);
    this.#longest = Math.max(LONGEST_DELAY, this.#first);
    if (typeof exponential !== 'boolean')
      throw wrongType('retry.exponential', 'a boolean', exponential);
    this.#factor = exponential ? 2 : 1;
    this.#delay = this.#first;
  }

  /** The pause before the next attempt, in milliseconds; `undefined` when no attempt is left. */
  next(): number | undefined {
    if (this.#tried >= this.#attempts) return undefined;
    this.#tried += 1;
    const delay = Math.min(this.#delay, this.#longest);
    this.#delay = delay * this.#factor;
    return delay;
  }

  /** Begins again: the last attempt had success. */
  reset(): void {
    this.#tried = 0;
    this.#delay = this.#first;
  }
}

interface Retrying {
  readonly backOff: BackOff;
  readonly signal: AbortSignal | undefined;
  /** Told of each failure, and of the milliseconds until the next attempt: `undefined` when none is left. */
  readonly failed?: (error: unknown, retryAfter: number | undefined) => void;
}

/** Does work again from the beginning, until it has success, no attempt is left, or the signal is aborted. */
export async function withRetry<Result>(
  work: () => Promise<Result>,
  { backOff, signal, failed }: Retrying,
): Promise<Result> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (signal?.aborted === true) throw new IoAbortedError(signal.reason);
      const retryAfter = backOff.next();
      failed?.(error, retryAfter);
      if (retryAfter === undefined) throw error;
      await sleep(retryAfter, undefined, { signal }).catch(() => {
        throw new IoAbortedError(signal?.reason);
      });
    }
  }
}

/** Options of clients of the control and the sign socket. */
export interface ClientOptions {
  /** Ends the operation on abort. */
  readonly signal?: AbortSignal | undefined;
  /** Seconds for connecting, and for each request with its answer; 10 when absent. */
  readonly timeout?: number | undefined;
  /** When to try to connect again; not at all when absent. */
  readonly retry?: RetryOptions | undefined;
}

/** The names of {@link ClientOptions}. */
export const clientOptionNames = ['signal', 'timeout', 'retry'] as const;

/** Checks a time limit, and returns it in milliseconds. */
export function checkTimeout(timeout: number | undefined): number {
  return checkSeconds('timeout', timeout ?? 10);
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
    const { signal, timeout, retry } = checkOptions(options, clientOptionNames);
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
      if (limit.aborted) throw new IoTimeoutError(limit.reason);
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
