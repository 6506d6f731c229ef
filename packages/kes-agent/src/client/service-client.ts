/** A program in the place of a node: it gets the key of a pool from an agent, and holds it at the current period. */
import { EventEmitter, once } from 'node:events';
import type { KesParameters } from '@evolock/cardano-headers';
import { checkOptions, wrongType } from '@evolock/direct-serialise/arguments';
import {
  allocationOptionNames,
  IoAbortedError,
  StreamError,
  type AllocationOptions,
} from '@evolock/direct-serialise-io';
import { otherRuntime } from '@evolock/direct-serialise-io/files';
import { refuseClones } from '@evolock/kes-sum/unsound';
import { checkClocks, clockOptionNames, SECOND_LOOK, type ClockOptions } from '../clock.js';
import { AgentGoneError, EarlyKeyError } from '../errors.js';
import {
  KeyHolder,
  type HeldKey,
  type KeyChange,
  type KeyLoss,
  type OfferedKey,
} from '../held-key.js';
import { checkPool, type KeyRefusal } from '../rules.js';
import type { ServiceVersion } from '../wire/service.js';
import {
  anyOf,
  BackOff,
  checkSignal,
  checkTimeout,
  clientOptionNames,
  withRetry,
  type RetryOptions,
} from './dial.js';
import {
  serviceSession,
  type KeyFault,
  type SessionOptions,
  type Verdict,
} from './service-session.js';

/** Options of {@link receiveKeys}. The allocator gives the memory of connections and keys. */
export interface ReceiveKeysOptions extends AllocationOptions, ClockOptions {
  /** The cold verification key of the pool, 32 bytes: certificates of another key are refused. */
  readonly coldVerificationKey: Uint8Array;
  /** The network. Its slots need dates. */
  readonly parameters: KesParameters;
  /** Closes the client on abort. */
  readonly signal?: AbortSignal | undefined;
  /** Seconds for connecting, the handshake and each message that has begun; 10 when absent. */
  readonly timeout?: number | undefined;
  /** When to connect again; for ever when absent. */
  readonly retry?: RetryOptions | undefined;
}

const receiveKeysOptionNames = [
  ...allocationOptionNames,
  ...clockOptionNames,
  ...clientOptionNames,
  'coldVerificationKey',
  'parameters',
] as const;

/** Options of {@link ServiceClient.ready}. */
export interface ReadyOptions {
  /** Ends the wait on abort. */
  readonly signal?: AbortSignal | undefined;
}

/** The events of a {@link ServiceClient}. */
export interface ServiceClientEvents {
  /** The handshake is complete. */
  connected: [{ readonly version: ServiceVersion }];
  /** A key was accepted. It replaces the last one. */
  key: [HeldKey];
  /** The held key was wiped: the agent dropped it, or its last period is over. */
  drop: [{ readonly reason: KeyLoss }];
  /** A key of the agent was refused, and wiped. */
  refused: [{ readonly reason: KeyRefusal | KeyFault }];
  /** A connection ended, or could not be made. */
  disconnected: [
    {
      /** Why: {@link AgentGoneError} after the handshake, or what prevented the connection. */
      readonly error: Error;
      /** Seconds; `undefined` when the client does not connect again. */
      readonly retryAfter: number | undefined;
    },
  ];
}

/**
 * Receives the key of a pool from the service socket of an agent.
 *
 * The client connects at once, and again whenever it has no connection. It owns the keys that it receives: {@link
 * ServiceClient.current} gives the held key, evolved to the current period.
 *
 * @throws `StreamError` `ERR_EVOLOCK_IO_STREAM` in another runtime than Node.js.
 */
export function receiveKeys(path: string, options: ReceiveKeysOptions): ServiceClient {
  return new ServiceClient(path, options);
}

/** A client of a service socket: {@link receiveKeys}. */
export class ServiceClient extends EventEmitter<ServiceClientEvents> implements AsyncDisposable {
  readonly #path: string;
  readonly #session: SessionOptions;
  readonly #backOff: BackOff;
  readonly #holder: KeyHolder;
  readonly #closing = new AbortController();
  readonly #done: Promise<void>;
  /** Emits `change` when another key may be current, and at the end. */
  readonly #changes = new EventEmitter().setMaxListeners(0);
  #end: Error | undefined;

  /** Connects: use {@link receiveKeys}. */
  constructor(path: string, options: ReceiveKeysOptions) {
    super();
    refuseClones(this);
    if (typeof path !== 'string') throw wrongType('path', 'a string', path);
    const other = otherRuntime();
    if (other !== undefined) {
      throw new StreamError(`keys cannot be received into locked memory in ${other}: use Node.js`);
    }
    const checked = checkOptions(options, receiveKeysOptionNames) as ReceiveKeysOptions;
    const { allocator, signal, timeout, retry } = checked;
    this.#path = path;
    this.#backOff = new BackOff(retry, Infinity);
    this.#session = {
      allocator,
      timeout: checkTimeout(timeout),
      signal: anyOf(this.#closing.signal, signal),
    };
    this.#holder = new KeyHolder(checkPool(checked), checkClocks(checked, SECOND_LOOK), (it) =>
      this.#noteChange(it),
    );
    this.#done = this.#run();
  }

  /**
   * The held key, evolved to the period of the clock.
   *
   * @returns `undefined` when the client holds no key, the clock was set back to before the period of the key, or a step of the
   * clock is not believed yet.
   */
  current(): HeldKey | undefined {
    return this.#holder.current();
  }

  /**
   * The held key as {@link ServiceClient.current} gives it, as soon as there is one: at once, or when the agent sends it.
   *
   * @param options - `signal` ends the wait. The client stays as it is.
   * @throws `IoAbortedError` `ERR_EVOLOCK_IO_ABORTED` by the signal, or when that of the client was aborted.
   * @throws `StreamError` `ERR_EVOLOCK_IO_STREAM` after the client was closed; the error of the last attempt to connect.
   */
  async ready(options?: ReadyOptions): Promise<HeldKey> {
    const signal = checkSignal(checkOptions(options, ['signal']).signal);
    for (;;) {
      const held = this.current();
      if (held !== undefined) return held;
      if (this.#end !== undefined) throw this.#end;
      await once(this.#changes, 'change', { signal }).catch(() => {
        throw new IoAbortedError(signal?.reason);
      });
    }
  }

  /** Ends the connection and wipes the key. May be called again. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#done;
  }

  /** Calls `close`, for `await using`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** Connects again until the client is closed or no attempt is left. Never rejects. */
  async #run(): Promise<void> {
    const error: unknown = await withRetry(() => this.#connection(), {
      backOff: this.#backOff,
      signal: this.#session.signal,
      failed: (failure, retryAfter) =>
        this.#tell('disconnected', {
          error: failure as Error,
          retryAfter: retryAfter === undefined ? undefined : retryAfter / 1000,
        }),
    }).catch((failure: unknown) => failure);
    await this.#holder.close();
    this.#end = this.#closing.signal.aborted
      ? new StreamError('the client is closed')
      : (error as Error);
    this.#changes.emit('change');
  }

  async #connection(): Promise<never> {
    await serviceSession(
      this.#path,
      {
        connected: (version) => this.#tell('connected', { version }),
        receive: (received) => this.#receive(received),
        receiveDrop: (timestamp) => this.#holder.drop(timestamp),
        faulty: (reason) => this.#tell('refused', { reason }),
      },
      this.#session,
    );
    this.#backOff.reset();
    throw new AgentGoneError();
  }

  #receive(offered: OfferedKey): Verdict {
    const { held, refusal } = this.#holder.receive(offered);
    if (held !== undefined || refusal === 'outdated') this.#backOff.reset();
    if (held !== undefined) {
      this.#tell('key', held);
      this.#changes.emit('change');
      return 'ok';
    }
    this.#tell('refused', { reason: refusal });
    if (refusal === 'outdated') return refusal;
    const result = 'invalid-certificate';
    // The agent sends a key once. Another connection asks for it again, because the clocks may differ.
    const isEarly = refusal === 'not-yet' || refusal === 'ahead';
    return isEarly ? { result, error: new EarlyKeyError() } : result;
  }

  #noteChange(it: KeyChange): void {
    const isLoss = it.change === 'dropped' || it.change === 'expired';
    if (isLoss && it.certificate !== undefined) this.#tell('drop', { reason: it.change });
    if (it.change === 'looked') this.#changes.emit('change');
  }

  /** After the current turn, so that a listener that throws does not disturb the session. */
  #tell<Name extends keyof ServiceClientEvents>(
    name: Name,
    ...facts: ServiceClientEvents[Name]
  ): void {
    // The compiler does not resolve the arguments of `emit` for a generic name.
    queueMicrotask(() => void (this as EventEmitter).emit(name, ...facts));
  }
}
