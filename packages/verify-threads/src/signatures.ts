/**
 * Verifies key evolving signatures on many threads: a stream of items in, a stream of verdicts out.
 *
 * @module
 */
import { checkOptions, wrongType } from '@evolock/direct-serialise/arguments';
import { ed25519, type KesAlgorithm, type KesVerification } from '@evolock/kes-sum';
import { type KesShape } from '@evolock/kes-sum/all';
import { compositionOf } from '@evolock/kes-sum/unsound';
import type { Items } from './source.js';
import {
  poolOptionNames,
  startThreads,
  ThreadPool,
  type PoolOptions,
  type StreamOptions,
} from './thread-pool.js';
import { encodeVerification, type Composition } from './verification.js';

/** Options of a pool of verifications. */
export interface KesVerifyPoolOptions extends PoolOptions {
  /**
   * The file that the threads load, as a path or a file URL: for a bundled program, a bundle of
   * `@evolock/verify-threads/worker`. The file of this package when absent.
   */
  readonly worker?: string | URL | undefined;
}

/**
 * Threads that verify key evolving signatures over Ed25519. They hold public values only and lock no memory. A pool that is
 * not closed does not keep the process alive.
 */
export class KesVerifyPool extends ThreadPool<boolean> {
  /**
   * Starts the threads. Resolves when each has loaded what it needs.
   *
   * @throws `VerifyThreadError` `ERR_EVOLOCK_VERIFY_THREAD` when a thread cannot start.
   */
  static async start(options?: KesVerifyPoolOptions): Promise<KesVerifyPool> {
    const { worker, ...rest } = checkOptions(options, [...poolOptionNames, 'worker']);
    return new KesVerifyPool(await startThreads<boolean>(workerOf(worker), rest));
  }

  /**
   * Verifies a stream of signatures: a verdict for each item, in order. An error in an item makes its verdict false. Each
   * item is copied when it is taken. Items are taken when a verdict is requested, and no further ahead than `maxBatches` of
   * the pool allow. While the source waits, the items that were taken are verified.
   *
   * @param algorithm - An algorithm of these packages over Ed25519.
   * @param items - A synchronous or asynchronous iterable. It is ended when the loop over the verdicts ends. Its error is
   * thrown after the verdicts of the items before it.
   * @returns Verdicts, for one loop. It throws `VerifyAbortedError` `ERR_EVOLOCK_VERIFY_ABORTED`,
   * `VerifyThreadError` `ERR_EVOLOCK_VERIFY_THREAD`, `VerifyPoolClosedError`
   * `ERR_EVOLOCK_VERIFY_POOL_CLOSED`.
   * @throws `ArgumentError` `ERR_EVOLOCK_ARGUMENT_TYPE` for another algorithm, `items` that cannot be iterated, or
   * a wrong `signal`.
   * @throws `VerifyPoolClosedError` `ERR_EVOLOCK_VERIFY_POOL_CLOSED`.
   */
  verifyMany<Shape extends KesShape>(
    algorithm: KesAlgorithm<Shape>,
    items: Items<KesVerification<Shape>>,
    options?: StreamOptions,
  ): AsyncGenerator<boolean, void, undefined> {
    checkOverEd25519(algorithm);
    const { variant, depth } = algorithm;
    const context: Composition = { variant, depth };
    const bytesOf = (item: KesVerification) => encodeVerification(algorithm, item);
    const stream = { items: items as Items<KesVerification>, bytesOf, context };
    return this.stream(stream, options);
  }
}

/** A thread makes the algorithm from its depth and variant, always over Ed25519. */
function checkOverEd25519(algorithm: unknown): void {
  if (compositionOf(algorithm)?.dsign !== ed25519) {
    throw wrongType('algorithm', 'a KesAlgorithm of these packages over Ed25519', algorithm);
  }
}

/** The file that the threads load. */
function workerOf(worker: unknown): string | URL {
  if (typeof worker === 'string') return worker;
  if (worker instanceof URL && worker.protocol === 'file:') return worker;
  // Undefined in a CommonJS bundle.
  const here = import.meta.url as string | undefined;
  if (worker !== undefined || here === undefined) {
    throw wrongType('options.worker', 'a path or a file URL', worker);
  }
  // The same path from src and from dist.
  return new URL('../dist/worker.js', here);
}
