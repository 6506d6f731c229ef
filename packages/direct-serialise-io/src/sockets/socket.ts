/**
 * Plain sockets: where to connect, which sockets are accepted, their handles, and a new socket for the connection of
 * another.
 */
import { Socket, type OnReadOpts, type SocketConstructorOpts } from 'node:net';
import {
  checkInteger,
  checkOptions,
  wrongType,
  wrongValue,
} from '@evolock/direct-serialise/arguments';
import { StreamError } from '../errors.js';
import { otherRuntime } from '../system/calls.js';
import { hasTurn } from './turn.js';

/** Where to connect: a Unix socket (a named pipe on Windows), or a TCP port of a host. */
export type Target =
  | { readonly path: string }
  | {
      readonly port: number;
      /** `localhost` when absent. */
      readonly host?: string | undefined;
    };

/** Checks a target, and returns its own members only. */
export function checkTarget(target: unknown): { path: string } | { port: number; host: string } {
  if (typeof target !== 'object' || target === null) {
    throw wrongType('target', 'an object with a path or a port', target);
  }
  const {
    path,
    port,
    host = 'localhost',
  } = checkOptions(
    target as { readonly path?: unknown; readonly port?: unknown; readonly host?: unknown },
    ['path', 'port', 'host'],
    'target',
  );
  if (path !== undefined) {
    if (typeof path !== 'string') throw wrongType('path', 'a string', path);
    return { path };
  }
  if (typeof host !== 'string') throw wrongType('host', 'a string', host);
  return { port: checkInteger('port', port, 1, 65_535), host };
}

/**
 * Throws unless this is Node.js. Locked memory is sent and received by handles that are private to it. In Deno the number
 * that looks like the descriptor of a pipe is another number; in Bun a socket receives into ordinary memory.
 */
export function checkRuntime(): void {
  const other = otherRuntime();
  if (other === undefined) return;
  throw new StreamError(
    `sockets cannot be used from locked memory in ${other}: use Node.js, or a file or a blocking descriptor`,
  );
}

/** The handle of a socket; private to Node.js, the same from 20 to 24. */
interface Handle {
  readonly fd?: unknown;
  readonly useUserBuffer?: unknown;
}

function handleOf(socket: Socket): Handle | null | undefined {
  return (socket as { _handle?: Handle | null })._handle;
}

/**
 * Checks a plain socket: TCP, Unix, a pipe to a child process. A TLS socket is refused, since it encrypts from and to
 * ordinary memory.
 */
export function checkSocket(argument: string, value: unknown): Socket {
  if (!(value instanceof Socket)) throw wrongType(argument, 'a net.Socket', value);
  if ('encrypted' in value) {
    throw wrongValue(argument, 'a plain socket', 'a TLS socket, which copies into ordinary memory');
  }
  checkRuntime();
  return value;
}

/**
 * The file descriptor of an open socket. It belongs to the socket, and is valid until the next turn of the event loop, or
 * until the socket is destroyed. `undefined` when it is closed or not yet connected, and on Windows.
 */
export function descriptorOf(socket: Socket): number | undefined {
  const fd = handleOf(socket)?.fd;
  return typeof fd === 'number' && fd >= 0 ? fd : undefined;
}

/**
 * Lets a socket receive into memory, if it is open and supports this. The socket object does not refer to the memory, only
 * its handle does: the memory has to live until the socket has closed.
 */
export function receiveInto(socket: Socket, memory: Uint8Array): boolean {
  if (!canReceiveInto(socket)) return false;
  (handleOf(socket) as { useUserBuffer(memory: Uint8Array): void }).useUserBuffer(memory);
  return true;
}

function canReceiveInto(socket: Socket): boolean {
  return !socket.destroyed && typeof handleOf(socket)?.useUserBuffer === 'function';
}

/** Checks that a socket can be taken over: connected and open, without bytes read, and without bytes to write. */
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

/** The handle that a socket passes to its successor; private to Node.js, the same from 20 to 24. */
interface WithHandle {
  _handle: unknown;
}

/** Makes a new socket for the connection of another: only a new socket accepts memory to receive into. */
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
  // The server or the child process waits for the close of the old socket.
  successor.once('close', () => socket.destroy());
  return successor;
}
