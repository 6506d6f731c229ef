import {
  LockLimitError,
  lockStatus,
  pooledAllocator,
  type MLockedAllocator,
  type MLockedSlot,
} from '../src/index.js';

/** A slot that was handed out. */
export interface RecordedSlot {
  readonly size: number;
  /** The memory itself: after the release it may show the next owner. */
  readonly bytes: Uint8Array;
  live: boolean;
  /** Whether every byte was zero right after the release. */
  wiped: boolean;
}

/** An allocator that keeps a log of every slot, and fails on demand. */
export class RecordingAllocator implements MLockedAllocator {
  readonly slots: RecordedSlot[] = [];
  readonly #pool: MLockedAllocator;
  #asked = 0;
  #failAt = -1;
  #failFrom = Infinity;

  constructor(pool: MLockedAllocator = pooledAllocator) {
    this.#pool = pool;
  }

  /** The n-th allocation from now on fails, counted from 0. */
  failAt(n: number): this {
    this.#failAt = this.#asked + n;
    return this;
  }

  /** Every allocation from now on fails. */
  failFromNowOn(): this {
    this.#failFrom = this.#asked;
    return this;
  }

  get allocations(): number {
    return this.#asked;
  }

  /** Slots that were handed out and not given back. */
  get live(): number {
    return this.slots.filter((slot) => slot.live).length;
  }

  /** Slots that were given back with something in them. */
  get unwiped(): number {
    return this.slots.filter((slot) => !slot.live && !slot.wiped).length;
  }

  allocate(size: number, alignment?: number): MLockedSlot {
    const n = this.#asked++;
    if (n === this.#failAt || n >= this.#failFrom) throw new LockLimitError(size, lockStatus());
    const slot = this.#pool.allocate(size, alignment);
    const bytes = slot.unsoundBytes;
    const record: RecordedSlot = { size, bytes, live: true, wiped: false };
    this.slots.push(record);
    return {
      unsoundBytes: bytes,
      release() {
        if (!record.live) return;
        record.live = false;
        slot.release();
        record.wiped = bytes.every((byte) => byte === 0);
      },
    };
  }
}
