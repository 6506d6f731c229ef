import { connect, type OnReadOpts, type Socket } from 'node:net';
import {
  directDeserialiseBufChecked,
  type DirectDeserialise,
  type DirectSerialise,
} from '@evolock/direct-serialise';
import { checkOptions } from '@evolock/direct-serialise/arguments';
import { allocationOptionNames, type AllocationOptions } from '@evolock/mlocked-bytes';
import {
  endOnRelease,
  refuseClones,
  unsoundMemory,
  whileUnderWay,
} from '@evolock/mlocked-bytes/unsound';
import { BusyError, StreamError } from '../errors.js';
import { newStaging, sizeOfType, type ReadableType } from '../staging.js';
import { firstByte, Inbox, theEnd, wholeValue, type Take } from './inbox.js';
import { directSerialiseToSocket, type SendOptions } from './send.js';
import { checkFresh, checkRuntime, checkTarget, takeOver, type Target } from './socket.js';
import { TimeLimit, waitOptionNames, transferOptionNames, type WaitOptions } from './time-limit.js';
import { checkTypeOptions } from '../type-options.js';

/** Options of connecting. The allocator gives the memory into which the connection receives. */
export interface ConnectOptions extends AllocationOptions, WaitOptions {}

/** Options of receiving. Those of the type are passed on to it. The allocator gives the memory of the staging too. */
export interface ReceiveOptions extends AllocationOptions, WaitOptions {}

/**
 * A connection that sends keys from locked memory and receives them into locked memory, one after the other.
 *
 * It reads only while a receive is waiting, so the kernel blocks a peer that sends faster. Bytes after a value stay in
 * locked memory for the next receive.
 *
 * The connection stays usable after an error before an operation begins (wrong arguments, no locked memory, an aborted
 * signal, a second receive, a value that cannot be serialised), and after a type refuses a completely received value. Each
 * other error closes the connection, since both sides would disagree on the beginning of the next value. An operation
 * rejects when the connection has closed and everything is wiped.
 *
 * Each operation throws {@link StreamError} `ERR_EVOLOCK_IO_STREAM` when the connection is closed or breaks, and
 * {@link IoTimeoutError} `ERR_EVOLOCK_IO_TIMEOUT` or {@link IoAbortedError} `ERR_EVOLOCK_IO_ABORTED` by its options. All
 * that wait for the peer throw {@link BusyError} `ERR_EVOLOCK_IO_BUSY` when a receive is waiting.
 */
export class LockedConnection implements AsyncDisposable {
  readonly #socket: Socket;
  readonly #inbox: Inbox;
  readonly #closed: Promise<void>;
  #demand: { readonly take: Take; readonly done: () => void } | undefined;
  #ended = false;
  #failure: Error | undefined;

  private constructor(inbox: Inbox, makeSocket: (onread: OnReadOpts) => Socket) {
    refuseClones(this);
    this.#inbox = inbox;
    this.#socket = orRelease(inbox, makeSocket);
    inbox.arrived = () => this.#serve();
    // Each write is a whole value, so waiting for more bytes is useless.
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
    // An idle connection keeps its memory, since the socket may write to it at any time.
    const withdraw = endOnRelease(() => this.close());
    this.#closed = new Promise((resolve) => {
      this.#socket.once('close', () => {
        withdraw();
        this.#demand = undefined;
        inbox.release();
        resolve();
      });
    });
  }

  /**
   * Connects to a Unix socket or a TCP port. A promise that rejects leaves nothing open.
   *
   * @throws {@link StreamError} `ERR_EVOLOCK_IO_STREAM` when the system refuses, and in another runtime than Node.js.
   */
  static async connect(target: Target, options?: ConnectOptions): Promise<LockedConnection> {
    const where = checkTarget(target);
    checkRuntime();
    const { allocator, ...time } = checkOptions(options, transferOptionNames);
    const limit = new TimeLimit(time);
    const connection = new LockedConnection(new Inbox({ allocator }), (onread) =>
      connect({ ...where, allowHalfOpen: true, onread }).pause(),
    );
    try {
      await whileUnderWay(
        connection.#untilDone(limit, (done) => connection.#socket.once('connect', done)),
      );
    } catch (error) {
      await connection.close();
      throw error;
    }
    return connection;
  }

  /**
   * Makes a locked connection of a socket that has read nothing: a socket that a server with `pauseOnConnect` accepted, or
   * a `stdio` pipe of a child process that was spawned in the same turn of the event loop.
   *
   * The given socket is unusable afterwards, and closes with the connection. After an error it is unchanged.
   *
   * @param socket - A plain, connected `net.Socket`.
   * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`; `ERR_EVOLOCK_ARGUMENT_VALUE` for a TLS socket, for a socket
   * that is connecting or writing, and for a socket that has read bytes, since these are in ordinary memory.
   */
  static takeOver(socket: Socket, options?: AllocationOptions): LockedConnection {
    const fresh = checkFresh(socket);
    const inbox = new Inbox(checkOptions(options, allocationOptionNames));
    return new LockedConnection(inbox, (onread) => takeOver(fresh, onread));
  }

  /** Whether the connection has closed or is closing. */
  get closed(): boolean {
    return this.#socket.destroyed;
  }

  /**
   * Sends a value as {@link directSerialiseToSocket} does. Several sends may wait. They are sent in order.
   */
  async send(value: DirectSerialise, options?: SendOptions): Promise<void> {
    await directSerialiseToSocket(this.#socket, value, options);
  }

  /**
   * Waits until the peer has begun the next value or has ended its side. The bytes stay for the next receive, which can
   * have a time limit of its own: a peer may be silent between two values, and not within one.
   *
   * This is no transfer: `releaseAll` of mlocked-bytes closes a connection that waits here.
   *
   * @returns Whether the peer has ended its side and everything was received.
   */
  async ended(options?: WaitOptions): Promise<boolean> {
    const limit = new TimeLimit(checkOptions(options, waitOptionNames));
    this.#checkIdle();
    await this.#untilDone(limit, (done) => this.#ask(firstByte, done));
    return this.#inbox.length === 0;
  }

  /**
   * Receives a value into locked memory: as many bytes as its type states.
   *
   * @throws {@link ClosedEarlyError} `ERR_EVOLOCK_IO_CLOSED_EARLY` when the peer ends its side within the value.
   */
  async receive<T, Options extends object = object>(
    type: ReadableType<T, Options>,
    options?: Options & ReceiveOptions,
  ): Promise<T> {
    const size = sizeOfType(type);
    const { signal, ...rest } = checkTypeOptions<ReceiveOptions>(
      type,
      options,
      transferOptionNames,
    );
    const limit = new TimeLimit({ signal });
    this.#checkIdle();
    return whileUnderWay(this.#receive(size, limit, type, rest as Options & AllocationOptions));
  }

  async #receive<T, Options extends object>(
    size: number,
    limit: TimeLimit,
    type: DirectDeserialise<T, Options>,
    options: Options & AllocationOptions,
  ): Promise<T> {
    const staging = newStaging(size, options);
    try {
      // The view leaves its callback because later events fill it. They are awaited here.
      const memory = unsoundMemory(staging);
      await this.#untilDone(limit, (done) => this.#ask(wholeValue(memory), done));
      return directDeserialiseBufChecked(memory, type, options);
    } finally {
      staging.release();
    }
  }

  /**
   * Ends this side after all sends, waits until the peer has ended its side, and wipes. Does nothing when the connection is
   * closed.
   *
   * @throws {@link SurplusError} `ERR_EVOLOCK_IO_SURPLUS` when bytes were not received.
   */
  async finish(options?: WaitOptions): Promise<void> {
    const limit = new TimeLimit(checkOptions(options, waitOptionNames));
    if (this.closed) return this.#closed;
    this.#checkIdle();
    const stop = limit.start((error) => this.#fail(error));
    this.#socket.end();
    this.#ask(theEnd, () => undefined);
    await whileUnderWay(this.#closed);
    stop();
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** Closes the connection at once, also during an operation, and does not wait for the peer. Resolves when everything is wiped. */
  async close(): Promise<void> {
    this.#fail(new StreamError('the connection was closed by its owner'));
    await this.#closed;
  }

  /** Closes the connection, for `await using`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #attach(): void {
    if (this.#inbox.attachTo(this.#socket)) return;
    this.#fail(new StreamError('this version of Node.js cannot receive into given memory'));
  }

  #checkIdle(): void {
    if (this.closed) throw new StreamError('the connection is closed', this.#failure);
    if (this.#demand !== undefined) throw new BusyError();
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    this.#socket.destroy();
  }

  #ask(take: Take, done: () => void): void {
    this.#demand = { take, done };
    this.#serve();
  }

  /** Passes received bytes to the waiting demand, and reads while a demand waits. */
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

  /** Resolves when `start` calls `done`; rejects when the connection closes before. */
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
