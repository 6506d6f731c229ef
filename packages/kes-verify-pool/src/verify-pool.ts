import { wrongType } from '@evolock/direct-serialise/arguments';
import { ed25519, type KesAlgorithm, type KesShape, type KesVerification } from '@evolock/kes-sum';
import { compositionOf } from '@evolock/kes-sum/composition';
import { Batch, type PackedBatch } from './batch.js';
import { PoolCore, type KesVerifyOptions, type KesVerifyPoolOptions } from './pool-core.js';
import type { Items } from './source.js';

// From src as from dist, one step up.
const WORKER = new URL('../dist/worker.js', import.meta.url);

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
    return new KesVerifyPool(await PoolCore.start<boolean>(WORKER, options, none));
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
