import { EvolockError } from '@evolock/direct-serialise';
import { checkInteger, wrongType } from '@evolock/direct-serialise/arguments';

/** How long an asynchronous operation may take. */
export interface TimeOptions {
  /** Ends the operation when it is aborted. */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds after which the operation ends, 1 to 2^31 − 1; without it, it may take for ever. */
  readonly timeout?: number | undefined;
}

/**
 * An operation took longer than its `timeout`. The stream is closed, everything is wiped.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { IoTimeoutError } from '@evolock/direct-serialise-io';
 *
 * assert.equal(new IoTimeoutError(250).message, 'not finished within 250 ms');
 * ```
 */
export class IoTimeoutError extends EvolockError {
  readonly code = 'ERR_EVOLOCK_IO_TIMEOUT';
  /** The limit, milliseconds. */
  readonly timeout: number;

  constructor(timeout: number) {
    super(`not finished within ${timeout} ms`);
    this.timeout = timeout;
  }
}

/**
 * An operation was aborted by its `signal`, whose reason is the `cause`. The stream is closed, everything is wiped;
 * when the signal was aborted before the operation began, nothing has happened.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { IoAbortedError } from '@evolock/direct-serialise-io';
 *
 * assert.equal(new IoAbortedError('shutting down').cause, 'shutting down');
 * ```
 */
export class IoAbortedError extends EvolockError {
  readonly code = 'ERR_EVOLOCK_IO_ABORTED';

  constructor(reason: unknown) {
    super('aborted by its signal', { cause: reason });
  }
}

const MAX_TIMEOUT = 2_147_483_647;

/**
 * The limits of one operation, checked.
 *
 * @internal
 */
export class TimeLimit {
  readonly #signal: AbortSignal | undefined;
  readonly #timeout: number | undefined;

  /** Refuses a signal that is aborted already: the operation must not begin. */
  constructor({ signal, timeout }: TimeOptions) {
    if (signal !== undefined && !(signal instanceof AbortSignal)) {
      throw wrongType('signal', 'an AbortSignal', signal);
    }
    if (timeout !== undefined) checkInteger('timeout', timeout, 1, MAX_TIMEOUT);
    refuseAborted(signal);
    this.#signal = signal;
    this.#timeout = timeout;
  }

  /**
   * Begins to watch. A signal that was aborted since it was checked, by an allocator or by the value, is refused: it
   * would tell nobody any more.
   *
   * @returns Ends the watch; to be called however the operation ends.
   */
  start(expire: (error: IoTimeoutError | IoAbortedError) => void): () => void {
    const signal = this.#signal;
    const timeout = this.#timeout;
    refuseAborted(signal);
    const abort = (): void => expire(new IoAbortedError(signal?.reason));
    signal?.addEventListener('abort', abort, { once: true });
    const timer =
      timeout === undefined
        ? undefined
        : setTimeout(() => expire(new IoTimeoutError(timeout)), timeout);
    return () => {
      signal?.removeEventListener('abort', abort);
      clearTimeout(timer);
    };
  }
}

function refuseAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw new IoAbortedError(signal.reason);
}
