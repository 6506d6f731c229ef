/**
 * The threads, which a library keeps: it starts them, gives each its batches, and replaces one that dies.
 */
import { fileURLToPath } from 'node:url';
import { EvolockError } from '@evolock/direct-serialise';
import { Piscina } from 'piscina';
import type { MovedBatch } from './batch.js';

/**
 * A thread of the pool died with batches that it had been given: out of memory, or ended by other code of the process.
 * What was not verified has no verdict. The pool goes on with a new thread.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { VerifyThreadError } from '@evolock/kes-verify-pool';
 *
 * assert.equal(new VerifyThreadError(new Error('gone')).code, 'ERR_EVOLOCK_VERIFY_THREAD');
 * ```
 */
export class VerifyThreadError extends EvolockError {
  readonly code = 'ERR_EVOLOCK_VERIFY_THREAD';

  constructor(cause: unknown) {
    super('a thread of the pool ended before it had verified what it was given', { cause });
  }
}

/**
 * The pool was closed, before or while it was used.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { sum6Kes } from '@evolock/kes-sum';
 * import { KesVerifyPool } from '@evolock/kes-verify-pool';
 *
 * const pool = await KesVerifyPool.start({ threads: 1 });
 * await pool.close();
 * assert.throws(() => pool.verifyMany(sum6Kes, []), { code: 'ERR_EVOLOCK_VERIFY_POOL_CLOSED' });
 * ```
 */
export class VerifyPoolClosedError extends EvolockError {
  readonly code = 'ERR_EVOLOCK_VERIFY_POOL_CLOSED';

  constructor() {
    super('this pool is closed');
  }
}

/** How many batches a thread holds: while it works on one, the next is there already. */
const BATCHES_OF_THREAD = 2;

/**
 * A number of threads that run the default export of a module on batches.
 *
 * @internal
 */
export class VerifyThreads<Verdict> {
  readonly count: number;
  readonly #threads: Piscina<MovedBatch, readonly Verdict[]>;
  #closed = false;

  constructor(module: string | URL, count: number) {
    this.count = count;
    this.#threads = new Piscina({
      filename: typeof module === 'string' ? module : fileURLToPath(module),
      minThreads: count,
      maxThreads: count,
      idleTimeout: Infinity,
      concurrentTasksPerWorker: BATCHES_OF_THREAD,
    });
    // A thread that dies without work is replaced, and nobody need be told. Without a listener it would be a crash.
    this.#threads.on('error', () => undefined);
  }

  /** Starts threads, and resolves when each has answered an empty batch: it has loaded what it needs then. */
  static async start<Verdict>(
    module: string | URL,
    count: number,
    none: () => MovedBatch,
  ): Promise<VerifyThreads<Verdict>> {
    const threads = new VerifyThreads<Verdict>(module, count);
    let ready = false;
    try {
      await Promise.all(Array.from({ length: count }, () => threads.verify(none())));
      ready = true;
    } finally {
      if (!ready) await threads.close();
    }
    return threads;
  }

  /** Whether it was closed. */
  get closed(): boolean {
    return this.#closed;
  }

  /**
   * Moves a batch to a thread.
   *
   * @returns For each item its verdict.
   * @throws {@link VerifyThreadError} `ERR_EVOLOCK_VERIFY_THREAD`, {@link VerifyPoolClosedError}
   * `ERR_EVOLOCK_VERIFY_POOL_CLOSED`.
   */
  async verify(batch: MovedBatch): Promise<readonly Verdict[]> {
    if (this.#closed) throw new VerifyPoolClosedError();
    try {
      return await this.#threads.run(batch, { transferList: [batch.memory] });
    } catch (error) {
      throw this.#closed ? new VerifyPoolClosedError() : new VerifyThreadError(error);
    }
  }

  /** Ends all threads. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#threads.destroy();
  }
}
