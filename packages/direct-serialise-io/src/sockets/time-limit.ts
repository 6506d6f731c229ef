import { setMaxListeners } from 'node:events';
import { wrongType } from '@evolock/direct-serialise/arguments';
import { allocationOptionNames } from '@evolock/mlocked-bytes';
import { IoAbortedError, IoTimeoutError } from '../errors.js';

/** What ends an asynchronous operation before its peer does. */
export interface WaitOptions {
  /** Ends it on abort: `AbortSignal.timeout(5_000)` after five seconds. No limit when absent. */
  readonly signal?: AbortSignal | undefined;
}

/** The names of {@link WaitOptions}. */
export const waitOptionNames = ['signal'] as const;

/** The names of limits of waiting and of an allocator. */
export const transferOptionNames = [...waitOptionNames, ...allocationOptionNames] as const;

/** The checked limit of one operation. */
export class TimeLimit {
  readonly #signal: AbortSignal | undefined;

  /** Throws for an aborted signal, so that the operation does not begin. */
  constructor({ signal }: WaitOptions) {
    if (signal !== undefined && !(signal instanceof AbortSignal)) {
      throw wrongType('signal', 'an AbortSignal', signal);
    }
    refuseAborted(signal);
    this.#signal = signal;
  }

  /**
   * Starts the limit, and returns what stops it. Throws for a signal that was aborted since the check: it fires no event.
   */
  start(expire: (error: IoTimeoutError | IoAbortedError) => void): () => void {
    const signal = this.#signal;
    if (signal === undefined) return () => undefined;
    refuseAborted(signal);
    // One signal may end many operations, and Node.js warns of more than ten listeners.
    setMaxListeners(0, signal);
    const abort = (): void => expire(errorBy(signal));
    signal.addEventListener('abort', abort, { once: true });
    return () => signal.removeEventListener('abort', abort);
  }
}

function refuseAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw errorBy(signal);
}

/** `AbortSignal.timeout` has a reason of this name. */
function errorBy({ reason }: AbortSignal): IoTimeoutError | IoAbortedError {
  const isTimeout = reason instanceof Error && reason.name === 'TimeoutError';
  return isTimeout ? new IoTimeoutError(reason) : new IoAbortedError(reason);
}
