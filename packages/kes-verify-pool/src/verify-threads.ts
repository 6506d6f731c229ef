/**
 * The threads, which a library keeps: it starts them, gives each its batches, and replaces one that dies.
 */
import { fileURLToPath } from 'node:url';
import { EvolockError } from '@evolock/direct-serialise';
import { wrongType } from '@evolock/direct-serialise/arguments';
import { Piscina } from 'piscina';
import type { PackedBatch } from './batch.js';

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

/** The file that threads load. Only this package's own file has a place relative to this module. */
function pathOfWorker(worker: string | URL | undefined): string {
  if (worker instanceof URL) return fileURLToPath(worker);
  if (worker !== undefined) return worker;
  // A bundle in CommonJS does not have this address.
  const here = import.meta.url as string | undefined;
  if (here === undefined)
    throw wrongType('options.worker', 'the path of the bundled worker', worker);
  // The same from src and from dist.
  return fileURLToPath(new URL('../dist/worker.js', here));
}

/** How many batches a thread holds: while it works on one, the next is there already. */
const BATCHES_OF_THREAD = 2;

const NO_BATCH: Omit<PackedBatch, 'memory'> = { variant: 'sum', depth: 0, count: 0, places: 0 };

/**
 * A number of threads that verify batches.
 *
 * @internal
 */
export class VerifyThreads {
  readonly count: number;
  readonly #threads: Piscina<PackedBatch, Uint8Array>;
  #closed = false;

  constructor(count: number, worker: string | URL | undefined) {
    this.count = count;
    this.#threads = new Piscina({
      filename: pathOfWorker(worker),
      minThreads: count,
      maxThreads: count,
      idleTimeout: Infinity,
      concurrentTasksPerWorker: BATCHES_OF_THREAD,
    });
    // A thread that dies without work is replaced, and nobody need be told. Without a listener it would be a crash.
    this.#threads.on('error', () => undefined);
  }

  /** Resolves when every thread has loaded what it needs. */
  async ready(): Promise<void> {
    const none = Array.from({ length: this.count }, () =>
      this.verify({ ...NO_BATCH, memory: new ArrayBuffer(0) }),
    );
    await Promise.all(none);
  }

  /** Whether it was closed. */
  get closed(): boolean {
    return this.#closed;
  }

  /**
   * Moves a batch to a thread.
   *
   * @returns For each item 1, or 0 where it is false.
   * @throws {@link VerifyThreadError} `ERR_EVOLOCK_VERIFY_THREAD`, {@link VerifyPoolClosedError}
   * `ERR_EVOLOCK_VERIFY_POOL_CLOSED`.
   */
  async verify(batch: PackedBatch): Promise<Uint8Array> {
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
