import { availableParallelism } from 'node:os';
import { checkInteger, checkOptions, wrongType } from '@evolock/direct-serialise/arguments';
import { ed25519, type KesAlgorithm, type KesShape, type KesVerification } from '@evolock/kes-sum';
import { compositionOf } from '@evolock/kes-sum/composition';
import type { Items } from './source.js';
import { VerificationRun } from './verification-run.js';
import { VerifyPoolClosedError, VerifyThreads } from './verify-threads.js';

/** Options of a pool. */
export interface KesVerifyPoolOptions {
  /** How many threads verify: as many as the machine runs at once when absent. */
  readonly threads?: number | undefined;
  /** How many verifications make a batch: 256 when absent, which keep a thread busy for some 15 ms. */
  readonly batchSize?: number | undefined;
  /**
   * How many batches a stream may have under way, those included whose verdicts wait to be taken: three for each
   * thread when absent. So many times `batchSize` items are taken from the source ahead of the verdicts, and no more.
   */
  readonly maxBatches?: number | undefined;
  /**
   * The file that the threads load: a bundle of `@evolock/kes-verify-pool/worker`, as a path or a file URL. The file of
   * this package when absent, which a program that is bundled does not have beside it.
   */
  readonly worker?: string | URL | undefined;
}

/** Options of a stream of verifications. */
export interface KesVerifyOptions {
  /** Ends the stream when it is aborted. */
  readonly signal?: AbortSignal | undefined;
}

const MAX_THREADS = 1024;
const MAX_BATCH_SIZE = 65_536;
const MAX_BATCHES = 65_536;
const BATCH_SIZE = 256;
const BATCHES_A_THREAD = 3;

/**
 * Threads that verify key evolving signatures over Ed25519. They are given verification keys, messages and signatures,
 * all of them public; they hold no secret and lock no memory. A pool that is forgotten keeps no process alive.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { MLockedSeed, sum6Kes } from '@evolock/kes-sum';
 * import { KesVerifyPool } from '@evolock/kes-verify-pool';
 *
 * const seed = MLockedSeed.newRandom(32);
 * const signingKey = sum6Kes.generateKey(seed);
 * const verificationKey = signingKey.deriveVerificationKey();
 * const message = new TextEncoder().encode('block header');
 * const good = { verificationKey, period: 0, message, signature: signingKey.sign(message) };
 *
 * const pool = await KesVerifyPool.start({ threads: 2 });
 * const verdicts: boolean[] = [];
 * for await (const verdict of pool.verifyMany(sum6Kes, [good, { ...good, period: 1 }])) {
 *   verdicts.push(verdict);
 * }
 * assert.deepEqual(verdicts, [true, false]);
 * await pool.close();
 * signingKey.release();
 * seed.release();
 * ```
 */
export class KesVerifyPool implements AsyncDisposable {
  readonly #threads: VerifyThreads;
  readonly #batchSize: number;
  readonly #maxBatches: number;

  private constructor(threads: VerifyThreads, batchSize: number, maxBatches: number) {
    this.#threads = threads;
    this.#batchSize = batchSize;
    this.#maxBatches = maxBatches;
  }

  /**
   * Starts the threads, and waits until each has loaded what it needs.
   *
   * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`, `ERR_EVOLOCK_ARGUMENT_VALUE`.
   * @throws {@link VerifyThreadError} `ERR_EVOLOCK_VERIFY_THREAD` when a thread cannot start.
   */
  static async start(options?: KesVerifyPoolOptions): Promise<KesVerifyPool> {
    const {
      threads = availableParallelism(),
      batchSize = BATCH_SIZE,
      maxBatches,
      worker,
    } = checkOptions(options);
    const count = checkInteger('options.threads', threads, 1, MAX_THREADS);
    const size = checkInteger('options.batchSize', batchSize, 1, MAX_BATCH_SIZE);
    const most = maxBatches ?? BATCHES_A_THREAD * count;
    checkInteger('options.maxBatches', most, 1, MAX_BATCHES);
    const started = new VerifyThreads(count, checkWorker(worker));
    let ready = false;
    try {
      await started.ready();
      ready = true;
    } finally {
      if (!ready) await started.close();
    }
    return new KesVerifyPool(started, size, most);
  }

  /** How many threads verify. */
  get threads(): number {
    return this.#threads.count;
  }

  /**
   * Verifies a stream of signatures: a verdict for each item, in order. What is wrong with an item, whatever it is, is
   * its verdict alone; each is copied when it is taken. Nothing is taken before the first verdict is asked for, nor
   * further ahead than the pool's `maxBatches` allow. Where the source lets wait, what there is is verified meanwhile.
   *
   * @param algorithm - Over Ed25519, made by the constructors of these packages.
   * @param items - Any iterable, or an asynchronous one. It is ended when the loop over the verdicts is left. What it
   * throws is thrown behind the verdicts of the items before.
   * @returns Verdicts, to be taken by one loop. It throws {@link VerifyAbortedError} `ERR_EVOLOCK_VERIFY_ABORTED`,
   * {@link VerifyThreadError} `ERR_EVOLOCK_VERIFY_THREAD`, {@link VerifyPoolClosedError}
   * `ERR_EVOLOCK_VERIFY_POOL_CLOSED`.
   * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE` for what is no such algorithm, cannot be iterated, or is
   * no signal.
   * @throws {@link VerifyPoolClosedError} `ERR_EVOLOCK_VERIFY_POOL_CLOSED`.
   */
  verifyMany<Shape extends KesShape>(
    algorithm: KesAlgorithm<Shape>,
    items: Items<KesVerification<Shape['name']>>,
    options?: KesVerifyOptions,
  ): AsyncGenerator<boolean, void, undefined> {
    checkOverEd25519(algorithm);
    const run = new VerificationRun(this.#threads, items as Items<KesVerification>, {
      algorithm: algorithm,
      batchSize: this.#batchSize,
      maxBatches: this.#maxBatches,
      signal: checkSignal(options),
    });
    if (this.#threads.closed) throw new VerifyPoolClosedError();
    return run.verdicts();
  }

  /** Ends all threads; what is under way throws. May be called again. */
  async close(): Promise<void> {
    await this.#threads.close();
  }

  /** The same as {@link KesVerifyPool.close}. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

/** A thread makes the algorithm again by its description, which a leaf scheme of somebody's own has not. */
function checkOverEd25519(algorithm: unknown): void {
  if (compositionOf(algorithm)?.dsign !== ed25519) {
    throw wrongType('algorithm', 'a KesAlgorithm of these packages over Ed25519', algorithm);
  }
}

function checkWorker(worker: unknown): string | URL | undefined {
  const isFile = worker instanceof URL ? worker.protocol === 'file:' : typeof worker === 'string';
  if (worker === undefined || isFile) return worker as string | URL | undefined;
  throw wrongType('options.worker', 'a path or a file URL', worker);
}

function checkSignal(options: KesVerifyOptions | undefined): AbortSignal | undefined {
  const { signal } = checkOptions(options);
  if (signal !== undefined && !((signal as unknown) instanceof AbortSignal)) {
    throw wrongType('options.signal', 'an AbortSignal', signal);
  }
  return signal;
}
