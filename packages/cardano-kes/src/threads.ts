/**
 * Threads that judge headers, for `verifyDatabase` of `@evolock/cardano-headers/database`.
 *
 * @module
 */
import type { GroupVerdicts, JudgeContext } from '@evolock/cardano-headers/parts';
import { checkOptions, wrongType } from '@evolock/direct-serialise/arguments';
import { BytesPool, type PoolOptions } from '@evolock/verify-threads';

/** Options of {@link startHeaderThreads}. */
export interface HeaderThreadsOptions extends Pick<PoolOptions, 'threads'> {
  /**
   * The file that the threads load, as a file URL: for a bundled program, a bundle of `@evolock/cardano-kes/header-worker`.
   * The file of this package when absent.
   */
  readonly worker?: URL | undefined;
}

/** Groups of headers a batch: enough to keep a thread busy with files of one header each. */
const BATCH = 16;

/**
 * Starts threads that judge headers over libsodium: the option `threads` of `verifyDatabase`. They lock no memory. Those that
 * are not closed do not keep the process alive.
 *
 * @example
 * ```ts
 * import { mainnet } from '@evolock/cardano-headers';
 * import { verifyDatabase } from '@evolock/cardano-headers/database';
 * import { startHeaderThreads } from '@evolock/cardano-kes/threads';
 *
 * await using threads = await startHeaderThreads({ threads: 2 });
 * const { result } = await verifyDatabase('db/immutable', mainnet, { threads });
 * console.log(result);
 * ```
 *
 * @throws `VerifyThreadError` `ERR_EVOLOCK_VERIFY_THREAD` when a thread cannot start.
 */
export async function startHeaderThreads(
  options?: HeaderThreadsOptions,
): Promise<BytesPool<JudgeContext, GroupVerdicts>> {
  const { worker, threads } = checkOptions(options, ['worker', 'threads']);
  const pool = { threads, batchSize: BATCH };
  return BytesPool.start<JudgeContext, GroupVerdicts>(workerOf(worker), pool);
}

function workerOf(worker: unknown): URL {
  if (worker instanceof URL && worker.protocol === 'file:') return worker;
  // Undefined in a CommonJS bundle.
  const here = import.meta.url as string | undefined;
  if (worker !== undefined || here === undefined)
    throw wrongType('options.worker', 'a file: URL', worker);
  // The same path from src and from dist.
  return new URL('../dist/header-worker.js', here);
}
