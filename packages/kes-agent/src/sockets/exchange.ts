/** What two sides say to each other within one time limit, over a connection with public bytes or one that receives keys. */
import { performance } from 'node:perf_hooks';
import {
  ClosedEarlyError,
  IoTimeoutError,
  StreamError,
  type AllocationOptions,
  type LockedConnection,
} from '@evolock/direct-serialise-io';
import { AgentGoneError } from '../errors.js';
import type { ByteSource } from '../wire/codec.js';

/** What ends a wait before the peer does. */
export interface WaitOptions {
  /** Milliseconds; those of the connection when absent. */
  readonly timeout?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Options of each step. The allocator gives the memory of one that receives into locked memory. */
type StepOptions = AllocationOptions & WaitOptions;

/** A connection: a `Channel`, or the public bytes of a `LockedConnection`. */
export interface Wire {
  read(size: number, options: StepOptions): Promise<Uint8Array>;
  write(bytes: Uint8Array, options: StepOptions): Promise<void>;
  destroy(): unknown;
}

/** Public bytes over a connection that receives into locked memory: they leave it for ordinary memory. */
export function publicBytesOf(connection: LockedConnection): Wire {
  return {
    read: (size, options) =>
      connection.receive<Uint8Array, StepOptions>(
        size,
        {
          directDeserialise(pull) {
            const bytes = new Uint8Array(size);
            pull(bytes);
            return bytes;
          },
        },
        options,
      ),
    write: (bytes, options) =>
      connection.send(bytes.byteLength, { directSerialise: (push) => push(bytes) }, options),
    destroy: () => connection.destroy(),
  };
}

/** One time limit for several steps. It begins when this is made. */
export class Exchange implements ByteSource {
  readonly #wire: Wire;
  readonly #options: Omit<StepOptions, 'timeout'>;
  readonly #timeout: number;
  readonly #end: number;

  /** Begins. The time limit is in milliseconds. The options are those of each step. */
  constructor(wire: Wire, timeout: number, options: Omit<StepOptions, 'timeout'> = {}) {
    this.#wire = wire;
    this.#options = options;
    this.#timeout = timeout;
    this.#end = performance.now() + timeout;
  }

  /** The options of the next step, with the milliseconds that are left. */
  get limits(): StepOptions {
    return { ...this.#options, timeout: Math.max(1, Math.ceil(this.#end - performance.now())) };
  }

  /** Reads exactly `size` bytes. */
  read(size: number): Promise<Uint8Array> {
    return this.#wire.read(size, this.limits);
  }

  /** Writes bytes. */
  write(bytes: Uint8Array): Promise<void> {
    return this.#wire.write(bytes, this.limits);
  }

  /** Does all steps of a client. An error closes the connection; that of the time limit names the whole of it. */
  async run<Value>(work: (exchange: this) => Promise<Value>): Promise<Value> {
    try {
      return await work(this);
    } catch (error) {
      await this.#wire.destroy();
      throw error instanceof IoTimeoutError ? new IoTimeoutError(this.#timeout) : goneBy(error);
    }
  }
}

/** A connection to an agent that ended or broke within a message, or while the client waited for one. */
export function goneBy(error: unknown): unknown {
  const isGone = error instanceof ClosedEarlyError || error instanceof StreamError;
  return isGone ? new AgentGoneError(error) : error;
}
