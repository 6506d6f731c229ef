/**
 * The threads of a pool. Piscina starts them, sends each its batches, and replaces a thread that ends. It has files beside
 * it that its threads load, so no bundler may follow: `createRequire` is called as a member of the module, since bundlers
 * know the import of that name.
 */
import nodeModule from 'node:module';
import { fileURLToPath } from 'node:url';
import type { Piscina } from 'piscina';
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
    this.#threads = new (requirePiscina())({
      filename: pathOf(module),
      minThreads: count,
      maxThreads: count,
      idleTimeout: Infinity,
      concurrentTasksPerWorker: BATCHES_OF_THREAD,
    });
    // A thread that ends without work is replaced. Without a listener its error would end the process.
    this.#threads.on('error', () => undefined);
  }

  /**
   * Starts threads. Resolves when each has answered an empty batch, and so has loaded its module.
   *
   * @throws {@link VerifyThreadError} `ERR_EVOLOCK_VERIFY_THREAD`.
   */
  static async start<Verdict>(
    module: string | URL,
    count: number,
  ): Promise<VerifyThreads<Verdict>> {
    const threads = new VerifyThreads<Verdict>(module, count);
    try {
      await Promise.all(Array.from({ length: count }, () => threads.#run(nothing())));
    } catch (error) {
      await threads.close();
      throw new VerifyThreadError(
        error,
        `a thread of the pool could not load ${pathOf(module)}: ${reasonOf(error)}. A bundler has to make it as an ` +
          'entry of its own: see "In a bundle" in the README of @evolock/kes-verify-pool',
      );
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
      return await this.#run(batch);
    } catch (error) {
      throw this.#closed ? new VerifyPoolClosedError() : new VerifyThreadError(error);
    }
  }

  #run(batch: BytesBatch<unknown>): Promise<readonly Verdict[]> {
    return this.#threads.run(batch, { transferList: [batch.memory] });
  }

  /** Ends all threads. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#threads.destroy();
  }
}

function pathOf(module: string | URL): string {
  return typeof module === 'string' ? module : fileURLToPath(module);
}

/** Piscina, from `node_modules` beside this module, or beside the bundle that contains it. */
function requirePiscina(): typeof Piscina {
  const file =
    // eslint-disable-next-line n/no-unsupported-features/node-builtins -- experimental until 24.0, and the same since 20.11
    import.meta.filename ??
    // A bundle that is CommonJS. There, `import.meta.url` can be a file of the machine that built it.
    (typeof __filename === 'string' ? __filename : import.meta.url);
  try {
    return (nodeModule.createRequire(file)('piscina') as { Piscina: typeof Piscina }).Piscina;
  } catch (error) {
    throw new VerifyThreadError(
      error,
      `piscina could not be loaded: ${reasonOf(error)}. Run \`npm install piscina@5\` in the folder of the program: ` +
        'a bundle does not contain it',
    );
  }
}

/** The message of an error, without the lines with the modules that required a missing one. */
function reasonOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n', 1)[0] ?? '';
}
