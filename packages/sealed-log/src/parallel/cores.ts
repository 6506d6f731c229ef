/** Entries on all cores: threads hash lines, and the walk of the library judges. */
import { BytesPool } from '@evolock/verify-threads';
import type { LogCryptography } from '../verify/cryptography.js';
import { SlotLeaves, type HashSlots, type SlotLines } from './leaves.js';
import { hashLines, LineSlot } from './lines.js';
import { native } from '../native.js';
import { linesMessage, type ThreadContext } from './thread.js';

/** Bytes of lines that a thread hashes at a time: some 3 milliseconds. */
const SLOT_BYTES = 1 << 19;

/** The most batches in progress, for each thread. */
const BATCHES_A_THREAD = 4;

/** Of the slots that were made last. */
let lastId = 0;

/** The cores of a verification, which work in threads of their own. */
export class Cores implements AsyncDisposable {
  readonly #pool: BytesPool<ThreadContext, unknown> | undefined;
  readonly #slotBytes: number;

  private constructor(pool: BytesPool<ThreadContext, unknown> | undefined, slotBytes: number) {
    this.#pool = pool;
    this.#slotBytes = slotBytes;
  }

  /**
   * Starts the threads. Few lines are hashed in this one: many would leave garbage among what lives.
   *
   * @param count - How many; 0 for none.
   * @param module - The file that they load.
   * @param slotBytes - Of lines that a thread hashes at a time.
   */
  static async start(count: number, module: URL, slotBytes = SLOT_BYTES): Promise<Cores> {
    // A message is a batch.
    const options = { threads: count, batchSize: 1, maxBatches: BATCHES_A_THREAD * count };
    const pool =
      count === 0 ? undefined : await BytesPool.start<ThreadContext, unknown>(module, options);
    return new Cores(pool, slotBytes);
  }

  /** The functions for the walk. */
  get cryptography(): LogCryptography {
    return {
      ...native,
      leavesOf: (pieces, firstEntry) => this.#leavesOf(pieces, firstEntry),
    };
  }

  /** Ends the threads. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#pool?.close();
  }

  #leavesOf(pieces: AsyncGenerator<Uint8Array, void>, firstEntry: number): SlotLeaves {
    const pool = this.#pool;
    // Beside those of the batches: one that is filled, one that waits to be a batch, and one whose entries are taken.
    const count = BATCHES_A_THREAD * (pool?.threads ?? 0) + 3;
    const memory = LineSlot.memory(count, this.#slotBytes);
    const slots = LineSlot.allIn(memory, count);
    lastId += 1;
    const all = { memory, count, id: lastId };
    const inThreads: HashSlots = (lines) =>
      pool === undefined
        ? hashHere(lines)
        : pool.judgeMany(messagesOf(lines, slots), { slots: all });
    return new SlotLeaves(pieces, firstEntry, [...slots], inThreads);
  }
}

async function* hashHere(all: AsyncGenerator<SlotLines, void>): AsyncGenerator<undefined, void> {
  for await (const { slot, firstLine, count } of all) {
    hashLines(slot, firstLine, count);
    yield undefined;
  }
}

async function* messagesOf(
  all: AsyncGenerator<SlotLines, void>,
  slots: readonly LineSlot[],
): AsyncGenerator<Uint8Array, void> {
  for await (const { slot, firstLine, count } of all)
    yield linesMessage(slots.indexOf(slot), firstLine, count);
}
