/**
 * Time limits of several steps.
 */
import { performance } from 'node:perf_hooks';
import { checkInteger } from '@evolock/direct-serialise/arguments';
import { IoTimeoutError } from '@evolock/direct-serialise-io';

/** The time limit when the caller states none, in milliseconds. */
const DEFAULT_TIMEOUT = 10_000;

/**
 * Checks a time limit.
 *
 * @returns Milliseconds.
 */
export function checkTimeout(timeout: number | undefined): number {
  return checkInteger('timeout', timeout ?? DEFAULT_TIMEOUT, 1, 2_147_483_647);
}

/** One time limit for several steps. */
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
