/** What both pools share: options, threads and streams. */
import { availableParallelism } from 'node:os';
import { checkInteger, checkOptions, wrongType } from '@evolock/direct-serialise/arguments';
import { OpenBatch } from './batch.js';
import { VerifyPoolClosedError } from './errors.js';
import { VerificationRun, type Stream } from './verification-run.js';
import { VerifyThreads } from './verify-threads.js';

/** Options of a pool. */
export interface PoolOptions {
  /** Number of threads: `availableParallelism()` when absent. */
  readonly threads?: number | undefined;
  /** Items of a batch: 256 when absent, which take a thread some 15 ms. */
  readonly batchSize?: number | undefined;
  /**
   * Most batches of a stream in progress, those with verdicts that were not yet taken included: three for each thread when
   * absent. The source is at most that many times `batchSize` items ahead of the verdicts.
   */
  readonly maxBatches?: number | undefined;
}

/** The names of {@link PoolOptions}. */
export const poolOptionNames = ['threads', 'batchSize', 'maxBatches'] as const;

/** Options of a stream of verifications. */
export interface StreamOptions {
  /** Ends the stream when it aborts. */
  readonly signal?: AbortSignal | undefined;
}

const MAX_THREADS = 1024;
const MAX_BATCH_SIZE = 65_536;
const MAX_BATCHES = 65_536;
const BATCH_SIZE = 256;
const BATCHES_A_THREAD = 3;

/** Threads that were started, and the limits of their streams. */
interface Started<Verdict> {
  readonly threads: VerifyThreads<Verdict>;
  readonly batchSize: number;
  readonly maxBatches: number;
}

/** Starts threads. The default export of the module judges a batch; the options are those of the caller, unchecked. */
export async function startThreads<Verdict>(
  module: string | URL,
  options: PoolOptions | undefined,
): Promise<Started<Verdict>> {
  const {
    threads: wanted = availableParallelism(),
    batchSize = BATCH_SIZE,
    maxBatches: most,
  } = checkOptions(options, poolOptionNames);
  const count = checkInteger('options.threads', wanted, 1, MAX_THREADS);
  checkInteger('options.batchSize', batchSize, 1, MAX_BATCH_SIZE);
  const maxBatches = most ?? BATCHES_A_THREAD * count;
  checkInteger('options.maxBatches', maxBatches, 1, MAX_BATCHES);
  return { threads: await VerifyThreads.start<Verdict>(module, count), batchSize, maxBatches };
}

/** Threads that judge streams of items. */
export abstract class ThreadPool<Verdict> implements AsyncDisposable {
  readonly #started: Started<Verdict>;

  protected constructor(started: Started<Verdict>) {
    this.#started = started;
  }

  /** Number of threads. */
  get threads(): number {
    return this.#started.threads.count;
  }

  /** A stream of items through the threads. Throws {@link VerifyPoolClosedError}. */
  protected stream<Item>(
    stream: Stream<Item>,
    streamOptions: StreamOptions | undefined,
  ): AsyncGenerator<Verdict, void, undefined> {
    const { threads, batchSize, maxBatches } = this.#started;
    const run = new VerificationRun(threads, stream, {
      newBatch: () => new OpenBatch(stream.context, batchSize),
      maxBatches,
      signal: checkSignal(streamOptions),
    });
    if (threads.closed) throw new VerifyPoolClosedError();
    return run.verdicts();
  }

  /** Ends all threads; a stream in progress throws. May be called again. */
  async close(): Promise<void> {
    await this.#started.threads.close();
  }

  /** Calls {@link close}, for `await using`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

function checkSignal(options: StreamOptions | undefined): AbortSignal | undefined {
  const { signal } = checkOptions(options, ['signal']);
  if (signal !== undefined && !((signal as unknown) instanceof AbortSignal)) {
    throw wrongType('options.signal', 'an AbortSignal', signal);
  }
  return signal;
}
