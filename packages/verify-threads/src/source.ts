/** Takes items of an iterable without waiting. An item that is not there yet is announced when it arrives. */
import { wrongType } from '@evolock/direct-serialise/arguments';

export type Items<Item> = Iterable<Item> | AsyncIterable<Item>;

/** The result of `take` when there is no item now. */
export const NOTHING = Symbol('nothing');

/** The source of a stream. */
export class Source<Item> {
  readonly #iterator: Iterator<Item, unknown> | AsyncIterator<Item, unknown>;
  readonly #isAsync: boolean;
  readonly #announce: () => void;
  #arrived: { readonly item: Item } | undefined;
  #waiting = false;
  #ended = false;
  #failure: { readonly error: unknown } | undefined;

  /** Starts the iteration. `announce` is called when an item arrives for which {@link Source.take} had none. */
  constructor(items: Items<Item>, announce: () => void) {
    this.#isAsync = hasMethod(items, Symbol.asyncIterator);
    if (!this.#isAsync && !hasMethod(items, Symbol.iterator)) {
      throw wrongType('items', 'an iterable of verifications, or an asynchronous one', items);
    }
    this.#iterator = this.#isAsync
      ? (items as AsyncIterable<Item>)[Symbol.asyncIterator]()
      : (items as Iterable<Item>)[Symbol.iterator]();
    this.#announce = announce;
  }

  /** Whether a requested item has not arrived. */
  get waiting(): boolean {
    return this.#waiting;
  }

  /** Whether there will be no more items. */
  get ended(): boolean {
    return this.#ended;
  }

  /** The next item; `NOTHING` when there is none, or none yet. */
  take(): Item | typeof NOTHING {
    if (this.#ended || this.#waiting) return NOTHING;
    if (this.#arrived === undefined) this.#next();
    const arrived = this.#arrived;
    this.#arrived = undefined;
    return arrived === undefined ? NOTHING : arrived.item;
  }

  /** Throws the error of the iteration, if there is one. */
  throwFailure(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  /** Calls `return` of the iteration, as a loop does that ends early. Does not wait for it while an item is requested. */
  async close(): Promise<void> {
    if (this.#ended) return;
    this.#ended = true;
    const closing = this.#iterator.return?.();
    if (this.#waiting) void Promise.resolve(closing).catch(() => undefined);
    else await closing;
  }

  #next(): void {
    try {
      const next: unknown = this.#iterator.next();
      if (!this.#isAsync) {
        this.#receive(next);
        return;
      }
      this.#waiting = true;
      void this.#arrival(next);
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Reads a result of the iteration, as a loop does. */
  #receive(step: unknown): void {
    if (!isObject(step)) throw wrongType('items', 'an iterator whose results are objects', step);
    const { done } = step as Partial<IteratorResult<Item>>;
    if (done) this.#ended = true;
    else this.#arrived = { item: (step as IteratorYieldResult<Item>).value };
  }

  async #arrival(next: unknown): Promise<void> {
    try {
      this.#receive(await next);
    } catch (error) {
      this.#fail(error);
    }
    this.#waiting = false;
    this.#announce();
  }

  #fail(error: unknown): void {
    this.#failure = { error };
    this.#ended = true;
  }
}

function hasMethod(value: unknown, name: symbol): boolean {
  return isObject(value) && typeof (value as Record<symbol, unknown>)[name] === 'function';
}

function isObject(value: unknown): boolean {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}
