/** The live values of this thread. One that the program loses without releasing it is wiped, and reported. */
import { channel } from 'node:diagnostics_channel';
import type { MLockedSlot } from '../allocators/allocator.js';

/** The report of a locked value that the program lost: its type, never its content. */
export interface LostValue {
  /** Name of its class. */
  readonly type: string;
  /** Bytes of locked memory. */
  readonly size: number;
  /** What the allocator threw when it took the memory back. The memory was wiped all the same. */
  readonly failure?: unknown;
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
  lost.publish({ type, size, ...giveBack(slot) } satisfies LostValue);
});

/** No caller could catch the error of an allocator that fails to take a slot back. It is part of the report. */
function giveBack(slot: MLockedSlot): { readonly failure?: unknown } {
  try {
    slot.release();
    return {};
  } catch (failure) {
    return { failure };
  }
}

/**
 * Watches a value: when the program loses it without releasing it, its memory is wiped and given back, and a report goes to
 * the diagnostics channel `evolock:memory:lost`.
 *
 * @internal
 */
export function watch(value: object, slot: MLockedSlot, size: number): void {
  registry.register(value, { slot, type: value.constructor.name, size }, slot);
  watched.add(slot);
}

/**
 * Ends the watch over a value whose slot was released.
 *
 * @internal
 */
export function unwatch(slot: MLockedSlot): void {
  registry.unregister(slot);
  watched.delete(slot);
}

/**
 * Releases every live value of this thread, the newest first: an allocator may cut its slots out of an older region.
 *
 * @returns The errors of allocators that failed to take memory back. The memory was wiped all the same.
 *
 * @internal
 */
export function releaseWatched(): unknown[] {
  return [...watched].reverse().flatMap((slot) => {
    const { failure } = giveBack(slot);
    unwatch(slot);
    return failure === undefined ? [] : [failure];
  });
}
