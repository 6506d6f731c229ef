/** The threads of a pool. A batch goes to the thread with the fewest, and waits while all have as many as they hold. */
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { BytesBatch } from './batch.js';
import { VerifyPoolClosedError, VerifyThreadError } from './errors.js';

/** Batches that a thread holds: the next ones are there while it works on the first. */
const BATCHES_OF_THREAD = 3;

/** MiB for new objects of a thread: V8 enlarges it from time to time. A batch leaves nothing that lives on. */
const YOUNG_MIB = 6;

/**
 * What a thread runs. It is no file, which would have to be beside every bundle. In a CommonJS module the default export is
 * inside another one. An error ends the thread.
 */
const THREAD = `
import { on } from 'node:events';
import { parentPort, workerData } from 'node:worker_threads';
const batches = on(parentPort, 'message');
const { default: loaded } = await import(workerData);
const judge = loaded.default ?? loaded;
for await (const [batch] of batches) parentPort.postMessage(await judge(batch));
`;

const nothing = (): BytesBatch => ({ context: undefined, count: 0, memory: new ArrayBuffer(0) });

interface Task<Verdict> {
  readonly batch: BytesBatch<unknown>;
  readonly resolve: (verdicts: readonly Verdict[]) => void;
  readonly reject: (error: unknown) => void;
}

/** One thread. When it has ended, the next batch starts another. */
class Thread<Verdict> {
  readonly #module: string;
  readonly #onFree: () => void;
  #worker: Worker | undefined;
  /** What it holds, oldest first: it answers in this order. */
  #tasks: Task<Verdict>[] = [];

  constructor(module: string, onFree: () => void) {
    this.#module = module;
    this.#onFree = onFree;
  }

  get held(): number {
    return this.#tasks.length;
  }

  /** Sends a batch. One that cannot be sent is not held: its place would shift all later answers. */
  run(task: Task<Verdict>): void {
    try {
      const worker = (this.#worker ??= this.#start());
      worker.postMessage(task.batch, [task.batch.memory]);
      worker.ref();
      this.#tasks.push(task);
    } catch (error) {
      task.reject(error);
    }
  }

  async end(): Promise<void> {
    await this.#worker?.terminate();
  }

  #start(): Worker {
    let failure: unknown;
    const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(THREAD)}`), {
      workerData: this.#module,
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MIB },
    });
    worker.on('message', (verdicts: readonly Verdict[]) => {
      this.#tasks.shift()?.resolve(verdicts);
      if (this.#tasks.length === 0) worker.unref();
      this.#onFree();
    });
    worker.on('error', (error) => (failure = error));
    worker.once('exit', () => {
      this.#worker = undefined;
      for (const { reject } of this.#tasks.splice(0)) reject(failure);
      this.#onFree();
    });
    return worker;
  }
}

/** A number of threads that run the default export of a module on batches. */
export class VerifyThreads<Verdict> {
  readonly #threads: readonly Thread<Verdict>[];
  /** Oldest first. */
  readonly #waiting: Task<Verdict>[] = [];
  #closed = false;

  constructor(module: string, count: number) {
    const onFree = () => this.#feed();
    this.#threads = Array.from({ length: count }, () => new Thread<Verdict>(module, onFree));
  }

  /**
   * Starts threads, or throws {@link VerifyThreadError}. Resolves when each has answered an empty batch, and so has loaded
   * its module.
   */
  static async start<Verdict>(
    module: string | URL,
    count: number,
  ): Promise<VerifyThreads<Verdict>> {
    const path = typeof module === 'string' ? module : fileURLToPath(module);
    const threads = new VerifyThreads<Verdict>(pathToFileURL(path).href, count);
    try {
      await Promise.all(Array.from({ length: count }, () => threads.#run(nothing())));
    } catch (error) {
      await threads.close();
      throw new VerifyThreadError(
        error,
        `a thread of the pool could not load ${path}: ${reasonOf(error)}. A bundler has to make it as an ` +
          'entry of its own: see "In a bundle" in the README of @evolock/verify-threads',
      );
    }
    return threads;
  }

  /** How many. */
  get count(): number {
    return this.#threads.length;
  }

  /** Whether the pool was closed. */
  get closed(): boolean {
    return this.#closed;
  }

  /**
   * Moves a batch to a thread, which returns a verdict for each item. Throws {@link VerifyThreadError},
   * {@link VerifyPoolClosedError}.
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
    return new Promise((resolve, reject) => {
      this.#waiting.push({ batch, resolve, reject });
      this.#feed();
    });
  }

  /** Gives batches to threads that hold few. */
  #feed(): void {
    for (;;) {
      const thread = this.#threads.reduce((least, one) => (one.held < least.held ? one : least));
      const task = thread.held < BATCHES_OF_THREAD ? this.#waiting.shift() : undefined;
      if (task === undefined) return;
      thread.run(task);
    }
  }

  /** Ends all threads. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const { reject } of this.#waiting.splice(0)) reject(undefined);
    await Promise.all(this.#threads.map((thread) => thread.end()));
  }
}

/** The message of an error, without the lines with the modules that required a missing one, and without our text. */
function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.replace(/(?: (?:imported )?from \W*data:|\n).*/s, '');
}
