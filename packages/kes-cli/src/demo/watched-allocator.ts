import { PooledAllocator, type MLockedAllocator, type MLockedSlot } from '@evolock/kes-sum';

/**
 * A pool that remembers every slot it handed out, so that a wipe can be looked at.
 *
 * A view that is kept shows its memory's next owner, which is why nobody else should: here there is none, since the
 * pool belongs to this one key.
 */
export class WatchedAllocator implements MLockedAllocator {
  readonly #pool = new PooledAllocator();
  readonly #views: Uint8Array[] = [];

  /** Hands out a slot, and remembers where it was. */
  allocate(size: number, alignment?: number): MLockedSlot {
    const slot = this.#pool.allocate(size, alignment);
    this.#views.push(slot.unsoundBytes);
    return slot;
  }

  /** Slots that have an owner. */
  get liveSlots(): number {
    return this.#pool.usage().liveSlots;
  }

  /** Slots that were ever handed out. */
  get handedOut(): number {
    return this.#views.length;
  }

  /** Whether all that was ever handed out reads as zeros. */
  get isZero(): boolean {
    return this.#views.every((view) => view.every((byte) => byte === 0));
  }
}
