/**
 * A batch of verifications in one buffer, which moves to a thread and is not copied.
 *
 * It begins with two 32-bit words for each place: the period, or {@link NOT_ONE}, and the length of the message. Then follow
 * the bytes of each item: verification key, signature, message. An item that is not a verification of the algorithm has no
 * bytes: it is false without being sent.
 */
import { sizeOfBytes } from '@evolock/direct-serialise/arguments';
import type { KesAlgorithm, KesVariant, KesVerification } from '@evolock/kes-sum';

/** A batch that is being filled. */
export interface OpenBatch<Item> {
  /** Whether it has no items. */
  readonly isEmpty: boolean;
  /** Whether it is to be sent. */
  readonly isFull: boolean;
  add(item: Item): void;
  /** The batch, ready to be moved away; nothing may be added afterwards. */
  packed(): MovedBatch;
}

/** What is sent to a thread: its memory moves and is not copied. */
export interface MovedBatch {
  readonly memory: ArrayBuffer;
}

/** A batch of verifications as it is sent. */
export interface PackedBatch extends MovedBatch {
  readonly variant: KesVariant;
  readonly depth: number;
  /** Number of items. */
  readonly count: number;
  /** Number of places. */
  readonly places: number;
}

/** In place of a period: no algorithm has that many periods. */
const NOT_ONE = 0xffff_ffff;

const WORD = 4;

/** The longest message whose length fits into a word. */
const MAX_MESSAGE = 0xffff_ffff;
const WORDS_OF_ITEM = 2;

/** Bytes that a new batch has for each message. It grows when they are too few. */
const MESSAGE_BYTES = 256;

/** A batch of this many bytes is full. */
const FULL_BYTES = 1 << 20;

/** A batch that is being filled. An item is copied when it is added: the caller may change it afterwards. */
export class Batch implements OpenBatch<KesVerification> {
  readonly #algorithm: KesAlgorithm;
  readonly #places: number;
  #bytes: Uint8Array<ArrayBuffer>;
  #words: Uint32Array;
  #count = 0;
  #end: number;

  constructor(algorithm: KesAlgorithm, places: number) {
    const { verificationKeySize, signatureSize } = algorithm;
    this.#algorithm = algorithm;
    this.#places = places;
    this.#end = places * WORDS_OF_ITEM * WORD;
    const itemSize = verificationKeySize + signatureSize + MESSAGE_BYTES;
    this.#bytes = new Uint8Array(this.#end + Math.min(places * itemSize, FULL_BYTES));
    this.#words = wordsOf(this.#bytes, places);
  }

  /** Whether it has no items. */
  get isEmpty(): boolean {
    return this.#count === 0;
  }

  /** Whether it is to be sent. */
  get isFull(): boolean {
    return this.#count === this.#places || this.#end >= FULL_BYTES;
  }

  /** Adds an item. A value that is not a verification is false. */
  add(item: KesVerification): void {
    try {
      this.#write(item);
    } catch {
      // A getter that throws, a value of a wrong type, or too little memory.
      this.#describe(NOT_ONE, 0);
    }
    this.#count += 1;
  }

  /** The batch, ready to be moved away; nothing may be added afterwards. */
  packed(): PackedBatch {
    const { variant, depth } = this.#algorithm;
    return {
      variant,
      depth,
      count: this.#count,
      places: this.#places,
      memory: this.#bytes.buffer,
    };
  }

  #write({ verificationKey, period, message, signature }: KesVerification): void {
    const { verificationKeySize, signatureSize, totalPeriods } = this.#algorithm;
    const length = sizeOfBytes('message', message);
    const good =
      sizeOfBytes('verificationKey', verificationKey) === verificationKeySize &&
      sizeOfBytes('signature', signature) === signatureSize &&
      length <= MAX_MESSAGE &&
      Number.isInteger(period) &&
      period >= 0 &&
      period < totalPeriods;
    if (!good) {
      this.#describe(NOT_ONE, 0);
      return;
    }
    this.#makeRoom(verificationKeySize + signatureSize + length);
    this.#bytes.set(verificationKey, this.#end);
    this.#bytes.set(signature, this.#end + verificationKeySize);
    this.#bytes.set(message, this.#end + verificationKeySize + signatureSize);
    this.#end += verificationKeySize + signatureSize + length;
    this.#describe(period, length);
  }

  #describe(period: number, messageLength: number): void {
    this.#words[WORDS_OF_ITEM * this.#count] = period;
    this.#words[WORDS_OF_ITEM * this.#count + 1] = messageLength;
  }

  #makeRoom(size: number): void {
    const needed = this.#end + size;
    if (needed <= this.#bytes.byteLength) return;
    const larger = new Uint8Array(Math.max(needed, 2 * this.#bytes.byteLength));
    larger.set(this.#bytes.subarray(0, this.#end));
    this.#bytes = larger;
    this.#words = wordsOf(larger, this.#places);
  }
}

/** The items of a batch, as views of its memory; `undefined` for an item that is not a verification. */
export function* itemsOf(
  { count, places, memory }: PackedBatch,
  { verificationKeySize, signatureSize }: KesAlgorithm,
): Generator<KesVerification | undefined, void, undefined> {
  const words = wordsOf(new Uint8Array(memory), places);
  let offset = places * WORDS_OF_ITEM * WORD;
  const take = (size: number): Uint8Array => {
    offset += size;
    return new Uint8Array(memory, offset - size, size);
  };
  for (let index = 0; index < count; index += 1) {
    const period = words[WORDS_OF_ITEM * index]!;
    const messageLength = words[WORDS_OF_ITEM * index + 1]!;
    yield period === NOT_ONE
      ? undefined
      : {
          verificationKey: take(verificationKeySize),
          period,
          signature: take(signatureSize),
          message: take(messageLength),
        };
  }
}

function wordsOf({ buffer }: Uint8Array<ArrayBuffer>, places: number): Uint32Array {
  return new Uint32Array(buffer, 0, places * WORDS_OF_ITEM);
}
