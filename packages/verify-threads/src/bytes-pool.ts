import { checkBytes, wrongType } from '@evolock/direct-serialise/arguments';
import { PoolCore, type StreamOptions, type PoolOptions } from './pool-core.js';
import type { Items } from './source.js';

/**
 * Threads that judge byte strings by a function of the caller, which may parse and verify. A context is sent to a thread
 * with each batch, a verdict comes back for each item: any values that can be cloned. A pool that is not closed does not
 * keep the process alive.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { mkdtempSync, writeFileSync } from 'node:fs';
 * import { tmpdir } from 'node:os';
 * import { join } from 'node:path';
 * import { pathToFileURL } from 'node:url';
 * import { BytesPool } from '@evolock/verify-threads';
 *
 * // A module usually imports `bytesIn` from @evolock/verify-threads/bytes.
 * const module = join(mkdtempSync(join(tmpdir(), 'example-')), 'counts.mjs');
 * writeFileSync(module, 'export default ({ count, context }) => Array(count).fill(context);');
 * await using pool = await BytesPool.start<string, string>(pathToFileURL(module), { threads: 1 });
 * const verdicts = pool.judgeMany([new Uint8Array(3)], 'good');
 * for await (const verdict of verdicts) assert.equal(verdict, 'good');
 * ```
 */
export class BytesPool<Context, Verdict> implements AsyncDisposable {
  readonly #core: PoolCore<Verdict>;

  private constructor(core: PoolCore<Verdict>) {
    this.#core = core;
  }

  /**
   * Starts the threads. Resolves when each has loaded the module.
   *
   * @param module - A `file:` URL. The default export is called with a `BytesBatch` and returns an array with a
   * verdict for each byte string, or a promise of one. It is called with an empty batch first, without a context.
   * @throws {@link VerifyThreadError} `ERR_EVOLOCK_VERIFY_THREAD` when a thread cannot start.
   */
  static async start<Context, Verdict>(
    module: URL,
    options?: PoolOptions,
  ): Promise<BytesPool<Context, Verdict>> {
    if (!((module as unknown) instanceof URL) || module.protocol !== 'file:')
      throw wrongType('module', 'a file: URL', module);
    return new BytesPool(await PoolCore.start<Verdict>(module, options));
  }

  /** Number of threads. */
  get threads(): number {
    return this.#core.count;
  }

  /**
   * Judges a stream of byte strings of less than 4 GiB: a verdict for each, in order. An item is copied when it is taken,
   * which is when a verdict is requested, and no further ahead than `maxBatches` of `batchSize` items. A batch is full at
   * 1 MiB, too. An item that is not a byte string ends the stream with an error. The context is sent to a thread with each
   * batch.
   *
   * @throws {@link VerifyPoolClosedError} `ERR_EVOLOCK_VERIFY_POOL_CLOSED`.
   */
  judgeMany(
    items: Items<Uint8Array>,
    context: Context,
    options?: StreamOptions,
  ): AsyncGenerator<Verdict, void, undefined> {
    const copyOf = (item: Uint8Array) => new Uint8Array(checkBytes('item', item));
    return this.#core.stream({ items, bytesOf: copyOf, context }, options);
  }

  /** Ends all threads; a stream in progress throws. May be called again. */
  async close(): Promise<void> {
    await this.#core.close();
  }

  /** The same as {@link BytesPool.close}. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}
