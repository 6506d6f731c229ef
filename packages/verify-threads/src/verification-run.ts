/**
 * One stream of items through the pool. Batches are filled and sent while fewer than the limit are in progress; verdicts come
 * out in order. While no verdict is taken, no item is taken from the source.
 */
import type { OpenBatch } from './batch.js';
import { VerifyAbortedError } from './errors.js';
import { NOTHING, Source, type Items } from './source.js';
import type { VerifyThreads } from './verify-threads.js';

/** Items, and how they are sent. */
export interface Stream<Item> {
  readonly items: Items<Item>;
  /** Copies an item. */
  readonly bytesOf: (item: Item) => Uint8Array;
  /** What the threads get with each batch. */
  readonly context: unknown;
}

interface RunSettings {
  readonly newBatch: () => OpenBatch;
  /** Most batches in progress: being filled, sent, or answered and not yet taken. */
  readonly maxBatches: number;
  readonly signal: AbortSignal | undefined;
}

class SentBatch<Verdict> {
  /** Returns the verdicts or throws the error. */
  #result: (() => readonly Verdict[]) | undefined;

  constructor(verdicts: Promise<readonly Verdict[]>, announce: () => void) {
    void this.#settle(verdicts).then(announce);
  }

  get settled(): boolean {
    return this.#result !== undefined;
  }

  /** The verdicts; `undefined` before the batch is settled. Throws its error. */
  get verdicts(): readonly Verdict[] | undefined {
    return this.#result?.();
  }

  async #settle(verdicts: Promise<readonly Verdict[]>): Promise<void> {
    try {
      const settled = await verdicts;
      this.#result = () => settled;
    } catch (error) {
      this.#result = () => {
        throw error;
      };
    }
  }
}

/** A stream of verifications. */
export class VerificationRun<Item, Verdict> {
  readonly #threads: VerifyThreads<Verdict>;
  readonly #settings: RunSettings;
  readonly #bytesOf: (item: Item) => Uint8Array;
  readonly #source: Source<Item>;
  #open: OpenBatch;
  /** Oldest first. */
  readonly #sent: SentBatch<Verdict>[] = [];
  #wake: () => void = () => undefined;

  constructor(threads: VerifyThreads<Verdict>, stream: Stream<Item>, settings: RunSettings) {
    this.#threads = threads;
    this.#settings = settings;
    this.#open = settings.newBatch();
    this.#bytesOf = stream.bytesOf;
    this.#source = new Source(stream.items, () => this.#wake());
  }

  /** The verdicts, in order. */
  async *verdicts(): AsyncGenerator<Verdict, void, undefined> {
    const { signal } = this.#settings;
    const aborted = (): void => this.#wake();
    signal?.addEventListener('abort', aborted, { once: true });
    try {
      while (!this.#isOver()) {
        const verdicts = this.#nextVerdicts();
        if (verdicts === undefined) await this.#change();
        else yield* this.#handedOut(verdicts);
      }
      this.#source.throwFailure();
    } catch (error) {
      // As in a loop that ends by an error: an error of `return` of the source does not replace it.
      await this.#source.close().catch(() => undefined);
      throw error;
    } finally {
      signal?.removeEventListener('abort', aborted);
      await this.#source.close();
    }
  }

  *#handedOut(verdicts: readonly Verdict[]): Generator<Verdict, void, undefined> {
    for (const verdict of verdicts) {
      this.#throwIfAborted();
      yield verdict;
    }
  }

  /** Whether the source has ended and every verdict was taken. */
  #isOver(): boolean {
    this.#throwIfAborted();
    this.#fill();
    // The source may have aborted the signal.
    this.#throwIfAborted();
    return this.#sent.length === 0 && this.#source.ended;
  }

  #nextVerdicts(): readonly Verdict[] | undefined {
    return this.#sent[0]?.settled === true ? this.#sent.shift()?.verdicts : undefined;
  }

  /** Takes items from the source while fewer batches than the limit are in progress, and sends full batches. */
  #fill(): void {
    const { maxBatches } = this.#settings;
    while (this.#sent.length < maxBatches) {
      const item = this.#source.take();
      if (item === NOTHING) break;
      this.#open.add(this.#bytesOf(item));
      if (this.#open.isFull) this.#send();
    }
    if (!this.#open.isEmpty && this.#isTimeToSend()) this.#send();
  }

  /** A batch that is not full is sent when the source has ended, or when it waits and a thread is idle. */
  #isTimeToSend(): boolean {
    if (this.#source.ended) return true;
    const working = this.#sent.filter(({ settled }) => !settled).length;
    return this.#source.waiting && working < this.#threads.count;
  }

  #send(): void {
    const verdicts = this.#threads.verify(this.#open.packed());
    this.#sent.push(new SentBatch(verdicts, () => this.#wake()));
    this.#open = this.#settings.newBatch();
  }

  /** Resolves when an item arrives, a batch is settled, or the signal is aborted. */
  async #change(): Promise<void> {
    await new Promise<void>((resolve) => (this.#wake = resolve));
  }

  #throwIfAborted(): void {
    const { signal } = this.#settings;
    if (signal?.aborted === true) throw new VerifyAbortedError(signal.reason);
  }
}
