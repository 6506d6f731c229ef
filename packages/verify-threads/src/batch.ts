/** Byte strings in one buffer, which moves to a thread and is not copied: the lengths as 32-bit words, then the bytes. */

/**
 * The argument of the default export of a module of a `BytesPool`, with the `context` of the stream. {@link bytesIn} reads
 * the byte strings.
 */
export interface BytesBatch<Context = undefined> {
  readonly context: Context;
  /** Number of byte strings. */
  readonly count: number;
  readonly memory: ArrayBuffer;
}

const WORD = 4;

/** A batch of this many bytes is full. */
const FULL_BYTES = 1 << 20;

/** A batch that is being filled. */
export class OpenBatch {
  readonly #context: unknown;
  readonly #places: number;
  readonly #items: Uint8Array[] = [];
  #size = 0;

  constructor(context: unknown, places: number) {
    this.#context = context;
    this.#places = places;
  }

  /** Whether it has no items. */
  get isEmpty(): boolean {
    return this.#items.length === 0;
  }

  /** Whether it is to be sent. */
  get isFull(): boolean {
    return this.#items.length === this.#places || this.#size >= FULL_BYTES;
  }

  /** Adds a byte string, which nothing changes before the batch is packed. */
  add(item: Uint8Array): void {
    this.#items.push(item);
    this.#size += item.byteLength;
  }

  /** The batch, ready to be moved away; nothing may be added afterwards. */
  packed(): BytesBatch<unknown> {
    const count = this.#items.length;
    const memory = new ArrayBuffer(count * WORD + this.#size);
    new Uint32Array(memory, 0, count).set(this.#items.map(({ byteLength }) => byteLength));
    const bytes = new Uint8Array(memory);
    let at = count * WORD;
    for (const item of this.#items) {
      bytes.set(item, at);
      at += item.byteLength;
    }
    return { context: this.#context, count, memory };
  }
}

/** The byte strings of a batch, in order: views of its memory. */
export function* bytesIn({
  count,
  memory,
}: BytesBatch<unknown>): Generator<Uint8Array, void, void> {
  let at = count * WORD;
  for (const length of new Uint32Array(memory, 0, count)) {
    yield new Uint8Array(memory, at, length);
    at += length;
  }
}
