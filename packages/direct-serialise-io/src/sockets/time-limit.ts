import { setMaxListeners } from 'node:events';
import { checkInteger, wrongType } from '@evolock/direct-serialise/arguments';
import { allocationOptionNames } from '@evolock/mlocked-bytes';
import { IoAbortedError, IoTimeoutError } from '../errors.js';

/** Time limits of an asynchronous operation. */
export interface TimeOptions {
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds after which the operation ends, 1 to 2^31 − 1; no limit when absent. */
  readonly timeout?: number | undefined;
}

/** The names of {@link TimeOptions}. */
export const timeOptionNames = ['signal', 'timeout'] as const;

/** The names of time limits and of an allocator. */
export const transferOptionNames = [...timeOptionNames, ...allocationOptionNames] as const;

const MAX_TIMEOUT = 2_147_483_647;

/** The checked time limits of one operation. */
export class TimeLimit {
  readonly #signal: AbortSignal | undefined;
  readonly #timeout: number | undefined;

  /** Throws for an aborted signal, so that the operation does not begin. */
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
   * Starts the limits, and returns what stops them. Throws for a signal that was aborted since the check: it fires no
   * event.
   */
  start(expire: (error: IoTimeoutError | IoAbortedError) => void): () => void {
    const signal = this.#signal;
    const timeout = this.#timeout;
    refuseAborted(signal);
    // One signal may end many operations, and Node.js warns of more than ten listeners.
    if (signal !== undefined) setMaxListeners(0, signal);
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
