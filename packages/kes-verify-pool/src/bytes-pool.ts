import { wrongType } from '@evolock/direct-serialise/arguments';
import { OpenBytesBatch, type BytesBatch } from './bytes-batch.js';
import { PoolCore, type KesVerifyOptions, type PoolOptions } from './pool-core.js';
import type { Items } from './source.js';

/**
 * Threads that judge byte strings by a function of the caller: whatever a verdict takes, parsing included, is done in the
 * threads. They have the order, the back-pressure and the errors of {@link KesVerifyPool}.
 *
 * @template Context - What goes to a thread with each batch: anything that can be cloned.
 * @template Verdict - What the function returns for an item: anything that can be cloned.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
 * import { tmpdir } from 'node:os';
 * import { join } from 'node:path';
 * import { pathToFileURL } from 'node:url';
 * import { BytesPool } from '@evolock/kes-verify-pool';
 *
 * // A module of its own; most import `bytesIn` from @evolock/kes-verify-pool/bytes.
 * const folder = mkdtempSync(join(tmpdir(), 'example-'));
 * const module = join(folder, 'counts.mjs');
 * writeFileSync(module, 'export default ({ count, context }) => Array(count).fill(context);');
 * const pool = await BytesPool.start<string, string>(pathToFileURL(module), { threads: 1 });
 * const verdicts: string[] = [];
 * for await (const verdict of pool.judgeMany([new Uint8Array(3)], 'good')) verdicts.push(verdict);
 * assert.deepEqual(verdicts, ['good']);
 * await pool.close();
 * rmSync(folder, { recursive: true });
 * ```
 */
export class BytesPool<Context, Verdict> implements AsyncDisposable {
  readonly #core: PoolCore<Verdict>;

  private constructor(core: PoolCore<Verdict>) {
    this.#core = core;
  }

  /**
   * Starts the threads, and waits until each has loaded the module.
   *
   * @param module - A `file:` URL. The default export is called with a {@link BytesBatch} and returns an array with a
   * verdict for each byte string, or a promise of one. It is called with an empty batch first, without a context.
   * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`, `ERR_EVOLOCK_ARGUMENT_VALUE`.
   * @throws {@link VerifyThreadError} `ERR_EVOLOCK_VERIFY_THREAD` when a thread cannot start.
   */
  static async start<Context, Verdict>(
    module: URL,
    options?: PoolOptions,
  ): Promise<BytesPool<Context, Verdict>> {
    if (!((module as unknown) instanceof URL) || module.protocol !== 'file:')
      throw wrongType('module', 'a file: URL', module);
    const none = (): BytesBatch => ({ context: undefined, count: 0, memory: new ArrayBuffer(0) });
    return new BytesPool(await PoolCore.start<Verdict>(module, options, none));
  }

  /** How many threads judge. */
  get threads(): number {
    return this.#core.count;
  }

  /**
   * Judges a stream of byte strings: a verdict for each, in order. Each is copied when it is taken. Nothing is taken before
   * the first verdict is asked for, nor further ahead than the pool's `maxBatches` allow. A batch is full at 1 MiB, too.
   *
   * @param items - Any iterable, or an asynchronous one, of byte strings of less than 4 GiB. What it throws is thrown
   * behind the verdicts of the items before.
   * @param context - What goes to a thread with each batch.
   * @returns Verdicts, to be taken by one loop. It throws {@link VerifyAbortedError} `ERR_EVOLOCK_VERIFY_ABORTED`,
   * {@link VerifyThreadError} `ERR_EVOLOCK_VERIFY_THREAD`, {@link VerifyPoolClosedError}
   * `ERR_EVOLOCK_VERIFY_POOL_CLOSED`.
   * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE` for what cannot be iterated, or is no signal.
   * An item that is no byte string ends the stream with it.
   * @throws {@link VerifyPoolClosedError} `ERR_EVOLOCK_VERIFY_POOL_CLOSED`.
   */
  judgeMany(
    items: Items<Uint8Array>,
    context: Context,
    options?: KesVerifyOptions,
  ): AsyncGenerator<Verdict, void, undefined> {
    const newBatch = () => new OpenBytesBatch(context, this.#core.batchSize);
    return this.#core.stream(items, newBatch, options);
  }

  /** Ends all threads; what is under way throws. May be called again. */
  async close(): Promise<void> {
    await this.#core.close();
  }

  /** The same as {@link BytesPool.close}. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}
