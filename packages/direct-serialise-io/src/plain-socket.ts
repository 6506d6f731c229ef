import { Socket } from 'node:net';
import { wrongType, wrongValue } from '@evolock/direct-serialise/arguments';

/**
 * Checks that a value is a socket which writes the memory it is given: TCP, Unix, a pipe to a child process. A TLS
 * socket is none, since it encrypts from and to ordinary memory.
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
