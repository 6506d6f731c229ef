import type { Socket } from 'node:net';
import { directSerialiseBufChecked, type DirectSerialise } from '@evolock/direct-serialise';
import { checkOptions } from '@evolock/direct-serialise/arguments';
import { MLockedBytes, type AllocationOptions } from '@evolock/mlocked-bytes';
import { filled, unsoundMemory } from '@evolock/mlocked-bytes/unsound';
import { checkIoSize } from './io-size.js';
import { checkSocket } from './plain-socket.js';
import { StreamError } from './stream-error.js';
import { TimeLimit, type TimeOptions } from './time-limit.js';

/** Options of sending; the allocator is that of the staging. */
export interface SendOptions extends AllocationOptions, TimeOptions {}

/**
 * Sends a value over a TCP or Unix socket from locked memory.
 *
 * A block is lent for one call and a write takes longer, so the value is staged in locked memory, written from there
 * and wiped when the write has finished. The promise resolves when the kernel has taken every byte: a peer that does
 * not read holds it up.
 *
 * Errors before the first byte leave the socket usable: wrong arguments, a value that fails, no locked memory, a
 * signal that is aborted already. Once writing has begun, an abort, a time-out or an error of the system closes the
 * socket, since the peer may have a part of the value; the staging is wiped when the write is over, at the latest when
 * the socket has closed, and the promise rejects after that.
 *
 * @param socket - A plain `net.Socket`; it may still be connecting.
 * @param size - Bytes of the value, 1 to {@link MAX_IO_SIZE}.
 * @param value - What is sent. It is read before this returns and may be released at once.
 * @returns A promise; all errors come through it.
 * @throws {@link IoTimeoutError} `ERR_EVOLOCK_IO_TIMEOUT`; {@link IoAbortedError} `ERR_EVOLOCK_IO_ABORTED`.
 * @throws {@link StreamError} `ERR_EVOLOCK_IO_STREAM` when the socket is or gets closed, or the system refuses.
 * @throws {@link SizeCheckError} `ERR_EVOLOCK_SIZE_CHECK` when the value is larger or smaller.
 * @throws {@link ProtocolError} `ERR_EVOLOCK_PROTOCOL` when the value is asynchronous.
 * @throws {@link LockLimitError} `ERR_EVOLOCK_LOCK_LIMIT`, {@link RegionLimitError} `ERR_EVOLOCK_REGION_LIMIT`.
 * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`, `ERR_EVOLOCK_ARGUMENT_VALUE`.
 *
 * @example
 * ```ts
 * import { once } from 'node:events';
 * import { connect, createServer, type AddressInfo } from 'node:net';
 * import { directSerialiseToSocket } from '@evolock/direct-serialise-io';
 * import { MLockedBytes } from '@evolock/mlocked-bytes';
 *
 * const server = createServer((peer) => peer.resume()).listen(0, '127.0.0.1');
 * await once(server, 'listening');
 * const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
 * const key = MLockedBytes.newZeroed(32);
 * await directSerialiseToSocket(socket, 32, key, { timeout: 5_000 });
 * key.release();
 * socket.end();
 * server.close();
 * ```
 */
export async function directSerialiseToSocket(
  socket: Socket,
  size: number,
  value: DirectSerialise,
  options?: SendOptions,
): Promise<void> {
  const stream = checkSocket('socket', socket);
  checkIoSize(size);
  const limit = new TimeLimit(checkOptions(options));
  if (!stream.writable) throw new StreamError('the socket is closed for writing', stream.errored);
  const staging = stage(size, value, options);
  try {
    // The view leaves its callback because the kernel reads it until the write has finished, which is awaited here.
    await write(stream, unsoundMemory(staging), limit);
  } finally {
    staging.release();
  }
}

function stage(
  size: number,
  value: DirectSerialise,
  options: AllocationOptions | undefined,
): MLockedBytes {
  return filled(MLockedBytes.newZeroed(size, options), (memory) => {
    directSerialiseBufChecked(memory, value);
  });
}

/**
 * Settles when nobody needs `bytes` any more. A wipe that came earlier would send zeros.
 *
 * A write that succeeds is over with its callback. One that fails is over when the socket has closed: by then the
 * kernel's interest in the memory has ended on every Node, and no `error` event can come any more that nobody hears.
 */
function write(socket: Socket, bytes: Uint8Array, limit: TimeLimit): Promise<void> {
  return new Promise((resolve, reject) => {
    let failure: Error | undefined;
    const fail = (error: Error): void => {
      failure ??= error;
      socket.destroy();
    };
    const broke = (cause: unknown): void => fail(new StreamError('sending failed', cause));
    const stopWatch = limit.start(fail);
    const stop = (): void => {
      stopWatch();
      socket.off('error', broke);
      socket.off('close', closed);
    };
    const closed = (): void => {
      stop();
      reject(failure ?? new StreamError('the socket was closed while sending'));
    };
    socket.on('error', broke);
    socket.on('close', closed);
    socket.write(bytes, (error) => {
      // Node 20 reports the write of a destroyed socket as a success.
      if (socket.destroyed || error) return error ? broke(error) : undefined;
      stop();
      resolve();
    });
  });
}
