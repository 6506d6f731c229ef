/** Sends values from locked memory over sockets, and over the pipes of child processes. */
import { setMaxListeners } from 'node:events';
import { writeSync } from 'node:fs';
import type { Socket } from 'node:net';
import type { ChildProcess } from 'node:child_process';
import {
  type DirectSerialise,
  directSerialiseBufChecked,
  EvolockError,
} from '@evolock/direct-serialise';
import {
  checkInteger,
  checkMethod,
  checkOptions,
  wrongType,
} from '@evolock/direct-serialise/arguments';
import { type AllocationOptions, MLockedBytes } from '@evolock/mlocked-bytes';
import { unsoundMemory, whileUnderWay } from '@evolock/mlocked-bytes/unsound';
import { StreamError } from '../errors.js';
import { newStaging, sizeOfValue } from '../staging.js';
import { checkSocket, descriptorOf } from './socket.js';
import { TimeLimit, transferOptionNames, type WaitOptions } from './time-limit.js';
import { turnOf } from './turn.js';

/** Options of sending. The allocator gives the memory of the staging, which locked bytes do not need. */
export interface SendOptions extends AllocationOptions, WaitOptions {}

/**
 * Sends a value from locked memory over a TCP or Unix socket.
 *
 * The value is read when the socket has connected and the kernel has all earlier writes. It is staged in locked memory,
 * written from there to the descriptor of the socket, and wiped. `MLockedBytes` are written from their own
 * memory, without staging: the same bytes can be sent to many sockets at once. No stream and no request refers to locked
 * memory. The promise resolves when the kernel has all bytes, so a peer that does not read delays it.
 *
 * The socket stays usable after an error before the first byte: wrong arguments, a value that fails, no locked memory, an
 * aborted signal. An abort, a time-out, an error of the system, or a release of the locked bytes after the first byte
 * closes the socket, since the peer may have a part of the value. The promise rejects when the socket has closed.
 *
 * @param socket - A plain `net.Socket`, connected or connecting.
 * @param value - The value, 1 byte to {@link MAX_IO_SIZE}. It must stay alive and unchanged until the promise settles.
 * @throws {@link IoTimeoutError} `ERR_EVOLOCK_IO_TIMEOUT`; {@link IoAbortedError} `ERR_EVOLOCK_IO_ABORTED`.
 * @throws {@link StreamError} `ERR_EVOLOCK_IO_STREAM` when the socket is closed or has no descriptor (on Windows), or the
 * system refuses.
 * @throws {@link ReleasedError} `ERR_EVOLOCK_RELEASED` for a value that is released before all bytes are sent.
 */
export async function directSerialiseToSocket(
  socket: Socket,
  value: DirectSerialise,
  options?: SendOptions,
): Promise<void> {
  const stream = checkSocket('socket', socket);
  checkMethod('value', value, 'directSerialise');
  const { allocator, ...time } = checkOptions(options, transferOptionNames);
  const limit = new TimeLimit(time);
  if (!stream.writable) throw new StreamError('the socket is closed for writing', stream.errored);
  if (!stream.connecting && descriptorOf(stream) === undefined) throw noDescriptor();
  const size = sizeOfValue(value);
  const stage = isItsMemory(value)
    ? () => ({ bytes: value, done: () => undefined })
    : () => newCopy(size, value, { allocator });
  await whileUnderWay(new Sending(stream).send(limit, stage));
}

function noDescriptor(): StreamError {
  return new StreamError(
    process.platform === 'win32'
      ? 'sockets have no descriptor on Windows, so locked memory cannot be sent: use a file'
      : 'the socket has no descriptor: it is not connected',
  );
}

const serialiseMemory: unknown = Reflect.get(MLockedBytes.prototype, 'directSerialise');

/** Whether the memory of a value is what it serialises. A class that extends locked bytes may serialise something else. */
function isItsMemory(value: DirectSerialise): value is MLockedBytes {
  return value instanceof MLockedBytes && Reflect.get(value, 'directSerialise') === serialiseMemory;
}

/** The bytes that are written to the socket. */
interface Staged {
  readonly bytes: MLockedBytes;
  /** Called when they are written, or never will be. */
  readonly done: () => void;
}

function newCopy(size: number, value: DirectSerialise, options: AllocationOptions): Staged {
  const bytes = newStaging(size, options, (memory) => directSerialiseBufChecked(memory, value));
  return { bytes, done: () => bytes.release() };
}

/** Milliseconds until the next write. Doubles after each write of 0 bytes. */
const FIRST_PAUSE = 1;
const LONGEST_PAUSE = 32;

class Sending {
  readonly #socket: Socket;
  readonly #closed: Promise<never>;
  #doing: string;
  #failure: Error | undefined;
  #forget: () => void = () => undefined;

  constructor(socket: Socket) {
    this.#socket = socket;
    this.#doing = socket.connecting ? 'connecting' : 'sending';
    // Many sends may wait, and Node.js warns of more than ten listeners.
    setMaxListeners(0, socket);
    this.#closed = new Promise((_resolve, reject) => {
      const broke = (cause: Error): void => {
        this.#failure ??= new StreamError(`${this.#doing} failed`, cause);
      };
      const closed = (): void =>
        reject(this.#failure ?? new StreamError('the socket was closed while sending'));
      socket.on('error', broke).on('close', closed);
      this.#forget = () => void socket.off('error', broke).off('close', closed);
    });
    // Not every path awaits this promise.
    this.#closed.catch(() => undefined);
  }

  async send(limit: TimeLimit, stage: () => Staged): Promise<void> {
    let stopWatch: (() => void) | undefined;
    try {
      stopWatch = limit.start((error) => this.#end(error));
      const endTurn = await this.#unlessClosed(turnOf(this.#socket));
      try {
        await this.#connected();
        await this.#write(stage);
      } finally {
        endTurn();
      }
    } finally {
      stopWatch?.();
      this.#forget();
    }
  }

  #end(failure: Error, cause?: Error): void {
    this.#failure ??= failure;
    this.#socket.destroy(cause);
  }

  #unlessClosed<Result>(promise: Promise<Result>): Promise<Result> {
    return Promise.race([promise, this.#closed]);
  }

  async #connected(): Promise<void> {
    const socket = this.#socket;
    if (socket.connecting) {
      await this.#unlessClosed(new Promise<void>((resolve) => socket.once('connect', resolve)));
    }
    this.#doing = 'sending';
    if (socket.destroyed) await this.#closed;
    if (descriptorOf(socket) === undefined) throw noDescriptor();
  }

  async #write(stage: () => Staged): Promise<void> {
    const { bytes, done } = stage();
    try {
      await this.#writeAll(bytes);
    } finally {
      done();
    }
  }

  /**
   * Writes to the descriptor: a stream would keep the bytes that the kernel does not accept in requests and queues. Node.js
   * has no event for a writable descriptor, so this writes again after a pause.
   */
  async #writeAll(bytes: MLockedBytes): Promise<void> {
    let pause = FIRST_PAUSE;
    for (let done = 0; done < bytes.size;) {
      const count = await this.#writeSome(bytes, done);
      done += count;
      if (count > 0) this.#restartIdleTimer();
      if (done === bytes.size) return;
      pause = count > 0 ? FIRST_PAUSE : Math.min(2 * pause, LONGEST_PAUSE);
      await this.#pause(pause);
    }
  }

  /** The socket does not notice these writes, and would report a time-out. */
  #restartIdleTimer(): void {
    const { timeout } = this.#socket;
    if (timeout !== undefined && timeout > 0) this.#socket.setTimeout(timeout);
  }

  /** Returns how many bytes the kernel has accepted. */
  async #writeSome(bytes: MLockedBytes, offset: number): Promise<number> {
    const fd = descriptorOf(this.#socket);
    if (this.#socket.destroyed || fd === undefined) return this.#closed;
    try {
      // Its owner may have released it since the last write. The view does not outlive this turn of the event loop.
      const memory = unsoundMemory(bytes);
      return writeSync(fd, memory, offset, memory.byteLength - offset);
    } catch (error) {
      return this.#refused(error as NodeJS.ErrnoException, offset);
    }
  }

  async #refused(error: NodeJS.ErrnoException, offset: number): Promise<number> {
    if (error.code === 'EAGAIN') return 0;
    const isReleased = error instanceof EvolockError;
    // The peer has nothing of the value: the socket stays usable.
    if (isReleased && offset === 0) throw error;
    if (isReleased) this.#end(error);
    else this.#end(new StreamError('sending failed', error), error);
    return this.#closed;
  }

  async #pause(milliseconds: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    try {
      await this.#unlessClosed(
        new Promise<void>((resolve) => (timer = setTimeout(resolve, milliseconds))),
      );
    } finally {
      clearTimeout(timer);
    }
  }
}

const MAX_DESCRIPTOR = 255;

/**
 * Sends a value from locked memory to a child process over one of its `stdio` pipes. The child reads it with
 * {@link directDeserialiseFromDescriptor} from the same descriptor. In all else this is {@link directSerialiseToSocket}.
 * The pipe stays open: `child.stdio[descriptor].end()` ends it.
 *
 * @param child - A child process with a `'pipe'` in `stdio` at that number.
 * @param descriptor - The number, 0 or from 3.
 * @throws {@link StreamError} `ERR_EVOLOCK_IO_STREAM` when the pipe is closed, also by the end of the child.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { spawn } from 'node:child_process';
 * import { once } from 'node:events';
 * import { directSerialiseToChild } from '@evolock/direct-serialise-io';
 * import { MLockedBytes } from '@evolock/mlocked-bytes';
 *
 * const script = `
 *   import { directDeserialiseFromDescriptor } from '@evolock/direct-serialise-io';
 *   import { MLockedBytes } from '@evolock/mlocked-bytes';
 *   const key = directDeserialiseFromDescriptor(3, MLockedBytes.type(32));
 *   key.release();
 * `;
 * const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
 *   stdio: ['ignore', 'inherit', 'inherit', 'pipe'],
 * });
 * const key = MLockedBytes.newZeroed(32);
 * await directSerialiseToChild(child, 3, key);
 * key.release();
 * const [code] = await once(child, 'close');
 * assert.equal(code, 0);
 * ```
 */
export async function directSerialiseToChild(
  child: ChildProcess,
  descriptor: number,
  value: DirectSerialise,
  options?: SendOptions,
): Promise<void> {
  checkInteger('descriptor', descriptor, 0, MAX_DESCRIPTOR);
  const stdio: readonly unknown[] | undefined = (child as Partial<ChildProcess> | undefined)?.stdio;
  if (!Array.isArray(stdio)) throw wrongType('child', 'a child process', child);
  const pipe = checkSocket(`child.stdio[${descriptor}]`, stdio[descriptor]);
  await directSerialiseToSocket(pipe, value, options);
}
