/** Calls to the system, with errors that name the socket. */
import { SocketError } from '../errors.js';

/**
 * The code of a system's error; `undefined` for another error.
 *
 * @internal
 */
export function systemCode(error: unknown): string | undefined {
  const { code } = (error ?? {}) as { readonly code?: unknown };
  return typeof code === 'string' ? code : undefined;
}

/**
 * Calls the system.
 *
 * @throws {@link SocketError} `ERR_EVOLOCK_AGENT_SOCKET`, reason `system`.
 *
 * @internal
 */
export function systemCall<Result>(path: string, call: () => Result): Result {
  try {
    return call();
  } catch (cause) {
    throw new SocketError('system', path, { detail: systemCode(cause), cause });
  }
}
