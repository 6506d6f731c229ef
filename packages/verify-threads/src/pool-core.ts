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

/** Threads and the limits of their streams. */
export class PoolCore<Verdict> {
  readonly #batchSize: number;
  readonly #threads: VerifyThreads<Verdict>;
  readonly #maxBatches: number;

  private constructor(threads: VerifyThreads<Verdict>, batchSize: number, maxBatches: number) {
    this.#threads = threads;
    this.#batchSize = batchSize;
    this.#maxBatches = maxBatches;
  }

  /**
   * Starts the threads. The default export of the module judges a batch; the options are those of the caller, unchecked.
   */
  static async start<Verdict>(
    module: string | URL,
    options: PoolOptions | undefined,
  ): Promise<PoolCore<Verdict>> {
    const {
      threads = availableParallelism(),
      batchSize = BATCH_SIZE,
      maxBatches,
    } = checkOptions(options, poolOptionNames);
    const count = checkInteger('options.threads', threads, 1, MAX_THREADS);
    const size = checkInteger('options.batchSize', batchSize, 1, MAX_BATCH_SIZE);
    const most = maxBatches ?? BATCHES_A_THREAD * count;
    checkInteger('options.maxBatches', most, 1, MAX_BATCHES);
    const started = await VerifyThreads.start<Verdict>(module, count);
    return new PoolCore(started, size, most);
  }

  /** Number of threads. */
  get count(): number {
    return this.#threads.count;
  }

  /** A stream of items through the threads. Throws {@link VerifyPoolClosedError}. */
  stream<Item>(
    stream: Stream<Item>,
    options: StreamOptions | undefined,
  ): AsyncGenerator<Verdict, void, undefined> {
    const run = new VerificationRun(this.#threads, stream, {
      newBatch: () => new OpenBatch(stream.context, this.#batchSize),
      maxBatches: this.#maxBatches,
      signal: checkSignal(options),
    });
    if (this.#threads.closed) throw new VerifyPoolClosedError();
    return run.verdicts();
  }

  /** Ends all threads. */
  close(): Promise<void> {
    return this.#threads.close();
  }
}

function checkSignal(options: StreamOptions | undefined): AbortSignal | undefined {
  const { signal } = checkOptions(options, ['signal']);
  if (signal !== undefined && !((signal as unknown) instanceof AbortSignal)) {
    throw wrongType('options.signal', 'an AbortSignal', signal);
  }
  return signal;
}
