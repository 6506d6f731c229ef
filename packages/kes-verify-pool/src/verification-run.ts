/**
 * One stream of verifications through the pool: batches are filled and sent while there is room for them, and their
 * verdicts handed out in order. Who takes no verdicts stops the source.
 */
import { EvolockError } from '@evolock/direct-serialise';
import type { OpenBatch } from './batch.js';
import { NOTHING, Source, type Items } from './source.js';
import type { VerifyThreads } from './verify-threads.js';

/**
 * A stream of verifications was aborted by its `signal`, whose reason is the `cause`.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { VerifyAbortedError } from '@evolock/kes-verify-pool';
 *
 * assert.equal(new VerifyAbortedError('shutting down').cause, 'shutting down');
 * ```
 */
export class VerifyAbortedError extends EvolockError {
  readonly code = 'ERR_EVOLOCK_VERIFY_ABORTED';

  constructor(reason: unknown) {
    super('aborted by its signal', { cause: reason });
  }
}

/** How a stream goes through the pool. */
export interface RunSettings<Item> {
  readonly newBatch: () => OpenBatch<Item>;
  /** How many batches may be under way: being filled, sent, or verified and not yet taken. */
  readonly maxBatches: number;
  readonly signal: AbortSignal | undefined;
}

/** A batch that was sent, and what became of it. */
class SentBatch<Verdict> {
  #verdicts: readonly Verdict[] | undefined;
  #failure: { readonly error: unknown } | undefined;

  constructor(verdicts: Promise<readonly Verdict[]>, announce: () => void) {
    void this.#settle(verdicts).then(announce);
  }

  get settled(): boolean {
    return this.#verdicts !== undefined || this.#failure !== undefined;
  }

  /** The verdicts of a batch that has them; throws what was thrown instead. */
  get verdicts(): readonly Verdict[] {
    if (this.#failure !== undefined) throw this.#failure.error;
    return this.#verdicts!;
  }

  async #settle(verdicts: Promise<readonly Verdict[]>): Promise<void> {
    try {
      this.#verdicts = await verdicts;
    } catch (error) {
      this.#failure = { error };
    }
  }
}

/**
 * A stream of verifications.
 *
 * @internal
 */
export class VerificationRun<Item, Verdict> {
  readonly #threads: VerifyThreads<Verdict>;
  readonly #settings: RunSettings<Item>;
  readonly #source: Source<Item>;
  #open: OpenBatch<Item>;
  /** Oldest first: verdicts come in this order. */
  readonly #sent: SentBatch<Verdict>[] = [];
  #wake: () => void = () => undefined;

  constructor(threads: VerifyThreads<Verdict>, items: Items<Item>, settings: RunSettings<Item>) {
    this.#threads = threads;
    this.#settings = settings;
    this.#open = settings.newBatch();
    this.#source = new Source(items, () => this.#wake());
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
      // As in a loop that is left by an error: what the end of the source throws does not hide it.
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

  /** Whether all that came was verified and handed out. */
  #isOver(): boolean {
    this.#throwIfAborted();
    this.#fill();
    // The source may have aborted it, when nothing waited that could be woken.
    this.#throwIfAborted();
    return this.#sent.length === 0 && this.#source.ended;
  }

  #nextVerdicts(): readonly Verdict[] | undefined {
    return this.#sent[0]?.settled === true ? this.#sent.shift()?.verdicts : undefined;
  }

  /** Takes what the source has, as long as there is room, and sends what is full. */
  #fill(): void {
    const { maxBatches } = this.#settings;
    while (this.#sent.length < maxBatches) {
      const item = this.#source.take();
      if (item === NOTHING) break;
      this.#open.add(item);
      if (this.#open.isFull) this.#send();
    }
    if (!this.#open.isEmpty && this.#isTimeToSend()) this.#send();
  }

  /** A batch goes with what it has when nothing more comes, or when a thread would wait together with us. */
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

  /** Resolves when an item has come, a batch is back, or the signal says stop. */
  async #change(): Promise<void> {
    await new Promise<void>((resolve) => (this.#wake = resolve));
  }

  #throwIfAborted(): void {
    const { signal } = this.#settings;
    if (signal?.aborted === true) throw new VerifyAbortedError(signal.reason);
  }
}
