/** The live values of this thread. One that the program loses without releasing it is wiped, and reported. */
import { channel } from 'node:diagnostics_channel';
import type { MLockedSlot } from '../allocators/allocator.js';

/** The report of a locked value that the program lost: its type, never its content. */
export interface LostValue {
  /** Name of its class. */
  readonly type: string;
  /** Bytes of locked memory. */
  readonly size: number;
}

const lost = channel('evolock:memory:lost');

/** What the registry keeps of a value. It must not refer to the value. */
interface Trace extends LostValue {
  readonly slot: MLockedSlot;
}

/** The slots of all live values of this thread, oldest first. The registry keeps them too. */
const watched = new Set<MLockedSlot>();

// A finalizer runs late, and never at exit: it helps programs that forget a release, and does not replace it.
const registry = new FinalizationRegistry<Trace>(({ slot, type, size }) => {
  watched.delete(slot);
  slot.release();
  lost.publish({ type, size } satisfies LostValue);
});

/**
 * Watches a value: when the program loses it without releasing it, its memory is wiped and given back, and a report goes to
 * the diagnostics channel `evolock:memory:lost`.
 */
export function watch(value: object, slot: MLockedSlot, size: number): void {
  registry.register(value, { slot, type: value.constructor.name, size }, slot);
  watched.add(slot);
}

/** Ends the watch over a value whose slot was released. */
export function unwatch(slot: MLockedSlot): void {
  registry.unregister(slot);
  watched.delete(slot);
}

/** Releases every live value of this thread. */
export function releaseWatched(): void {
  for (const slot of watched) {
    slot.release();
    registry.unregister(slot);
  }
  watched.clear();
}
