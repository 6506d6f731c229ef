/** The threads of a pool. Piscina starts them, sends each its batches, and replaces a thread that ends. */
import { fileURLToPath } from 'node:url';
import { Piscina } from 'piscina';
import type { BytesBatch } from './batch.js';
import { VerifyPoolClosedError, VerifyThreadError } from './errors.js';

/** Batches that a thread holds: the next one is there while it works on the first. */
const BATCHES_OF_THREAD = 2;

const nothing = (): BytesBatch => ({ context: undefined, count: 0, memory: new ArrayBuffer(0) });

/** A number of threads that run the default export of a module on batches. */
export class VerifyThreads<Verdict> {
  readonly count: number;
  readonly #threads: Piscina<BytesBatch<unknown>, readonly Verdict[]>;
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
    // A thread that ends without work is replaced. Without a listener its error would end the process.
    this.#threads.on('error', () => undefined);
  }

  /** Starts threads. Resolves when each has answered an empty batch, and so has loaded its module. */
  static async start<Verdict>(
    module: string | URL,
    count: number,
  ): Promise<VerifyThreads<Verdict>> {
    const threads = new VerifyThreads<Verdict>(module, count);
    let ready = false;
    try {
      await Promise.all(Array.from({ length: count }, () => threads.verify(nothing())));
      ready = true;
    } finally {
      if (!ready) await threads.close();
    }
    return threads;
  }

  /** Whether the pool was closed. */
  get closed(): boolean {
    return this.#closed;
  }

  /**
   * Moves a batch to a thread.
   *
   * @returns A verdict for each item.
   * @throws {@link VerifyThreadError} `ERR_EVOLOCK_VERIFY_THREAD`, {@link VerifyPoolClosedError}
   * `ERR_EVOLOCK_VERIFY_POOL_CLOSED`.
   */
  async verify(batch: BytesBatch<unknown>): Promise<readonly Verdict[]> {
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
