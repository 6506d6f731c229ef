import { Socket, type OnReadOpts, type SocketConstructorOpts } from 'node:net';
import { wrongValue } from '@evolock/direct-serialise/arguments';
import { canReceiveInto, checkSocket } from './plain-socket.js';
import { StreamError } from './stream-error.js';
import { hasTurn } from './turn.js';

/** What a socket and its successor pass from one to the other; private to Node, the same from 20 to 24. */
interface WithHandle {
  _handle: unknown;
}

/**
 * Checks that a socket can be taken over: connected, open, nothing read and nothing left to write.
 *
 * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`, `ERR_EVOLOCK_ARGUMENT_VALUE`.
 * @throws {@link StreamError} `ERR_EVOLOCK_IO_STREAM` when it is closed.
 *
 * @internal
 */
export function checkFresh(value: unknown): Socket {
  const socket = checkSocket('socket', value);
  if (socket.connecting) throw wrongValue('socket', 'a connected socket', 'one that is connecting');
  if (!canReceiveInto(socket)) throw new StreamError('the socket is closed', socket.errored);
  if (socket.bytesRead > 0) {
    const expected = 'a socket that has read nothing (createServer({ pauseOnConnect: true }))';
    throw wrongValue('socket', expected, `${socket.bytesRead} bytes read into ordinary memory`);
  }
  if (socket.writableLength > 0 || socket.writableEnded || hasTurn(socket)) {
    throw wrongValue('socket', 'a socket that has nothing to write', 'one that is writing');
  }
  return socket;
}

/**
 * Makes a new socket of the connection of another, since memory to receive into can be given at creation alone.
 *
 * @internal
 */
export function takeOver(socket: Socket, onread: OnReadOpts): Socket {
  const old = socket as Socket & WithHandle;
  const options: SocketConstructorOpts & Record<string, unknown> = {
    handle: old._handle,
    pauseOnCreate: true,
    allowHalfOpen: true,
    onread,
  };
  const successor = new Socket(options);
  old._handle = null;
  // The server, or the child process, waits for the socket that it knows.
  successor.once('close', () => socket.destroy());
  return successor;
}
