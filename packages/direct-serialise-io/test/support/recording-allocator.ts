import { pooledAllocator } from '@evolock/mlocked-bytes';
import { expect } from 'vitest';
import type { MLockedAllocator, MLockedSlot } from '../../src/index.js';

/** Hands out pooled memory, keeps account of it, and looks at what is left in it when it comes back. */
export class RecordingAllocator implements MLockedAllocator {
  /** Slots that have not come back. */
  readonly live = new Set<MLockedSlot>();
  allocations = 0;
  /** Slots that were not all zero after their release. */
  unwiped = 0;

  constructor(readonly failAt = Infinity) {}

  allocate(size: number, alignment?: number): MLockedSlot {
    if (this.allocations === this.failAt) throw new Error('no memory');
    this.allocations += 1;
    const slot = pooledAllocator.allocate(size, alignment);
    this.live.add(slot);
    return {
      unsoundBytes: slot.unsoundBytes,
      release: () => {
        this.live.delete(slot);
        slot.release();
        // The view of a pooled slot still shows the memory; that of a mapping of its own is empty.
        if (!isZero(slot.unsoundBytes)) this.unwiped += 1;
      },
    };
  }

  /** Everything came back, wiped. */
  expectClean(): void {
    expect({ live: this.live.size, unwiped: this.unwiped }).toEqual({ live: 0, unwiped: 0 });
  }
}

function isZero(bytes: Uint8Array): boolean {
  return bytes.byteLength === 0 || bytes.every((byte) => byte === 0);
}
