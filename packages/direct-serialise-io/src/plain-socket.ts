import { Socket } from 'node:net';
import { wrongType, wrongValue } from '@evolock/direct-serialise/arguments';

/** What a socket reads and writes with; private to Node, the same from 20 to 24. */
interface Handle {
  readonly fd?: unknown;
  readonly useUserBuffer?: unknown;
}

/**
 * Checks that a value is a plain socket: TCP, Unix, a pipe to a child process. A TLS socket is none, since it encrypts
 * from and to ordinary memory.
 *
 * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`, `ERR_EVOLOCK_ARGUMENT_VALUE` for a TLS socket.
 *
 * @internal
 */
export function checkSocket(argument: string, value: unknown): Socket {
  if (!(value instanceof Socket)) throw wrongType(argument, 'a net.Socket', value);
  if ('encrypted' in value) {
    throw wrongValue(argument, 'a plain socket', 'a TLS socket, which copies into ordinary memory');
  }
  return value;
}

/**
 * The file descriptor of an open socket. It belongs to the socket, and is valid until the event loop turns or the socket
 * is destroyed.
 *
 * @returns `undefined` when the socket is closed, was never connected, or has none: on Windows.
 *
 * @internal
 */
export function descriptorOf(socket: Socket): number | undefined {
  const fd = handleOf(socket)?.fd;
  return typeof fd === 'number' && fd >= 0 ? fd : undefined;
}

/**
 * Tells an open socket where to receive into. The socket object does not refer to the memory, only its handle does: the
 * memory has to live until the socket has closed.
 *
 * @returns Whether the socket is open and can be told so.
 *
 * @internal
 */
export function receiveInto(socket: Socket, memory: Uint8Array): boolean {
  if (!canReceiveInto(socket)) return false;
  (handleOf(socket) as { useUserBuffer(memory: Uint8Array): void }).useUserBuffer(memory);
  return true;
}

/**
 * Whether a socket is open and {@link receiveInto} can be called.
 *
 * @internal
 */
export function canReceiveInto(socket: Socket): boolean {
  return !socket.destroyed && typeof handleOf(socket)?.useUserBuffer === 'function';
}

function handleOf(socket: Socket): Handle | null | undefined {
  return (socket as { _handle?: Handle | null })._handle;
}
