/** Exact reads and writes over a socket, with time limits: of public bytes, or within a connection that receives keys. */
import type { Socket } from 'node:net';
import {
  ClosedEarlyError,
  IoAbortedError,
  IoTimeoutError,
  StreamError,
  type AllocationOptions,
  type LockedConnection,
} from '@evolock/direct-serialise-io';
import { performance } from 'node:perf_hooks';
import { AgentGoneError } from '../errors.js';
import type { ByteSource } from '../wire/codec.js';

/** What ends a wait before the peer does. */
interface WaitOptions {
  /** Milliseconds; those of the connection when absent. */
  readonly timeout?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Options of each step. The allocator gives the memory of one that receives into locked memory. */
export type StepOptions = AllocationOptions & WaitOptions;

/** A connection: a `Channel`, or the public bytes of a `LockedConnection`. */
interface Wire {
  read(size: number, options: StepOptions): Promise<Uint8Array>;
  write(bytes: Uint8Array, options: StepOptions): Promise<void>;
  destroy(): unknown;
}

/** The limits of a step as one signal. */
type LimitedOptions = AllocationOptions & { readonly signal: AbortSignal };

/**
 * Does a step that takes a signal, with a time limit too. Node.js 20 can collect an `AbortSignal.any` over an
 * `AbortSignal.timeout`, so it has a timer of its own.
 */
export async function inTime<Result>(
  { timeout, signal, ...rest }: StepOptions,
  step: (options: LimitedOptions) => Promise<Result>,
): Promise<Result> {
  if (signal?.aborted === true) throw new IoAbortedError(signal.reason);
  const limit = new AbortController();
  const abort = (): void => limit.abort(signal?.reason);
  const timer =
    timeout === undefined ? undefined : setTimeout(() => limit.abort(tooLate()), timeout);
  signal?.addEventListener('abort', abort);
  try {
    return await step({ ...rest, signal: limit.signal });
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', abort);
  }
}

/** The reason of `AbortSignal.timeout`. */
export function tooLate(): DOMException {
  return new DOMException('the time limit of the connection is over', 'TimeoutError');
}

/** Public bytes over a connection that receives into locked memory: they leave it for ordinary memory. */
export function publicBytesOf(connection: LockedConnection): Wire {
  return {
    read: (size, options) =>
      inTime(options, (limited) =>
        connection.receive<Uint8Array, LimitedOptions>(
          {
            size,
            directDeserialise(pull) {
              const bytes = new Uint8Array(size);
              pull(bytes);
              return bytes;
            },
          },
          limited,
        ),
      ),
    write: (bytes, options) =>
      inTime(options, (limited) =>
        connection.send({ directSerialise: (push) => push(bytes) }, limited),
      ),
    destroy: () => connection.close(),
  };
}

/** One time limit for several steps. It begins when this is made. */
export class Exchange implements ByteSource {
  readonly #wire: Wire;
  readonly #options: Omit<StepOptions, 'timeout'>;
  readonly #end: number;

  /** Begins. The time limit is in milliseconds. The options are those of each step. */
  constructor(wire: Wire, timeout: number, options: Omit<StepOptions, 'timeout'> = {}) {
    this.#wire = wire;
    this.#options = options;
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

  /** Does all steps of a client. An error closes the connection. */
  async run<Value>(work: (exchange: this) => Promise<Value>): Promise<Value> {
    try {
      return await work(this);
    } catch (error) {
      await this.#wire.destroy();
      throw goneBy(error);
    }
  }
}

/** A connection to an agent that ended or broke within a message, or while the client waited for one. */
export function goneBy(error: unknown): unknown {
  const isGone = error instanceof ClosedEarlyError || error instanceof StreamError;
  return isGone ? new AgentGoneError(error) : error;
}

/**
 * A connection that carries public bytes. It reads only what is asked for: bytes that a peer sends ahead fill the buffer of
 * the stream, some 64 KiB or the longest read, and then the kernel blocks the peer.
 *
 * A time limit, and an abort of a read, destroy the connection, since both sides would disagree on the beginning of the next
 * message.
 */
export class Channel implements Wire {
  /** For a transfer from locked memory, between two calls of {@link write}. */
  readonly socket: Socket;
  /** Resolves when the connection has closed, for whatever reason. */
  readonly closed: Promise<void>;
  readonly #timeout: number;
  /** The pending read and the pending writes. Each event of the socket lets them look for their results. */
  readonly #waiting = new Set<() => void>();
  #error: Error | undefined;
  /** Whether this side closed the connection. */
  #isOver = false;

  /**
   * Takes over a connected socket. No other code may read from it. The time limit, in milliseconds, is that of each read,
   * each write and the close.
   */
  constructor(socket: Socket, timeout: number) {
    this.socket = socket;
    this.#timeout = timeout;
    this.closed = socket.closed
      ? Promise.resolve()
      : new Promise((resolve) => void socket.once('close', () => resolve()));
    socket.on('error', (error) => (this.#error ??= error));
    for (const event of ['readable', 'end', 'close'] as const) socket.on(event, () => this.#look());
  }

  /**
   * Reads exactly `size` bytes. One read at a time. Rejects with {@link ClosedEarlyError} when the peer ends before, and as all
   * methods with {@link StreamError} when the connection breaks, or this side has closed it.
   */
  async read(size: number, options: WaitOptions = {}): Promise<Uint8Array> {
    const { timeout = this.#timeout, signal } = options;
    if (size === 0) return new Uint8Array(0);
    return this.#wait(() => this.#take(size), { timeout, signal });
  }

  /**
   * Waits without a time limit until bytes arrive or the peer ends. An abort leaves the connection as it is.
   * Returns whether the peer has ended.
   */
  async ended(signal?: AbortSignal): Promise<boolean> {
    return this.#wait(() => this.#hasEnded(), { signal });
  }

  /** Writes bytes, which stay unchanged meanwhile. Resolves when the kernel has them. */
  async write(bytes: Uint8Array): Promise<void> {
    if (this.#isOver) throw this.#failure();
    let end: { readonly error: Error | null | undefined } | undefined;
    this.socket.write(bytes, (error) => {
      end = { error };
      this.#look();
    });
    await this.#wait(
      () => {
        // Node.js reports success for a write that a destroyed socket did not complete.
        if (this.socket.destroyed || end?.error)
          throw new StreamError('writing failed', this.#error ?? end?.error);
        return end;
      },
      { timeout: this.#timeout },
    );
  }

  /** Closes the connection when the kernel has all written bytes, or after the time limit. Never rejects. */
  async close(): Promise<void> {
    const timer = setTimeout(() => this.destroy(), this.#timeout);
    this.#isOver = true;
    this.#look();
    this.socket.destroySoon();
    await this.closed;
    clearTimeout(timer);
  }

  /** Closes the connection at once. */
  destroy(): void {
    this.#isOver = true;
    this.socket.destroy();
    this.#look();
  }

  /** Exactly these bytes; `undefined` when they have not arrived. */
  #take(size: number): Uint8Array | undefined {
    if (this.#isOver) throw this.#failure();
    // Fewer bytes only at the end of the stream. Node.js declares no type of the result: a Buffer, as no encoding is set.
    const bytes = this.socket.read(size) as Buffer | null;
    // A copy: the chunk is a view on a larger buffer.
    if (bytes?.byteLength === size) return new Uint8Array(bytes);
    if (bytes !== null || this.socket.readableEnded)
      throw new ClosedEarlyError(size, bytes?.byteLength ?? 0);
    if (this.socket.destroyed) throw this.#failure();
    return undefined;
  }

  #hasEnded(): boolean | undefined {
    if (this.#isOver) throw this.#failure();
    if (this.socket.readableLength > 0) return false;
    if (this.socket.readableEnded) return true;
    if (this.socket.destroyed) throw this.#failure();
    // Lets the stream read, and report its end.
    this.socket.read(0);
    return undefined;
  }

  #failure(): StreamError {
    return this.#error === undefined
      ? new StreamError('the connection is closed')
      : new StreamError('the connection broke', this.#error);
  }

  #look(): void {
    for (const look of [...this.#waiting]) look();
  }

  /** Looks for a result now and at each event of the socket, until there is one or a limit is reached. */
  #wait<Result>(
    result: () => Result | undefined,
    { timeout, signal }: WaitOptions,
  ): Promise<Result> {
    if (signal?.aborted === true) throw new IoAbortedError(signal.reason);
    return new Promise((resolve, reject) => {
      const stop = (): void => {
        this.#waiting.delete(look);
        clearTimeout(timer);
        signal?.removeEventListener('abort', abort);
      };
      const end = (error: Error): void => {
        stop();
        reject(error);
      };
      const endAtLimit = (error: Error): void => {
        end(error);
        // A message may have begun. Between two messages there is no time limit.
        if (timeout !== undefined) this.destroy();
      };
      const look = (): void => {
        try {
          const found = result();
          if (found === undefined) return;
          stop();
          resolve(found);
        } catch (error) {
          end(error as Error);
        }
      };
      const abort = (): void => endAtLimit(new IoAbortedError(signal?.reason));
      const timer =
        timeout === undefined
          ? undefined
          : setTimeout(() => endAtLimit(new IoTimeoutError(tooLate())), timeout);
      signal?.addEventListener('abort', abort);
      this.#waiting.add(look);
      look();
    });
  }
}
