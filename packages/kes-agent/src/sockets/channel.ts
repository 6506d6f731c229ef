/** Exact reads and writes of public bytes over a socket, with time limits. */
import type { Socket } from 'node:net';
import {
  ClosedEarlyError,
  IoAbortedError,
  IoTimeoutError,
  StreamError,
} from '@evolock/direct-serialise-io';
import type { Wire, WaitOptions } from './exchange.js';

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
   * Reads exactly `size` bytes. One read at a time.
   *
   * @throws {@link ClosedEarlyError} `ERR_EVOLOCK_IO_CLOSED_EARLY` when the peer ends before.
   * @throws {@link IoTimeoutError} `ERR_EVOLOCK_IO_TIMEOUT`; {@link IoAbortedError} `ERR_EVOLOCK_IO_ABORTED`.
   * @throws {@link StreamError} `ERR_EVOLOCK_IO_STREAM` when the connection breaks, or this side has closed it.
   */
  async read(size: number, options: WaitOptions = {}): Promise<Uint8Array> {
    const { timeout = this.#timeout, signal } = options;
    if (size === 0) return new Uint8Array(0);
    return this.#wait(() => this.#take(size), { timeout, signal });
  }

  /**
   * Waits without a time limit until bytes arrive or the peer ends. An abort leaves the connection as it is.
   *
   * @returns Whether the peer has ended.
   * @throws {@link IoAbortedError} `ERR_EVOLOCK_IO_ABORTED`.
   * @throws {@link StreamError} `ERR_EVOLOCK_IO_STREAM` when the connection breaks, or this side has closed it.
   */
  async ended(signal?: AbortSignal): Promise<boolean> {
    return this.#wait(() => this.#hasEnded(), { signal });
  }

  /**
   * Writes bytes. Resolves when the kernel has them.
   *
   * @param bytes - Unchanged until then.
   * @throws {@link IoTimeoutError} `ERR_EVOLOCK_IO_TIMEOUT` when the peer does not read.
   * @throws {@link StreamError} `ERR_EVOLOCK_IO_STREAM` when the connection breaks, or this side has closed it.
   */
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
          : setTimeout(() => endAtLimit(new IoTimeoutError(timeout)), timeout);
      signal?.addEventListener('abort', abort);
      this.#waiting.add(look);
      look();
    });
  }
}
