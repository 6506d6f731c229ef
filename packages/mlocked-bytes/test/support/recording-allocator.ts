import { pooledAllocator, type MLockedAllocator, type MLockedSlot } from '../../src/index.js';

/** Hands out memory of another allocator, keeps account of it, and can be told to fail. */
export class RecordingAllocator implements MLockedAllocator {
  /** What was asked for. */
  readonly requests: { size: number; alignment: number | undefined }[] = [];
  /** Slots that have not come back. */
  readonly live = new Set<MLockedSlot>();
  /** Thrown instead of the n-th allocation, counted from 0. */
  readonly failure = new Error('no memory');

  constructor(
    readonly failAt = Infinity,
    readonly source: MLockedAllocator = pooledAllocator,
  ) {}

  allocate(size: number, alignment?: number): MLockedSlot {
    if (this.requests.length === this.failAt) throw this.failure;
    this.requests.push({ size, alignment });
    const slot = this.source.allocate(size, alignment);
    this.live.add(slot);
    return {
      unsoundBytes: slot.unsoundBytes,
      release: () => {
        this.live.delete(slot);
        slot.release();
      },
    };
  }
}
