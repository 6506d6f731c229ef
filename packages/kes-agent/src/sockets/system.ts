/** Calls to the system and its limit, with errors that name the socket. */
import { SocketError } from '../errors.js';

/** The code of a system's error; `undefined` for another error. */
export function systemCode(error: unknown): string | undefined {
  const { code } = (error ?? {}) as { readonly code?: unknown };
  return typeof code === 'string' ? code : undefined;
}

/** Calls the system. */
export function systemCall<Result>(path: string, call: () => Result): Result {
  try {
    return call();
  } catch (cause) {
    throw new SocketError('system', path, { detail: systemCode(cause), cause });
  }
}

/** Bytes of a path in the address of a Unix socket, without its end. Node.js would use a part of a longer path. */
const longestPath = (): number => (process.platform === 'linux' ? 107 : 103);

/** Refuses a path that the system would shorten. */
export function checkLength(path: string): void {
  const size = Buffer.byteLength(path);
  const longest = longestPath();
  if (size <= longest) return;
  const detail = `${String(size)} bytes, at most ${String(longest)}`;
  throw new SocketError('path-too-long', path, { detail });
}
