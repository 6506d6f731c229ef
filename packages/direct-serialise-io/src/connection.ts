import { connect, type OnReadOpts, type Socket } from 'node:net';
import {
  directDeserialiseBufChecked,
  EvolockError,
  type DirectDeserialise,
  type DirectSerialise,
} from '@evolock/direct-serialise';
import { checkMethod, checkOptions } from '@evolock/direct-serialise/arguments';
import type { AllocationOptions } from '@evolock/mlocked-bytes';
import { endOnRelease, unsoundMemory, whileUnderWay } from '@evolock/mlocked-bytes/unsound';
import { Demand } from './demand.js';
import { Inbox } from './inbox.js';
import { checkIoSize } from './io-size.js';
import { directSerialiseToSocket, type SendOptions } from './send.js';
import { newStaging } from './staging.js';
import { StreamError } from './stream-error.js';
import { checkFresh, takeOver } from './take-over.js';
import { checkTarget, type Target } from './target.js';
import { TimeLimit, type TimeOptions } from './time-limit.js';

/** Options of connecting; the allocator is that of the memory into which the connection receives. */
export interface ConnectOptions extends AllocationOptions, TimeOptions {}

/** Options of receiving; they are handed on to the type, the allocator, which is that of the staging too, among them. */
export interface ReceiveOptions extends AllocationOptions, TimeOptions {
  /** Whether the peer has to end its side behind the value; when it need not, what follows is for the next receive. */
  readonly last?: boolean | undefined;
}

/**
 * Something was asked of a connection that is receiving already. Nothing has happened; the receive goes on.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { BusyError } from '@evolock/direct-serialise-io';
 *
 * assert.equal(new BusyError().code, 'ERR_EVOLOCK_IO_BUSY');
 * ```
 */
export class BusyError extends EvolockError {
  readonly code = 'ERR_EVOLOCK_IO_BUSY';

  constructor() {
    super('the connection is receiving already: one receive after the other');
  }
}

/**
 * A connection over which keys are sent and received from locked memory into locked memory, one after the other.
 *
 * It reads only while a receive is waiting, so a peer that sends too fast is held up by the kernel. Bytes that come
 * with a value and lie behind it stay in locked memory for the next receive.
 *
 * Errors before an operation begins leave the connection usable: wrong arguments, no locked memory, a signal that is
 * aborted already, a second receive, a value that cannot be serialised; and so does a type that refuses a value that
 * was received completely. Every other error closes it: both sides would disagree on where the next value begins.
 * Errors come when the connection has closed and everything is wiped.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { once } from 'node:events';
 * import { createServer, type AddressInfo } from 'node:net';
 * import { LockedConnection } from '@evolock/direct-serialise-io';
 * import { MLockedBytes } from '@evolock/mlocked-bytes';
 *
 * const server = createServer({ pauseOnConnect: true }, async (socket) => {
 *   const connection = LockedConnection.takeOver(socket);
 *   const key = await connection.receive(32, MLockedBytes.type(32), { last: true });
 *   await connection.send(32, key);
 *   key.release();
 *   await connection.close();
 * }).listen(0, '127.0.0.1');
 * await once(server, 'listening');
 *
 * const { port } = server.address() as AddressInfo;
 * const connection = await LockedConnection.connect({ host: '127.0.0.1', port }, { timeout: 5_000 });
 * const key = MLockedBytes.newZeroed(32);
 * await connection.send(32, key);
 * connection.endSending();
 * const back = await connection.receive(32, MLockedBytes.type(32), { timeout: 5_000 });
 * assert.equal(back.equals(key), true);
 * await connection.close();
 * server.close();
 * key.release();
 * back.release();
 * ```
 */
export class LockedConnection implements AsyncDisposable {
  readonly #socket: Socket;
  readonly #inbox: Inbox;
  readonly #closed: Promise<void>;
  #demand: Demand | undefined;
  #ended = false;
  #failure: Error | undefined;

  private constructor(inbox: Inbox, makeSocket: (onread: OnReadOpts) => Socket) {
    this.#inbox = inbox;
    this.#socket = orRelease(inbox, makeSocket);
    inbox.arrived = () => this.#serve();
    // Every send listens for itself, and there may be many.
    this.#socket.setMaxListeners(0);
    // Each write is a whole value: there is nothing to wait for that could go with it.
    this.#socket.setNoDelay(true);
    let isConnected = !this.#socket.connecting;
    if (isConnected) this.#attach();
    else {
      this.#socket.once('connect', () => {
        isConnected = true;
        this.#attach();
      });
    }
    this.#socket.on('error', (cause) => {
      const what = isConnected ? 'the connection broke' : 'connecting failed';
      this.#failure ??= new StreamError(what, cause);
    });
    this.#socket.on('end', () => {
      this.#ended = true;
      this.#serve();
    });
    // An idle connection would keep its memory: the socket may write to it at any time.
    const withdraw = endOnRelease(() => this.destroy());
    this.#closed = new Promise((resolve) => {
      this.#socket.once('close', () => {
        withdraw();
        this.#demand = undefined;
        // An allocator that fails to take its memory back must not end the process, nor leave a close waiting.
        try {
          inbox.release();
        } catch (cause) {
          this.#failure ??= new StreamError(
            'the memory of the connection could not be given back',
            cause,
          );
        }
        resolve();
      });
    });
  }

  /**
   * Connects to a Unix socket or a TCP port.
   *
   * @returns A promise of the connection; all errors come through it, and nothing is left open.
   * @throws {@link StreamError} `ERR_EVOLOCK_IO_STREAM` when the system refuses.
   * @throws {@link IoTimeoutError} `ERR_EVOLOCK_IO_TIMEOUT`; {@link IoAbortedError} `ERR_EVOLOCK_IO_ABORTED`.
   * @throws {@link LockLimitError} `ERR_EVOLOCK_LOCK_LIMIT`, {@link RegionLimitError} `ERR_EVOLOCK_REGION_LIMIT`.
   * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`, `ERR_EVOLOCK_ARGUMENT_VALUE`.
   */
  static async connect(target: Target, options?: ConnectOptions): Promise<LockedConnection> {
    const where = checkTarget(target);
    const limit = new TimeLimit(checkOptions(options));
    const connection = new LockedConnection(new Inbox(options), (onread) =>
      connect({ ...where, allowHalfOpen: true, onread }).pause(),
    );
    try {
      await whileUnderWay(
        connection.#untilDone(limit, (done) => connection.#socket.once('connect', done)),
      );
    } catch (error) {
      await connection.destroy();
      throw error;
    }
    return connection;
  }

  /**
   * Makes a locked connection of a socket that has read nothing yet: one that a server with `pauseOnConnect` accepted,
   * or a `stdio` pipe of a child process that was spawned in the same turn of the event loop.
   *
   * The socket that was given is an empty shell afterwards; it closes when the connection does. It is left as it was
   * when an error is thrown.
   *
   * @param socket - A plain, connected `net.Socket`.
   * @throws {@link StreamError} `ERR_EVOLOCK_IO_STREAM` when the socket is closed.
   * @throws {@link LockLimitError} `ERR_EVOLOCK_LOCK_LIMIT`, {@link RegionLimitError} `ERR_EVOLOCK_REGION_LIMIT`.
   * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`; `ERR_EVOLOCK_ARGUMENT_VALUE` for a TLS socket, one that
   * is connecting or writing, or one that has read already, since what it read is in ordinary memory.
   */
  static takeOver(socket: Socket, options?: AllocationOptions): LockedConnection {
    const fresh = checkFresh(socket);
    return new LockedConnection(new Inbox(options), (onread) => takeOver(fresh, onread));
  }

  /** Whether the connection has ended for good, or is about to. */
  get destroyed(): boolean {
    return this.#socket.destroyed;
  }

  /**
   * Sends a value: {@link directSerialiseToSocket}. Several may be sent without waiting; they go in order.
   *
   * @param size - Bytes of the value, 1 to {@link MAX_IO_SIZE}.
   * @param value - What is sent. It has to stay alive and as it is until the promise settles.
   * @throws {@link StreamError} `ERR_EVOLOCK_IO_STREAM` when the connection is or gets closed.
   * @throws {@link IoTimeoutError} `ERR_EVOLOCK_IO_TIMEOUT`; {@link IoAbortedError} `ERR_EVOLOCK_IO_ABORTED`.
   * @throws {@link SizeCheckError} `ERR_EVOLOCK_SIZE_CHECK` when the value is larger or smaller.
   * @throws {@link ProtocolError} `ERR_EVOLOCK_PROTOCOL` when the value is asynchronous.
   * @throws {@link LockLimitError} `ERR_EVOLOCK_LOCK_LIMIT`, {@link RegionLimitError} `ERR_EVOLOCK_REGION_LIMIT`.
   * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`, `ERR_EVOLOCK_ARGUMENT_VALUE`.
   */
  async send(size: number, value: DirectSerialise, options?: SendOptions): Promise<void> {
    await directSerialiseToSocket(this.#socket, size, value, options);
  }

  /** Ends this side: the peer learns that nothing more comes, and may go on sending. */
  endSending(): void {
    this.#socket.end();
  }

  /**
   * Receives a value of exactly `size` bytes into locked memory.
   *
   * @param size - Bytes of the value, 1 to {@link MAX_IO_SIZE}.
   * @param type - What is received.
   * @param options - `last`, the limits of time, and what is handed on to the type.
   * @throws {@link ClosedEarlyError} `ERR_EVOLOCK_IO_CLOSED_EARLY` when the peer ends its side within the value.
   * @throws {@link SurplusError} `ERR_EVOLOCK_IO_SURPLUS` with `last`, when more bytes come.
   * @throws {@link StreamError} `ERR_EVOLOCK_IO_STREAM` when the connection is or gets closed.
   * @throws {@link IoTimeoutError} `ERR_EVOLOCK_IO_TIMEOUT`; {@link IoAbortedError} `ERR_EVOLOCK_IO_ABORTED`.
   * @throws {@link BusyError} `ERR_EVOLOCK_IO_BUSY` when a receive is waiting already.
   * @throws {@link SizeCheckError} `ERR_EVOLOCK_SIZE_CHECK` when the type takes more or fewer bytes.
   * @throws {@link ProtocolError} `ERR_EVOLOCK_PROTOCOL` when the type is asynchronous.
   * @throws {@link LockLimitError} `ERR_EVOLOCK_LOCK_LIMIT`, {@link RegionLimitError} `ERR_EVOLOCK_REGION_LIMIT`.
   * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`, `ERR_EVOLOCK_ARGUMENT_VALUE`.
   */
  async receive<T, Options extends object = object>(
    size: number,
    type: DirectDeserialise<T, Options>,
    options?: Options & ReceiveOptions,
  ): Promise<T> {
    checkIoSize(size);
    checkMethod('type', type, 'directDeserialise');
    const asked = checkOptions<ReceiveOptions>(options);
    const { last = false } = asked;
    const limit = new TimeLimit(asked);
    this.#checkIdle();
    return whileUnderWay(this.#receive({ size, last }, limit, type, options));
  }

  async #receive<T, Options extends object>(
    { size, last }: { readonly size: number; readonly last: boolean },
    limit: TimeLimit,
    type: DirectDeserialise<T, Options>,
    options: (Options & ReceiveOptions) | undefined,
  ): Promise<T> {
    const staging = newStaging(size, options);
    try {
      // The view leaves its callback because it is filled by events to come, which are awaited here.
      const memory = unsoundMemory(staging);
      await this.#untilDone(limit, (done) => this.#ask(new Demand(memory, last, done)));
      return directDeserialiseBufChecked(memory, type, options);
    } finally {
      staging.release();
    }
  }

  /**
   * Ends this side when everything is sent, waits until the peer has ended its own, and wipes.
   *
   * A connection that is closed already is left in peace.
   *
   * @throws {@link SurplusError} `ERR_EVOLOCK_IO_SURPLUS` when there are bytes that nobody has received.
   * @throws {@link StreamError} `ERR_EVOLOCK_IO_STREAM` when the connection breaks meanwhile.
   * @throws {@link IoTimeoutError} `ERR_EVOLOCK_IO_TIMEOUT`; {@link IoAbortedError} `ERR_EVOLOCK_IO_ABORTED`.
   * @throws {@link BusyError} `ERR_EVOLOCK_IO_BUSY` when a receive is waiting.
   * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`, `ERR_EVOLOCK_ARGUMENT_VALUE`.
   */
  async close(options?: TimeOptions): Promise<void> {
    const limit = new TimeLimit(checkOptions(options));
    if (this.destroyed) return this.#closed;
    this.#checkIdle();
    const stop = limit.start((error) => this.#fail(error));
    this.#socket.end();
    this.#ask(new Demand(new Uint8Array(0), true, () => undefined));
    await whileUnderWay(this.#closed);
    stop();
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** Closes the connection at once, whatever is under way, and resolves when everything is wiped. */
  async destroy(): Promise<void> {
    this.#fail(new StreamError('the connection was destroyed by its owner'));
    await this.#closed;
  }

  /** The same as `destroy`, for `await using`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.destroy();
  }

  #attach(): void {
    if (this.#inbox.attachTo(this.#socket)) return;
    this.#fail(new StreamError('this version of Node cannot receive into given memory'));
  }

  #checkIdle(): void {
    if (this.destroyed) throw new StreamError('the connection is closed', this.#failure);
    if (this.#demand !== undefined) throw new BusyError();
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    this.#socket.destroy();
  }

  #ask(demand: Demand): void {
    this.#demand = demand;
    this.#serve();
  }

  /** Gives what has arrived to whoever waits for it, and reads on for as long as somebody does. */
  #serve(): void {
    const demand = this.#demand;
    if (demand === undefined) return;
    const outcome = demand.take(this.#inbox, this.#ended);
    if (outcome === 'more') {
      this.#socket.resume();
      return;
    }
    this.#demand = undefined;
    this.#socket.pause();
    if (outcome === 'met') demand.done();
    else this.#fail(outcome);
  }

  /** Settles when `start` says so or, with the reason, when the connection has closed before that. */
  #untilDone(limit: TimeLimit, start: (done: () => void) => void): Promise<void> {
    return new Promise((resolve, reject) => {
      const stop = limit.start((error) => this.#fail(error));
      const closed = (): void => {
        stop();
        reject(this.#failure ?? new StreamError('the connection was closed'));
      };
      this.#socket.once('close', closed);
      start(() => {
        stop();
        this.#socket.off('close', closed);
        resolve();
      });
    });
  }
}

function orRelease(inbox: Inbox, makeSocket: (onread: OnReadOpts) => Socket): Socket {
  try {
    return makeSocket(inbox.onread);
  } catch (cause) {
    inbox.release();
    throw new StreamError('the socket could not be made', cause);
  }
}
