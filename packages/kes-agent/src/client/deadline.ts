import { performance } from 'node:perf_hooks';
import { IoTimeoutError } from '@evolock/direct-serialise-io';

/**
 * One time limit for several steps.
 *
 * @internal
 */
export class Deadline {
  readonly #timeout: number;
  readonly #end: number;

  /**
   * Begins.
   *
   * @param timeout - Milliseconds from now.
   */
  constructor(timeout: number) {
    this.#timeout = timeout;
    this.#end = performance.now() + timeout;
  }

  /** The limit of the next step, in milliseconds. */
  get left(): number {
    return Math.max(1, Math.ceil(this.#end - performance.now()));
  }

  /** The error of a step, as an error of all steps. */
  errorOf(error: unknown): unknown {
    return error instanceof IoTimeoutError ? new IoTimeoutError(this.#timeout) : error;
  }
}
