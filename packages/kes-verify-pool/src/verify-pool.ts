import { checkOptions, wrongType } from '@evolock/direct-serialise/arguments';
import { ed25519, type KesAlgorithm, type KesShape, type KesVerification } from '@evolock/kes-sum';
import { compositionOf } from '@evolock/kes-sum/unsound';
import { Batch, type PackedBatch } from './batch.js';
import { PoolCore, type KesVerifyOptions, type PoolOptions } from './pool-core.js';
import type { Items } from './source.js';

/** Options of a pool of verifications. */
export interface KesVerifyPoolOptions extends PoolOptions {
  /**
   * The file that the threads load: a bundle of `@evolock/kes-verify-pool/worker`, as a path or a file URL. The file of
   * this package when absent, which a program that is bundled does not have beside it.
   */
  readonly worker?: string | URL | undefined;
}

const NO_BATCH: Omit<PackedBatch, 'memory'> = { variant: 'sum', depth: 0, count: 0, places: 0 };

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
  readonly #core: PoolCore<boolean>;

  private constructor(core: PoolCore<boolean>) {
    this.#core = core;
  }

  /**
   * Starts the threads, and waits until each has loaded what it needs.
   *
   * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`, `ERR_EVOLOCK_ARGUMENT_VALUE`.
   * @throws {@link VerifyThreadError} `ERR_EVOLOCK_VERIFY_THREAD` when a thread cannot start.
   */
  static async start(options?: KesVerifyPoolOptions): Promise<KesVerifyPool> {
    const none = (): PackedBatch => ({ ...NO_BATCH, memory: new ArrayBuffer(0) });
    return new KesVerifyPool(await PoolCore.start<boolean>(workerOf(options), options, none));
  }

  /** How many threads verify. */
  get threads(): number {
    return this.#core.count;
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
    const newBatch = (): Batch => new Batch(algorithm, this.#core.batchSize);
    return this.#core.stream(items as Items<KesVerification>, newBatch, options);
  }

  /** Ends all threads; what is under way throws. May be called again. */
  async close(): Promise<void> {
    await this.#core.close();
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

/** The file that the threads load. */
function workerOf(options: KesVerifyPoolOptions | undefined): string | URL {
  const worker: unknown = checkOptions(options).worker;
  if (typeof worker === 'string') return worker;
  if (worker instanceof URL && worker.protocol === 'file:') return worker;
  // A bundle in CommonJS does not have this address.
  const here = import.meta.url as string | undefined;
  if (worker !== undefined || here === undefined) {
    throw wrongType('options.worker', 'a path or a file URL', worker);
  }
  // The same from src and from dist.
  return new URL('../dist/worker.js', here);
}
