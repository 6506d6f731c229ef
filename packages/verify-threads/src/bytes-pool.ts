import { checkBytes, wrongType } from '@evolock/direct-serialise/arguments';
import type { Items } from './source.js';
import { startThreads, ThreadPool, type PoolOptions, type StreamOptions } from './thread-pool.js';

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
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- all streams of a pool have one type of context
export class BytesPool<Context, Verdict> extends ThreadPool<Verdict> {
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
    return new BytesPool(await startThreads<Verdict>(module, options));
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
    return this.stream({ items, bytesOf: copyOf, context }, options);
  }
}
