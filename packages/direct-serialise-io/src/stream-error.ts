import { EvolockError } from '@evolock/direct-serialise';

/**
 * The operating system refused a read, a write or a connection, or the stream was closed by somebody else.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { directDeserialiseFromDescriptor, StreamError } from '@evolock/direct-serialise-io';
 * import { MLockedBytes } from '@evolock/mlocked-bytes';
 *
 * assert.throws(() => directDeserialiseFromDescriptor(1_000_000, 32, MLockedBytes.type(32)), (error) => {
 *   assert(error instanceof StreamError);
 *   assert.equal(error.code, 'ERR_EVOLOCK_IO_STREAM');
 *   assert.equal(error.systemCode, 'EBADF');
 *   return true;
 * });
 * ```
 */
export class StreamError extends EvolockError {
  readonly code = 'ERR_EVOLOCK_IO_STREAM';
  /** The code of the `cause`, `ENOSPC` or `ECONNRESET` for instance, where it has one. */
  readonly systemCode: string | undefined;

  constructor(what: string, cause?: unknown) {
    const systemCode = codeOf(cause);
    super(
      systemCode === undefined ? what : `${what} (${systemCode})`,
      cause === undefined ? undefined : { cause },
    );
    this.systemCode = systemCode;
  }
}

function codeOf(cause: unknown): string | undefined {
  const code = (cause as { code?: unknown } | undefined)?.code;
  return typeof code === 'string' ? code : undefined;
}

/**
 * Asks the operating system for something, and says in an error of this package what it refused.
 *
 * @internal
 */
export function attempt<Result>(what: string, call: () => Result): Result {
  try {
    return call();
  } catch (cause) {
    throw new StreamError(`${what} failed`, cause);
  }
}
